"""Counters of tries, one document a window: shared by all processes, and there after a restart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

DUPLICATE_KEY = 11000


def add(store: Any, windows: Sequence[str], until: datetime, by: int = 1) -> None:
    """Add to the counters of windows, made where they are missing; one round trip.

    A window's name tells what is counted, for whom and from when: nothing asks after `until`.
    """
    change = {"$inc": {"count": by}, "$setOnInsert": {"expires_at": until}}
    left = list(windows)
    while left:
        left = _missed(store, [UpdateOne({"_id": one}, change, upsert=True) for one in left], left)


def counts(store: Any, windows: Sequence[str]) -> list[int]:
    """What the counters of these windows say, in their order; a missing one says 0."""
    found = store.db.throttles.find({"_id": {"$in": list(windows)}}, {"count": 1})
    known = {one["_id"]: int(one["count"]) for one in found}
    return [known.get(window, 0) for window in windows]


def _missed(store: Any, writes: list[Any], windows: list[str]) -> list[str]:
    """Do the writes; those whose document somebody else made at the same moment."""
    try:
        store.db.throttles.bulk_write(writes, ordered=False)
    except BulkWriteError as fault:
        errors = fault.details["writeErrors"]
        if any(error["code"] != DUPLICATE_KEY for error in errors):
            raise
        return [windows[error["index"]] for error in errors]
    return []
