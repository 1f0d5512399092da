"""Files as documents, beside what `attached` does with them as with comments: how much of them a
person has, which are to go, and which blobs are anybody's.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pymongo import ReturnDocument

Document = dict[str, Any]

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TAG = 8  # digits


class Used(NamedTuple):
    """How many files somebody has, and how many bytes."""

    files: int
    size: int


class Round(NamedTuple):
    """How far the look at all blobs has come, and when it goes on."""

    tag: str
    after: str
    due_at: datetime


def used(store: Any, user: str) -> Used:
    """What somebody keeps, with what is just coming in."""
    mine = {"$match": {"user": user, "deleted_at": None}}
    summed = {"_id": None, "files": {"$sum": 1}, "size": {"$sum": "$size"}}
    found = list(store.db.files.aggregate([mine, {"$group": summed}]))
    return Used(found[0]["files"], found[0]["size"]) if found else Used(0, 0)


def insert(store: Any, files: Collection[Document]) -> None:
    """Store new files, pending."""
    store.db.files.insert_many([dict(file) for file in files])


def take_back(store: Any, files: Collection[str]) -> None:
    """Remove what is still pending: files that no commit has brought in, or will."""
    store.db.files.delete_many({"_id": {"$in": list(files)}, "pending": {"$ne": None}})


def deleted(store: Any, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of files that are gone, and whose bytes are still there."""
    wanted = {"deleted_at": {"$gt": LONG_AGO}, "_id": {"$nin": list(skip)}}
    return [file["_id"] for file in store.db.files.find(wanted, {"_id": 1}, limit=limit)]


def get_deleted(store: Any, file: str) -> Document | None:
    """A file that is gone."""
    found: Document | None = store.db.files.find_one({"_id": file, "deleted_at": {"$ne": None}})
    return found


def drop_deleted(store: Any, file: str) -> None:
    """Forget a file that is gone, and its bytes with it."""
    store.db.files.delete_one({"_id": file, "deleted_at": {"$ne": None}})


def known_keys(store: Any, keys: Collection[str]) -> set[str]:
    """Those of some keys that a file has, whatever state it is in."""
    found = store.db.files.find({"key": {"$in": list(keys)}}, {"key": 1})
    return {file["key"] for file in found}


def new_keys(store: Any, count: int) -> list[str]:
    """Keys that nobody can guess. They begin with the mark of this database, so that another one
    that uses the same storage, of a service for trials, takes no blob of ours for an orphan.
    """
    tag = round_of(store).tag
    return [tag + secrets.token_hex(16 - TAG // 2) for _ in range(count)]


def round_of(store: Any) -> Round:
    """The state of the look at all blobs, which also holds the mark of this database."""
    kept = store.db.counters.find_one({"_id": "blobs"}) or store.db.counters.find_one_and_update(
        {"_id": "blobs"},
        {"$setOnInsert": {"tag": secrets.token_hex(TAG // 2), "after": "", "due_at": LONG_AGO}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return Round(kept["tag"], kept["after"], kept["due_at"])


def go_on(store: Any, after: str, due_at: datetime) -> None:
    """Remember how far the look at all blobs has come."""
    store.db.counters.update_one({"_id": "blobs"}, {"$set": {"after": after, "due_at": due_at}})
