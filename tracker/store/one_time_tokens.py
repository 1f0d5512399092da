"""One-time tokens, each under the hash of what a letter carries: who reads them learns no token.

A row that was used stays until it would have expired, so that a second use can be told from a
token that never was.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

Stored = dict[str, Any]


def insert(store: Any, token: Stored) -> None:
    """Keep `{_id, purpose, user, address, expires_at}`; `_id` is the hash."""
    store.db.one_time_tokens.insert_one(token)


def find(store: Any, digest: str, purposes: Collection[str], now: datetime) -> Stored | None:
    """The row of a token for one of these purposes, used or not; None once it has expired."""
    found: Stored | None = store.db.one_time_tokens.find_one(_current(digest, purposes, now))
    return found


def use(store: Any, digest: str, purposes: Collection[str], now: datetime) -> Stored | None:
    """The row, to exactly one of all who ask, however many ask at once; None to the others."""
    used: Stored | None = store.db.one_time_tokens.find_one_and_update(
        {**_current(digest, purposes, now), "used_at": {"$exists": False}},
        {"$set": {"used_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    return used


def remove_all(store: Any, user: str) -> int:
    """Take back all tokens of a user; returns how many."""
    return int(store.db.one_time_tokens.delete_many({"user": user}).deleted_count)


def _current(digest: str, purposes: Collection[str], now: datetime) -> Stored:
    return {"_id": digest, "purpose": {"$in": list(purposes)}, "expires_at": {"$gt": now}}
