"""What a content is taken for, and which of what people send is refused."""

import random

import pytest

from config import Config
from tracker.core import file_names, file_types
from tracker.core.file_types import Look
from tracker.errors import BadFile

ALLOWED = Config().allowed_file_types
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
GIF, PDF, ZIP = b"GIF89a\1\0\1\0\0\0\0", b"%PDF-1.7\n%\xe2\xe3", b"PK\x03\x04\x14\0"
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 24
SCRIPT = b"<script>alert(1)</script>"
FAR = b"\0" * 200_000


def look(content: bytes, piece: int = 64 * 1024) -> Look:
    seen = Look()
    for start in range(0, len(content), piece):
        seen.feed(content[start : start + piece])
    return seen


def judge(content: bytes, name: str, declared: str, allowed: tuple[str, ...] = ALLOWED) -> str:
    return file_types.judged(look(content), name=name, declared=declared, allowed=allowed)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (b"GIF87a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (PDF, "application/pdf"),
        (DOC, "application/msword"),
        (ZIP, "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"MZ\x90\0\3", "application/x-msdownload"),
        (b"\x7fELF\2", "application/x-executable"),
        (b"hello\n", "text/plain"),
        ("Привет, мир\n".encode(), "text/plain"),
        ("Привет".encode("cp1251"), "text/plain"),
        ("Привет".encode("utf-16"), "text/plain"),
        (b"\xff\xfe\0\xd8a\0", "application/octet-stream"),
        (b"a\x1b[1mb\x0c\tc", "text/plain"),
        (b"a\0b", "application/octet-stream"),
        (b"a" * 100_000 + b"\x01", "application/octet-stream"),
        (b"MZ is how it begins", "text/plain"),
        (b"1 < 2, and a <b> in the midst", "text/plain"),
        (b"<!DOCTYPE html><p>x", "text/html"),
        (b"  \n\t<HTML>", "text/html"),
        (b"\xef\xbb\xbf <script src=x>", "text/html"),
        ("<script>".encode("utf-16"), "text/html"),
        (b"<!-- hello -->", "text/html"),
        (b"<a href=x>", "text/html"),
        (b"<abc>", "text/plain"),
        (b"<br/>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- x --><svg onload='x'>", "image/svg+xml"),
        (b"<!DOCTYPE svg PUBLIC ''>", "image/svg+xml"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "text/html"),
        (b"<?xml version='1.0'?><note/>", "application/xml"),
    ],
)
def test_a_content_is_known_by_its_bytes(content: bytes, found: str) -> None:
    assert look(content).found() == found
    assert look(content, piece=1).found() == found


@pytest.mark.parametrize(
    ("content", "name", "declared", "kept"),
    [
        (PNG, "a.png", "image/png", "image/png"),
        (PNG, "A.PNG", "Image/PNG; charset=binary", "image/png"),
        (JPEG, "a.jpeg", "image/jpeg", "image/jpeg"),
        (GIF, "a.gif", "image/gif", "image/gif"),
        (PDF, "a.pdf", "application/pdf", "application/pdf"),
        (DOC, "a.doc", "application/msword", "application/msword"),
        (ZIP, "a.zip", "application/zip", "application/zip"),
        (b"x", "a.txt", "text/plain", "text/plain"),
        (b"x", "README", "text/plain", "text/plain"),
        (b"x", ".hidden", "text/plain", "text/plain"),
        (b"a,b\n", "a.csv", "text/plain", "text/plain"),
        (ZIP, "a.zip", "application/octet-stream", "application/zip"),
        (PNG, "a.png", "", "image/png"),
        (b"x", "a.log", "application/octet-stream", "text/plain"),
        (PDF, "scan", "application/octet-stream", "application/pdf"),
    ],
)
def test_what_is_as_it_says_is_taken(content: bytes, name: str, declared: str, kept: str) -> None:
    assert judge(content, name, declared) == kept


