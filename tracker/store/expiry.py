"""What has outlived its `expires_at`, in every collection whose index says so, removed in portions.

The database does this by itself, and late; where it does not at all, such rows would pile up.
Nobody asks for them any more: every query says `expires_at`, too.
"""

from datetime import datetime
from typing import Any

from .indexes import TABLE

FIELD = "expires_at"
COLLECTIONS = [
    name
    for name, models in TABLE.items()
    if any(FIELD in m.document["key"] and "expireAfterSeconds" in m.document for m in models)
]


def drop(store: Any, now: datetime, limit: int) -> int:
    """Remove such rows, at most `limit` of each collection; returns how many."""
    return sum(_drop(store.db[name], now, limit) for name in COLLECTIONS)


def _drop(collection: Any, now: datetime, limit: int) -> int:
    late = {FIELD: {"$lt": now}}
    found = [row["_id"] for row in collection.find(late, {"_id": 1}, limit=limit)]
    if not found:
        return 0
    # asked again: a row of the same id may have been made anew meanwhile
    return int(collection.delete_many({**late, "_id": {"$in": found}}).deleted_count)
