"""The store for one process without a database server: all in memory, kept in one SQLite file.

It answers like PyMongo, in the operators that mongomock, mongo-java-server and MongoDB share.

    collections, cursors    PyMongo's face
    writes, bulks           one deed each, inside a transaction of the database
    databases, transactions the one lock; memory, then file, then the answer
    changes                 what a write has touched, and what is put back when it fails
    shelves, indexes        the documents of one collection in memory, found by id or by scanning
    filters, orders         what matches and what comes first
    operators               `$set` and its kind, applied to a private copy by mongomock
    groups                  counting what matches, by fields and by times
    files                   the folder, the process lock, SQLite
    codec                   BSON: how a document is copied, measured and named

A stored document is never changed: a write makes a new one from the old one's bytes, puts it on
disk, and only then lets go of the lock. So no reader and no crash ever meets half a change.
What is told to the caller as done is in the file, synced.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from .databases import Database
from .files import DataFile
from .transactions import Transactions

__all__ = ["Database", "open_store"]


def open_store(
    folder: Path,
    *,
    wait: float = 10.0,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sent: Callable[[str], object] = lambda _: None,
) -> Database:
    """Open `folder`/tracker.db, made when missing, for this process alone.

    Another process that has it is waited for `wait` seconds. `sent` is told "find" or "write" for
    each time that the documents are looked through or changed. Raises StoreInUse, StoreUnreadable.
    """
    file = DataFile(folder, wait=wait)
    try:
        return Database(Transactions(file, clock, sent))
    except BaseException:
        file.close()
        raise
