"""What a file is, by its content: a table of our own, for the few types that are attached to tasks.

Libraries that guess know hundreds of types, need the C library of `file` or as long a table, and
none refuses what is two things at once, which is what this is for. Whoever receives a file feeds it
to a `Look`, piece by piece.
"""

import codecs
import re
from collections.abc import Collection
from typing import NamedTuple

from tracker.errors import BadFile

UNKNOWN = "application/octet-stream"
TEXT, HTML, SVG, XML = "text/plain", "text/html", "image/svg+xml", "application/xml"
PDF, ARCHIVE = "application/pdf", "application/zip"

_STEP, _HEAD, _OVERLAP = 64 * 1024, 4096, 16
# a client that names one of these says that it does not know
_VAGUE = {"", UNKNOWN, "binary/octet-stream"}

# what stands in no text (WHATWG, MIME Sniffing, 4.1)
_BINARY = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_UTF16 = {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
# how a page begins (ibid., 7.1, and a few more), and what makes a page of an image
_PAGE = re.compile(
    rb"<(?:!--|(?:!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|body|b|br|p|img"
    rb"|object|embed|link|meta|base|form|frameset)(?:[\s/>]|$))",
    re.IGNORECASE,
)
_DRAWING = re.compile(rb"<(?:!doctype\s+)?svg(?:[\s/>:]|$)", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:script|html|svg|iframe|object|embed)[\s/>]|<!doctype\s", re.IGNORECASE)


class Kind(NamedTuple):
    """A type: how names of such files end, and what the content begins with, from which byte on."""

    media: str
    endings: frozenset[str]
    starts: tuple[bytes, ...]
    offset: int

    def begins(self, head: bytes) -> bool:
        return head[self.offset :].startswith(self.starts)


def _kind(media: str, endings: str, *starts: bytes, offset: int = 0) -> Kind:
    return Kind(media, frozenset(endings.split()), starts, offset)


_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_MS, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
_TEXTS = "txt text log md markdown rst csv tsv ini cfg conf json yaml yml toml diff patch tex srt"

# where several begin alike, such a content is called by the first
KINDS = (
    _kind("image/png", "png", b"\x89PNG\r\n\x1a\n"),
    _kind("image/jpeg", "jpg jpeg jpe jfif", b"\xff\xd8\xff"),
    _kind("image/gif", "gif", b"GIF87a", b"GIF89a"),
    _kind("image/webp", "webp", b"WEBP", offset=8),
    _kind("image/tiff", "tif tiff", b"II*\0", b"MM\0*"),
    _kind(PDF, "pdf", b"%PDF-"),
    _kind("application/msword", "doc dot", _OLE),
    _kind("application/vnd.ms-excel", "xls xlt", _OLE),
    _kind("application/vnd.ms-powerpoint", "ppt pot pps", _OLE),
    _kind(ARCHIVE, "zip", _ZIP, b"PK\x05\x06"),
    _kind(_MS + "wordprocessingml.document", "docx", _ZIP),
    _kind(_MS + "spreadsheetml.sheet", "xlsx", _ZIP),
    _kind(_MS + "presentationml.presentation", "pptx", _ZIP),
    _kind(_ODF + "text", "odt", _ZIP),
    _kind(_ODF + "spreadsheet", "ods", _ZIP),
    _kind(_ODF + "presentation", "odp", _ZIP),
    _kind("application/gzip", "gz tgz", b"\x1f\x8b"),
    _kind("application/x-7z-compressed", "7z", b"7z\xbc\xaf\x27\x1c"),
    _kind("application/vnd.rar", "rar", b"Rar!\x1a\x07"),
    _kind("application/rtf", "rtf", b"{\\rtf"),
    _kind("application/x-msdownload", "exe dll com scr msi sys", b"MZ\x90\0"),
    _kind("application/x-executable", "elf so bin", b"\x7fELF"),
    _kind("video/mp4", "mp4 m4v mov", b"ftyp", offset=4),
    _kind("audio/mpeg", "mp3", b"ID3", b"\xff\xfb"),
    # texts, told apart by what a browser would make of them
    _kind(TEXT, _TEXTS),
    _kind("text/csv", "csv tsv"),
    _kind("text/markdown", "md markdown"),
    _kind("application/json", "json"),
    _kind(XML, "xml xsl xslt"),
    _kind(HTML, "html htm shtml xhtml xht mht mhtml hta"),
    _kind(SVG, "svg svgz"),
    _kind("text/javascript", "js mjs cjs jse vbs wsf"),
)
_BY_MEDIA = {kind.media: kind for kind in KINDS}
_BY_ENDING = {ending: kind.media for kind in reversed(KINDS) for ending in kind.endings}
_MARKED_UP = {HTML, SVG, XML}


class Look:
    """What a content looks like, of which no more than some kilobytes are held."""

    def __init__(self) -> None:
        self.size, self.head = 0, b""
        self._held, self._tail, self._words = b"", b"", b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_text, self._has_markup = True, False

    def feed(self, piece: bytes) -> None:
        """The next piece, of any length."""
        self.size += len(piece)
        self._held += piece
        if len(self._held) >= _STEP:
            self._examine()

    def found(self) -> str:
        """What the content is, whatever anybody calls it."""
        self._examine()
        begun = next((kind.media for kind in KINDS if kind.starts and kind.begins(self.head)), None)
        if begun:
            return HTML if self._is_a_page_too(begun) else begun
        return _text_type(self._words) if self._is_text else UNKNOWN

    def fits(self, media: str) -> bool:
        """Whether the content may go by this name. A type that the table does not know takes what
        the table does not know, either.
        """
        kind, found = _BY_MEDIA.get(media), self.found()
        if kind is None:
            return found in {UNKNOWN, TEXT}
        if kind.starts:
            return kind.begins(self.head) and not self._is_a_page_too(media)
        return found == (media if media in _MARKED_UP else TEXT)

    def _is_a_page_too(self, media: str) -> bool:
        if media.startswith("image/"):
            return self._has_markup
        return media == PDF and _MARKUP.search(self.head) is not None

    def _examine(self) -> None:
        held, self._held = self._held, b""
        if not held:
            return
        if not self.head:
            self.head = held[:_HEAD]
            utf16 = codecs.getincrementaldecoder("utf-16")
            self._decoder = utf16() if held[:2] in _UTF16 else None
        self._has_markup = self._has_markup or bool(_MARKUP.search(self._tail + held))
        self._tail = held[-_OVERLAP:]
        self._is_text = self._is_text and self._reads_as_text(held)

    def _reads_as_text(self, held: bytes) -> bool:
        try:
            words = self._decoder.decode(held).encode() if self._decoder else held
        except UnicodeError:
            return False
        self._words = self._words or words[:_HEAD]
        return len(words.translate(None, _BINARY)) == len(words)


def judged(look: Look, *, name: str, declared: str, allowed: Collection[str]) -> str:
    """The type that a file is kept as: on the list, by its content, and as its name ends. Raises
    BadFile naming the type that is not allowed, or what does not fit.
    """
    given = declared.partition(";")[0].strip().lower()[:100]
    is_vague = given in _VAGUE
    if not is_vague and given not in allowed:
        raise _not_allowed(given)
    found = look.found()
    fitting = [media for media in (allowed if is_vague else [given]) if look.fits(media)]
    if not fitting and found in allowed and not is_vague:
        raise BadFile(f"File {name} is sent as {given}, and is {found}")
    if not fitting:
        raise _not_allowed(found)
    return _by_ending(name, fitting, allowed)


def _by_ending(name: str, fitting: list[str], allowed: Collection[str]) -> str:
    ending = ending_of(name)
    well_named = [media for media in fitting if _ends_well(media, ending)]
    if well_named:
        return well_named[0]
    promised = _BY_ENDING.get(ending)
    if promised and promised not in allowed:
        raise _not_allowed(promised)
    raise BadFile(f"File {name} is {fitting[0]}, and such files do not end in .{ending}")


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; nothing for `.name` and for none."""
    stem, _, ending = name.rstrip(". ").lower().rpartition(".")
    return ending if stem else ""


def _ends_well(media: str, ending: str) -> bool:
    kind = _BY_MEDIA.get(media)
    return not ending or (ending in kind.endings if kind else ending not in _BY_ENDING)


def _text_type(words: bytes) -> str:
    """TEXT, or what a browser would take it for."""
    begun = words.removeprefix(codecs.BOM_UTF8).lstrip()
    is_xml = begun[:5].lower() == b"<?xml"
    if _DRAWING.search(begun) if is_xml else _DRAWING.match(begun):
        return SVG
    if _PAGE.search(begun) if is_xml else _PAGE.match(begun):
        return HTML
    return XML if is_xml else TEXT


def _not_allowed(media: str) -> BadFile:
    return BadFile(f"File type {media} not allowed")
