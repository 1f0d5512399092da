"""What a file would do to whoever opens it: archives that unpack to mountains or to elsewhere,
images of more dots than any screen has. Nothing is unpacked or decoded here: what a file says
of itself is read, and no more of that than it takes to refuse it.
"""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tracker.core.file_types import ending_of
from tracker.errors import BadFile

PIXELS = 250_000_000
ENTRIES = 10_000
UNPACKED = 2**30

_SEGMENTS = 500
_ARCHIVES = {"zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "lzh"}
_ELSEWHERE = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)")

# the end of a ZIP's directory, and one entry of it (APPNOTE 4.3.16 and 4.3.12)
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_END_MARK, _ENTRY_MARK, _ZIP_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 0xFFFF
_UNIX, _KIND, _LINK = 3, 0o170000, 0o120000


class Entry(NamedTuple):
    """What an archive says of one file in it."""

    name: str
    size: int
    is_link: bool


class End(NamedTuple):
    """How long the directory of an archive is, and where it may begin."""

    length: int
    starts: tuple[int, int]


def check(name: str, media: str, file: BinaryIO, head: bytes) -> None:
    """Passes, or raises BadFile; `media` is what the file is, `head` its first kilobytes."""
    if _pixels(file, head) > PIXELS:
        raise BadFile(f"File {name} is an image of more than {PIXELS} pixels")
    if head.startswith((_ZIP_MARK, _END_MARK)):
        _check_archive(name, file)
    elif media.startswith("image/") and _end(file):
        raise BadFile(f"File {name} has an archive behind it")


def _pixels(file: BinaryIO, head: bytes) -> int:
    """Width times height, as PNG, GIF and JPEG say it; 0 where nothing is said."""
    if head[12:16] == b"IHDR":
        width, height = struct.unpack(">2L", head[16:24].ljust(8, b"\0"))
    elif head.startswith(b"GIF8"):
        width, height = struct.unpack("<2H", head[6:10].ljust(4, b"\0"))
    elif head.startswith(b"\xff\xd8\xff"):
        height, width = _frame(file)
    else:
        width = height = 0
    return int(width * height)


def _frame(file: BinaryIO) -> tuple[int, int]:
    """Height and width from the first frame of a JPEG, behind whatever a camera says of itself."""
    file.seek(2)
    for _ in range(_SEGMENTS):
        segment = file.read(4)
        if len(segment) < 4 or segment[0] != 0xFF:
            break
        kind, length = segment[1], int.from_bytes(segment[2:])
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">x2H", file.read(5).ljust(5, b"\0"))
            return height, width
        file.seek(max(length - 2, 0), os.SEEK_CUR)
    return 0, 0


def _check_archive(name: str, file: BinaryIO) -> None:
    total = 0
    for number, entry in enumerate(_entries(file), start=1):
        total += entry.size
        if number > ENTRIES:
            raise BadFile(f"File {name} holds more than {ENTRIES} files")
        if total > UNPACKED:
            raise BadFile(f"File {name} unpacks to more than {UNPACKED} bytes")
        if entry.is_link or _ELSEWHERE.match(entry.name):
            raise BadFile(f"File {name} holds a file that would unpack to elsewhere")
        if ending_of(entry.name) in _ARCHIVES:
            raise BadFile(f"File {name} holds another archive")


def _entries(file: BinaryIO) -> Iterator[Entry]:
    """What the directory of an archive lists; nothing where it has no directory, for then nothing
    unpacks it, either.
    """
    file.seek(_directory(file))
    while len(header := file.read(_ENTRY.size)) == _ENTRY.size and header[:4] == _ENTRY_MARK:
        fields = _ENTRY.unpack(header)
        named = file.read(fields[12]).decode("utf-8", "replace")
        mode = fields[17] >> 16 if fields[2] == _UNIX else 0
        yield Entry(named, fields[11], is_link=mode & _KIND == _LINK)
        file.seek(fields[13] + fields[14], os.SEEK_CUR)


def _directory(file: BinaryIO) -> int:
    """Where the directory begins, or the end of the file; raises BadFile where it is said to be
    somewhere, and is not there.
    """
    end = _end(file)
    for start in end.starts if end else ():
        if start >= 0 and file.seek(start) == start and file.read(4) == _ENTRY_MARK:
            return start
    if end and end.length:
        raise BadFile("An archive has no directory where it says that it has one")
    return file.seek(0, os.SEEK_END)


def _end(file: BinaryIO) -> End | None:
    """The end of a ZIP's directory, which stands last in a file but for a comment."""
    size = file.seek(0, os.SEEK_END)
    begin = file.seek(max(size - _END.size - _LONGEST_COMMENT, 0))
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        return None
    *_, length, offset, _ = _END.unpack_from(tail, at)
    return End(length, (begin + at - length, offset))
