"""Blobs in MongoDB, laid out as GridFS says, so that its tools read them: `blobs.chunks` holds the
pieces, `blobs.files` says which of them are whole.

Written and read here, chunk by chunk: PyMongo's own GridFS gathers up to 32 MB of a file before it
sends any, and as much when it reads.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pymongo
import structlog
from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from tracker.errors import NotFound, Unavailable

from .blobs import DOWN, NO_FILE, Kept, Stream, checked

CHUNK = 255 * 1024  # GridFS's own
SECONDS = 5.0  # of each step
log = structlog.get_logger()


class Grid:
    """A storage in the database that holds everything else."""

    def __init__(self, db: Any) -> None:
        self._files, self._chunks = db["blobs.files"], db["blobs.chunks"]

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        written = 0
        for number, piece in enumerate(iter(lambda: source.read(CHUNK), b"")):
            with _outages():
                self._chunks.insert_one({"files_id": checked(key), "n": number, "data": piece})
            written += len(piece)
        if written != size:
            raise Unavailable("The source is not as long as it should be")
        now = datetime.now(UTC)
        whole = {"_id": key, "length": size, "chunkSize": CHUNK, "uploadDate": now}
        with _outages():
            self._files.insert_one(whole)

    def read(self, key: str, start: int, length: int) -> Stream:
        with _outages():
            whole = self._files.find_one({"_id": checked(key)})
        if whole is None:
            raise NotFound(NO_FILE)
        reader = _Reader(self._chunks, key, whole["chunkSize"], start)
        return Stream(reader.read, length, reader.close)

    def remove(self, key: str) -> None:
        """The first chunk goes last: by it `listed` finds what was not wholly removed."""
        with _outages():
            self._chunks.delete_many({"files_id": checked(key), "n": {"$gt": 0}})
        with _outages():
            self._files.delete_one({"_id": key})
            self._chunks.delete_one({"files_id": key, "n": 0})

    def listed(self, after: str, limit: int) -> list[Kept]:
        wanted = {"files_id": {"$gt": after}, "n": 0}
        order = [("files_id", ASCENDING), ("n", ASCENDING)]
        with _outages():
            found = list(self._chunks.find(wanted, {"files_id": 1}, sort=order, limit=limit))
        return [Kept(chunk["files_id"], chunk["_id"].generation_time) for chunk in found]

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        return None


class _Reader:
    """Reads on from a byte of a blob; holds one chunk, and no cursor while the client is slow."""

    def __init__(self, chunks: Any, key: str, size: int, start: int) -> None:
        self._chunks, self._key, self._size = chunks, key, size
        self._at, self._held, self._number = start, b"", -1

    def read(self, most: int) -> bytes:
        number, inside = divmod(self._at, self._size)
        if number != self._number:
            self._held, self._number = self._chunk(number), number
        piece = self._held[inside : inside + most]
        self._at += len(piece)
        return piece

    def close(self) -> None:
        self._held = b""

    def _chunk(self, number: int) -> bytes:
        with _outages():
            found = self._chunks.find_one({"files_id": self._key, "n": number})
        return bytes(found["data"]) if found else b""


@contextmanager
def _outages() -> Iterator[None]:
    """One step of several: each has a deadline of its own, whatever the pace of the client."""
    try:
        with pymongo.timeout(SECONDS):
            yield
    except PyMongoError as fault:
        log.error("files_down", fault=type(fault).__name__)
        raise Unavailable(DOWN) from fault
