"""Files on their way in (RFC 7578): as they come they go to the disk, into files without a name
that are gone with the request. Only whole requests are handed on.

Each piece is counted, hashed and looked at on its way: a file over its limit is cut off there, and
none is ever held in memory. 422 no such field · 413 more than a request may have
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO, NamedTuple

from flask import request
from werkzeug.exceptions import ClientDisconnected, UnsupportedMediaType
from werkzeug.formparser import MultiPartParser

from tracker.core import file_names
from tracker.core.file_types import Look
from tracker.errors import BadFile, Fault, Invalid, Malformed, TooLarge, Unavailable
from tracker.services.filing import Upload

from .bodies import MB, invalid

FIELD = "files"
MOST = 10

_MOST_MEMORY, _MOST_PARTS = MB // 2, 100
_NO_ROOM = "There is no room for an upload; try again"


class Received(NamedTuple):
    """The files of a request in their order, and a hash of all that they are: the same for the same
    files, however the client draws its boundaries.
    """

    files: list[Upload]
    digest: str


@contextmanager
def received(most_bytes: int) -> Iterator[Received]:
    """The files of this request, which are there as long as the block lasts; `most_bytes` is of
    one. Raises BadFile for one over that or with a bad name, Invalid, Malformed, 413 and 415.
    """
    if request.content_encoding not in {None, "identity"}:
        raise UnsupportedMediaType("Takes files as they are, not packed")
    if request.mimetype != "multipart/form-data":
        raise _no_files()
    with ExitStack() as until_answered:
        yield _read(until_answered, most_bytes)


class _Spool:
    """One file as it comes in: what the parser of forms writes to."""

    def __init__(self, name: str, declared: str, file: BinaryIO, most: int) -> None:
        self._name, self._declared, self._file, self._most = name, declared, file, most
        self._look, self._hash = Look(), hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._look.feed(piece)
        if self._look.size > self._most:
            raise BadFile(f"File {self._name} exceeds maximum size of {self._most} bytes")
        self._hash.update(piece)
        with _on_disk():
            self._file.write(piece)

    def seek(self, position: int) -> None:
        with _on_disk():
            self._file.seek(position)

    def upload(self) -> Upload:
        return Upload(self._name, self._declared, self._file, self._look, self._hash.hexdigest())


def _read(until_answered: ExitStack, most_bytes: int) -> Received:
    spools: list[_Spool] = []

    def begin(
        total_content_length: Any, content_type: str | None, filename: str | None, **_: Any
    ) -> _Spool:
        if len(spools) == MOST:
            raise TooLarge(Fault(f"/{FIELD}", f"Takes at most {MOST} files at once."))
        name = file_names.checked(filename or "")
        with _on_disk():
            file = tempfile.TemporaryFile()  # noqa: SIM115, for it stays until the answer is made
        until_answered.enter_context(file)
        spools.append(_Spool(name, content_type or "", file, most_bytes))
        return spools[-1]

    request.max_content_length = MOST * most_bytes + MB
    _parse(begin)
    if not spools:
        raise _no_files()
    files = [spool.upload() for spool in spools]
    told = "\0".join(f"{one.name}\0{one.declared}\0{one.hash}" for one in files)
    return Received(files, hashlib.sha256(told.encode()).hexdigest())


def _parse(begin: Any) -> None:
    boundary = request.mimetype_params.get("boundary", "").encode("ascii", "replace")
    if not boundary:
        raise Malformed("The form does not say where its parts end")
    parser = MultiPartParser(begin, max_form_memory_size=_MOST_MEMORY, max_form_parts=_MOST_PARTS)
    try:
        form, files = parser.parse(request.stream, boundary, request.content_length)
    except ClientDisconnected:
        raise Malformed("The upload was cut off") from None
    except ValueError:
        raise Malformed("The form cannot be read") from None
    strange = {name: ["Unknown field."] for name in (*form, *files) if name != FIELD}
    if strange or FIELD in form:
        raise invalid(strange | ({FIELD: ["Takes files."]} if FIELD in form else {}))


def _no_files() -> Invalid:
    return Invalid(Fault(f"/{FIELD}", "Takes multipart/form-data with one file or more."))


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise Unavailable(_NO_ROOM) from None
