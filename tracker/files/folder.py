"""Blobs as files of this machine that only we may read, named by their keys.

A file gets its name once all of it is on the disk; what a crash leaves of one ends in `.part`.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from heapq import nsmallest
from pathlib import Path
from typing import BinaryIO

import structlog

from tracker.errors import NotFound, Unavailable

from .blobs import DOWN, NO_FILE, PIECE, Kept, Stream, checked, is_key

PART = ".part"
log = structlog.get_logger()


class Folder:
    """A storage in one folder, which is made when it is first written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        target = self._path(key)
        draft = target.with_suffix(PART)
        with _outages():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _write(draft, source, size)
                draft.replace(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            _sync(self._folder)

    def read(self, key: str, start: int, length: int) -> Stream:
        with _outages():
            try:
                file = open(self._path(key), "rb")  # noqa: SIM115, for the stream closes it
            except FileNotFoundError:
                raise NotFound(NO_FILE) from None
            file.seek(start)
        return Stream(file.read, length, file.close)

    def remove(self, key: str) -> None:
        path = self._path(key)
        with _outages():
            for one in (path, path.with_suffix(PART)):
                one.unlink(missing_ok=True)

    def listed(self, after: str, limit: int) -> list[Kept]:
        with _outages():
            names = os.listdir(self._folder) if self._folder.exists() else []
            keys = {name.removesuffix(PART) for name in names}
            chosen = nsmallest(limit, (key for key in keys if key > after and is_key(key)))
            return [Kept(key, since) for key in chosen if (since := self._since(key))]

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        return None

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)

    def _since(self, key: str) -> datetime | None:
        """When it was written, whole or half; None for what was removed just now."""
        path = self._path(key)
        for one in (path, path.with_suffix(PART)):
            with suppress(FileNotFoundError):
                return datetime.fromtimestamp(one.stat().st_mtime, UTC)
        return None


def _write(draft: Path, source: BinaryIO, size: int) -> None:
    """Raises OSError where the source ends early: a blob is whole."""
    with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        shutil.copyfileobj(source, file, PIECE)
        if file.tell() != size:
            raise OSError("the source is not as long as it should be")
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Names of files are kept by their folder, which has to reach the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        log.error("files_down", fault=type(fault).__name__, errno=fault.errno)
        raise Unavailable(DOWN) from fault
