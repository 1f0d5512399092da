"""The one lock over reads and writes, and the order of a write: memory, file, then the answer."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bson.errors import InvalidBSON
from pymongo.errors import InvalidOperation

from tracker.errors import StoreUnreadable

from .changes import Changes
from .codec import Entry, decode
from .files import DataFile
from .shelves import Shelf

_EXPIRY = timedelta(seconds=60)  # between two searches for what has outlived its index's lifetime


class Transactions:
    """All shelves, the same as the file whenever the lock is free."""

    def __init__(
        self, file: DataFile, clock: Callable[[], datetime], sent: Callable[[str], object]
    ) -> None:
        """Load the file; raises StoreUnreadable."""
        self.clock, self._sent = clock, sent
        self._file: DataFile | None = file
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._shelves: dict[str, Shelf] = {}
        self._next_expiry = datetime.min.replace(tzinfo=UTC)
        try:
            for collection, key, body in file.load():
                self.shelf(collection).entries[key] = Entry(key, decode(body), body)
        except (sqlite3.Error, InvalidBSON) as e:
            raise StoreUnreadable(f"{file.path} cannot be read: {e}") from e

    def shelf(self, name: str) -> Shelf:
        """The shelf of a collection, empty where nobody has used it."""
        with self._lock:
            return self._shelves.setdefault(name, Shelf(name))

    def names(self) -> list[str]:
        """The collections that hold documents or indexes."""
        with self.reading():
            return [name for name, shelf in self._shelves.items() if shelf.declared()]

    def close(self) -> None:
        """Close the file; whatever comes after that gets InvalidOperation."""
        with self._lock:
            file, self._file = self._file, None
            if file:
                file.close()

    @contextmanager
    def reading(self) -> Iterator[DataFile]:
        """Hold the lock; raises InvalidOperation where there is nothing to read."""
        with self._lock:
            self._sent("find")
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[Changes]:
        """All of the changes made inside are in the file when it ends, or none is anywhere.

        Raises Unavailable where the file cannot be written.
        """
        with self._lock:
            self._sent("write")
            file, changes = self._open(), Changes()
            try:
                self._expire(changes)
                yield changes
                rows = changes.rows()
                if rows:
                    file.write(rows)
            except BaseException:
                # Memory follows the file: an interrupt may come before the commit or just after.
                changes.undo(lambda *place: _stored(file, *place))
                raise

    def _open(self) -> DataFile:
        if self._file is None:
            raise InvalidOperation("The store has been closed")
        if os.getpid() != self._process:
            raise InvalidOperation("The store was opened before this process forked")
        return self._file

    def _expire(self, changes: Changes) -> None:
        now = self.clock()
        if now < self._next_expiry:
            return
        self._next_expiry = now + _EXPIRY
        for shelf in self._shelves.values():
            for entry in list(shelf.expired(now)):
                changes.remove(shelf, entry.key)


def _stored(file: DataFile, collection: str, key: bytes, before: Entry | None) -> Entry | None:
    try:
        body = file.read(collection, key)
    except sqlite3.Error:  # it can be neither written nor read: what was known last
        return before
    return Entry(key, decode(body), body) if body else None
