"""The folder, the lock that keeps a second process out, and the SQLite file. No documents here.

One table: `documents(collection, id, body)`, a BSON body under the BSON of its `_id`.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tracker.errors import StoreInUse, StoreUnreadable, Unavailable

from .changes import Row

SCHEMA = 1
_TABLE = (
    "CREATE TABLE documents "
    "(collection TEXT NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (collection, id))"
)
_PUT = (
    "INSERT INTO documents VALUES (?, ?, ?) "
    "ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body"
)
_REMOVE = "DELETE FROM documents WHERE collection = ? AND id = ?"
_READ = "SELECT body FROM documents WHERE collection = ? AND id = ?"
_ALL = "SELECT collection, id, body FROM documents ORDER BY rowid"


class DataFile:
    """`folder`/tracker.db, held for this process; the caller sees to it that one thread uses it."""

    def __init__(self, folder: Path, *, wait: float) -> None:
        """Take the lock and open the file; raises StoreInUse, StoreUnreadable."""
        self.path = folder / "tracker.db"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._lock = _locked(self.path, wait=wait)
        try:
            self._connection = _connected(self.path)
        except BaseException:
            os.close(self._lock)
            raise

    def load(self) -> Iterator[tuple[str, bytes, bytes]]:
        """All documents, in the order in which they were first written. Raises sqlite3.Error."""
        yield from self._connection.execute(_ALL)

    def read(self, collection: str, key: bytes) -> bytes | None:
        """The body that stands in the file; None where there is none. Raises sqlite3.Error."""
        found = self._connection.execute(_READ, (collection, key)).fetchone()
        return found[0] if found else None

    def write(self, rows: Iterable[Row]) -> None:
        """All of the rows or none, synced before it returns; raises Unavailable for none."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for collection, key, body in rows:
                if body is None:
                    self._connection.execute(_REMOVE, (collection, key))
                else:
                    self._connection.execute(_PUT, (collection, key, body))
            self._connection.execute("COMMIT")
        except sqlite3.Error as e:
            raise Unavailable(f"The data file cannot be written: {e}") from e
        finally:
            self._roll_back()

    def close(self) -> None:
        """Fold the log into the file and let the next process in."""
        try:
            self._connection.close()
        finally:
            os.close(self._lock)

    def _roll_back(self) -> None:
        """End what a failure left open; SQLite has often done so by itself."""
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _locked(path: Path, *, wait: float) -> int:
    """A handle that holds the lock; the kernel lets go of it when the process ends, however."""
    handle = os.open(path.with_name("tracker.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(handle, 0o600)
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(handle)
                raise StoreInUse(
                    f"{path} is in use by another process, and one at a time can have it: "
                    "stop the server that serves it, or use its API"
                ) from None
        time.sleep(min(0.05, max(wait, 0.001)))


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for left in path.parent.glob(f"{path.name}*"):  # SQLite gives new ones the mode of the file
        left.chmod(0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _set_up(connection, path)
    except sqlite3.Error as e:
        connection.close()
        raise StoreUnreadable(f"{path} cannot be opened: {e}") from e
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    used = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if found != SCHEMA and (found or used):
        raise StoreUnreadable(
            f"{path} has schema version {found} and this program reads {SCHEMA}: "
            "run the program that wrote it, or name another folder"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if not used:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
