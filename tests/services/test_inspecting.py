"""Archives and images that would do harm where they are opened; what they say is enough."""

import io
import random
import stat
import struct
import time
import zipfile
import zlib

import pytest

from tracker.errors import BadFile
from tracker.services import inspecting
from tracker.services.inspecting import ENTRIES

ZIP, PNG = "application/zip", "image/png"


def archive(*entries: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries:
            packed.writestr(name, content)
    return made.getvalue()


def check(content: bytes, media: str = ZIP) -> None:
    inspecting.check("a", media, io.BytesIO(content), content[:4096])


def png(width: int, height: int) -> bytes:
    frame = b"IHDR" + struct.pack(">2L5B", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + frame + struct.pack(">L", zlib.crc32(frame))
    )


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<2H", width, height) + b"\0\0\0"


def jpeg(width: int, height: int) -> bytes:
    told = b"\xff\xe1" + struct.pack(">H", 60_002) + b"\0" * 60_000
    frame = b"\xff\xc2" + struct.pack(">HB2H", 11, 8, height, width)
    return b"\xff\xd8" + told + frame + b"\1\1\x11\0"


@pytest.mark.parametrize(
    "content",
    [
        archive(("a.txt", b"x"), ("b/c.txt", b"y" * 1000), ("..c", b""), ("a..b/c", b"")),
        archive(),
        b"PK\x03\x04 and nothing that says where",
    ],
)
def test_an_archive_of_plain_files_is_taken(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/etc/passwd", "..\\a", "a\\..\\b", "C:\\a", "\\\\host\\a", ".."]
)
def test_an_archive_that_unpacks_to_elsewhere_is_refused(name: str) -> None:
    content = archive(("ok.txt", b"x"), ("_" * len(name), b"y"))
    with pytest.raises(BadFile, match="elsewhere"):
        check(content.replace(b"_" * len(name), name.encode()))


def test_an_archive_with_a_symbolic_link_is_refused() -> None:
    made = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr(link, "/etc")
    with pytest.raises(BadFile, match="elsewhere"):
        check(made.getvalue())


@pytest.mark.parametrize("name", ["a.zip", "b/A.ZIP", "a.tar.gz", "a.7z"])
def test_an_archive_in_an_archive_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="another archive"):
        check(archive((name, b"x")))


def test_a_bomb_is_refused_at_once() -> None:
    """40 KB that unpack to more than a gigabyte by what the directory says."""
    content = bytearray(archive(*((f"{n}", b"\0" * 1_000_000) for n in range(4))))
    for at in (at for at in range(len(content)) if content[at : at + 4] == b"PK\x01\x02"):
        content[at + 24 : at + 28] = struct.pack("<L", 300_000_000)
    began = time.monotonic()
    with pytest.raises(BadFile, match="unpacks to more"):
        check(bytes(content))
    assert time.monotonic() - began < 1


def test_too_many_files_are_refused_and_one_fewer_is_taken() -> None:
    many = archive(*((str(n), b"") for n in range(ENTRIES)))
    check(many)
    with pytest.raises(BadFile, match="more than"):
        check(archive(*((str(n), b"") for n in range(ENTRIES + 1))))


def test_an_archive_whose_directory_is_not_where_it_says_is_refused() -> None:
    content = archive(("a.txt", b"x"))
    with pytest.raises(BadFile):
        check(content.replace(b"PK\x01\x02", b"PK\x09\x09"))


@pytest.mark.parametrize(
    "content", [png(15_000, 15_000), gif(15_000, 15_000), jpeg(15_000, 15_000)]
)
def test_a_large_image_is_taken(content: bytes) -> None:
    check(content, PNG)


@pytest.mark.parametrize(
    "content", [png(50_000, 50_000), gif(50_000, 50_000), jpeg(50_000, 50_000)]
)
def test_a_flood_of_pixels_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile, match="pixels"):
        check(content, PNG)


def test_an_image_with_an_archive_behind_it_is_refused() -> None:
    content = png(1, 1) + archive(("a.class", b"x"))
    with pytest.raises(BadFile, match="behind"):
        check(content, PNG)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"PK\x05\x06", b"\xff\xd8\xff", b"GIF89a"])
def test_noise_is_refused_or_taken_and_never_a_fault(start: bytes) -> None:
    noise = random.Random(1)
    whole = archive(*((str(n), b"x") for n in range(20)))
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(5):
            broken[noise.randrange(4, len(broken))] = noise.randrange(256)
        for content in (
            start + noise.randbytes(200),
            bytes(broken),
            bytes(broken[: noise.randrange(4, 900)]),
        ):
            try:
                check(content, ZIP if start.startswith(b"PK") else PNG)
            except BadFile:
                continue