@pytest.mark.parametrize(
    ("content", "name", "declared", "named"),
    [
        (b"hello", "a.html", "text/html", "text/html"),
        (b"hello", "a.svg", "image/svg+xml", "image/svg+xml"),
        (b"hello", "a", "application/x-msdownload", "application/x-msdownload"),
        (b"<html>", "a.txt", "text/plain", "text/html"),
        (b"<html>", "a.png", "image/png", "text/html"),
        (b"<html>", "a", "application/octet-stream", "text/html"),
        (b"<svg/>", "a.png", "image/png", "image/svg+xml"),
        (b"<svg onload=x>", "a.txt", "text/plain", "image/svg+xml"),
        (b"\0\1\2", "a", "application/octet-stream", "application/octet-stream"),
        (b"\0\1\2", "a.png", "image/png", "application/octet-stream"),
        (b"MZ\x90\0", "a.zip", "application/zip", "application/x-msdownload"),
        (b"hello", "a.html", "text/plain", "text/html"),
        (b"hello", "a.html. .", "text/plain", "text/html"),
        (b"hello", "a.js", "application/octet-stream", "text/javascript"),
        (ZIP, "a.docx", "application/octet-stream", file_types._MS + "wordprocessingml.document"),
        # one thing and another
        (PNG + SCRIPT, "a.png", "image/png", "text/html"),
        (PNG + FAR + SCRIPT, "a.png", "image/png", "text/html"),
        (GIF + b"<!DOCTYPE html>", "a.gif", "image/gif", "text/html"),
        (JPEG + b"<sVg onload=x>", "a.jpg", "image/jpeg", "text/html"),
        (PDF + b"<html>", "a.pdf", "application/pdf", "text/html"),
    ],
)
def test_what_is_not_allowed_is_refused_by_its_type(
    content: bytes, name: str, declared: str, named: str
) -> None:
    with pytest.raises(BadFile, match=rf"^File type {named.replace('+', '[+]')} not allowed$"):
        judge(content, name, declared)


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (PNG, "a.jpg", "image/jpeg"),
        (b"hello", "a.png", "image/png"),
        (ZIP, "a.doc", "application/msword"),
        (b"hello", "a.txt", "application/pdf"),
        (PNG, "a.gif", "image/png"),
        (PNG, "a.txt", "image/png"),
        (b"hello", "a.unheard-of", "text/plain"),
        (b"hello", "a.txt::$data", "text/plain"),
    ],
)
def test_what_is_other_than_it_says_is_refused(content: bytes, name: str, declared: str) -> None:
    with pytest.raises(BadFile) as refusal:
        judge(content, name, declared)
    assert name in refusal.value.detail


def test_markup_is_found_wherever_pieces_part() -> None:
    for before in range(file_types._STEP - 12, file_types._STEP + 4):
        content = PNG.ljust(before, b"\0") + SCRIPT
        assert look(content, piece=1000).found() == "text/html"


def test_an_image_at_random_is_no_page() -> None:
    assert look(PNG + random.Random(1).randbytes(3_000_000)).found() == "image/png"


def test_a_type_that_only_the_operator_knows_takes_what_nobody_knows() -> None:
    own = ("application/x-own",)
    assert judge(b"\0\1", "a.own", *own, own) == own[0]
    assert judge(b"x", "a", *own, own) == own[0]
    for content, name in [(b"<html>", "a.own"), (PNG, "a.own"), (b"\0\1", "a.html")]:
        with pytest.raises(BadFile):
            judge(content, name, *own, own)


def test_a_page_is_taken_where_the_operator_wants_pages() -> None:
    wanted = ("text/html", "text/plain")
    assert judge(b"<html>", "a.html", "text/html", wanted) == "text/html"
    for name, declared in [("a.txt", "text/plain"), ("a.html", "text/plain")]:
        with pytest.raises(BadFile):
            judge(b"<html>", name, declared, wanted)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", "a.txt"),
        ("CON", "CON"),
        ("отчёт.pdf", "отчёт.pdf"),
        ("e\u0301.txt", "\xe9.txt"),
        ("%2e%2e%2fa", "%2e%2e%2fa"),
        ("a b'\"<>|?*:.txt", "a b'\"<>|?*:.txt"),
        ("\N{FAMILY}\u200d\N{BOY}.png", "\N{FAMILY}\u200d\N{BOY}.png"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_name_is_kept_as_it_is_seen(name: str, kept: str) -> None:
    assert file_names.checked(name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "", " ", ".", "..", ". .", "../../x", "/etc/passwd", "a/b", "..\\x", "C:\\x.txt", "%2e%2e/",
        "a\0.png", "a\r\nSet-Cookie: x", "a\x1b[31m", "a\x7f", "a\x85b", "a\u2028b", "a\ud800",
        "a\u202egnp.exe", "\u2066a\u2069", "\u200ea", "x" * 256, "x" * 300, "я" * 128,
    ],
)  # fmt: skip
def test_a_name_that_would_do_harm_is_refused(name: str) -> None:
    with pytest.raises(BadFile):
        file_names.checked(name)
