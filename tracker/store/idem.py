"""Stored answers of Idempotency-Keys: one row a key, kept for a day. A key's scope is part of its
id.

A row is written by the drain of the tree that holds the op, or beforehand as the claim of a new
root's id.
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from tracker.core.commits import Op

KEPT = timedelta(hours=24)

Stored = dict[str, Any]


def row(op: Op) -> Stored:
    """The row of an op as a drain copies it out of its tree."""
    return {
        "_id": op["id"],
        "request": op["request"],
        "result": op["result"],
        "root": op["root"],
        "expires_at": op["at"] + KEPT,
    }


def get(store: Any, key: str, now: datetime) -> Stored | None:
    """What is stored under a key; a claim has no `result` yet. None where nothing is, or no
    longer.
    """
    found: Stored | None = store.db.idem.find_one({"_id": key, "expires_at": {"$gt": now}})
    return found


def claim(store: Any, key: str, request: str, root: str, now: datetime) -> bool:
    """Reserve the id of a new root under a key, before the root is made; False where somebody
    did.
    """
    wanted = {"_id": key, "request": request, "root": root, "expires_at": now + KEPT}
    if _inserted(store, wanted):
        return True
    store.db.idem.delete_one({"_id": key, "expires_at": {"$lte": now}})  # TTL only cleans, and late
    return _inserted(store, wanted)


def _inserted(store: Any, claim: Stored) -> bool:
    try:
        store.db.idem.insert_one(claim)
    except DuplicateKeyError:
        return False
    return True
