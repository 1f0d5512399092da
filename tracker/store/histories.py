"""History: one row a commit, written by drains. Here it is read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

Row = dict[str, Any]


class Mark(NamedTuple):
    """The last row that was seen: the next page goes on behind it."""

    at: datetime
    seq: int
    id: str


def of_tree(store: Any, tree: str, after: Mark | None, limit: int) -> list[Row]:
    """The commits of a tree, newest first: by rev, never by time."""
    shown: Row = {"tree": tree, "hidden": False}
    if after:
        shown["seq"] = {"$lt": after.seq}
    return list(store.db.history.find(shown, sort=[("seq", -1)], limit=limit))


def of_tasks(
    store: Any, tasks: Collection[str], after: Mark | None, limit: int, *, tree: str | None = None
) -> list[Row]:
    """The commits that changed any of these tasks, in whichever tree they stood, newest first, and
    all those of a `tree`.
    """
    wanted: Row = {"tasks": {"$in": list(tasks)}}
    shown: Row = {"hidden": False, "$and": [{"$or": [{"tree": tree}, wanted]} if tree else wanted]}
    if after:
        later = {"at": after.at, "seq": {"$lt": after.seq}}
        last = {"at": after.at, "seq": after.seq, "_id": {"$lt": after.id}}
        shown["$and"].append({"$or": [{"at": {"$lt": after.at}}, later, last]})
    order = [("at", -1), ("seq", -1), ("_id", -1)]
    return list(store.db.history.find(shown, sort=order, limit=limit))


def count(store: Any, tree: str) -> int:
    """How many commits a tree has had; they have no gaps, so that is its rev, also long after its
    head was swept.
    """
    return int(store.db.history.count_documents({"tree": tree}))
