"""What every storage promises, and bytes on their way out. No storage here.

A blob is written once, whole or not at all, under a key that nobody can guess, and never changed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol

from tracker.errors import NotFound, Unavailable

PIECE = 64 * 1024
DOWN = "The file storage does not answer; try again"
NO_FILE = "File not found"

_KEY = re.compile("[0-9a-f]{32}")


class Kept(NamedTuple):
    """A blob, or what an upload left of one, and since when it lies there."""

    key: str
    since: datetime


class Blobs(Protocol):
    """A storage. Whatever of it does not answer is Unavailable."""

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        """Keep the `size` bytes of a source under a new key, for good once this returns. Nobody
        reads what it leaves when it fails.
        """

    def read(self, key: str, start: int, length: int) -> "Stream":
        """A piece of a blob; raises NotFound now, not on the way, where there is none."""

    def remove(self, key: str) -> None:
        """Forget a blob, and whatever an upload left of one; no fault where there is none."""

    def listed(self, after: str, limit: int) -> list[Kept]:
        """The blobs behind a key in the order of keys, half ones among them, at most `limit`."""

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        """An address under which anybody may read a blob for so long, answered with these headers;
        None where the storage has no such thing.
        """


class Stream:
    """`length` bytes from a reader, piece by piece, so that no file is ever held in memory. To be
    closed, read to its end or not.
    """

    def __init__(
        self, read: Callable[[int], bytes], length: int, close: Callable[[], object]
    ) -> None:
        self._read, self._left, self._close = read, length, close

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        if not self._left:
            raise StopIteration
        piece = self._read(min(PIECE, self._left))
        if not piece:
            raise Unavailable("The file storage holds less than it should")
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._close()


def is_key(text: str) -> bool:
    """Whether this is what we call blobs: what else lies in a storage is not ours."""
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """The key, which becomes part of paths and addresses: nothing else may ever do."""
    if not is_key(key):
        raise NotFound(NO_FILE)
    return key
