"""Reading all rows of the parent-path index against the truth, and mending them. Acknowledges
nothing.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pymongo import ReplaceOne

from tracker.core import rows
from tracker.core.rows import Row
from tracker.core.trees import Tree

from . import drains, trees


class Look(NamedTuple):
    """A live row, whether its tree is missing, and another row with its number."""

    task: str
    root: str
    is_orphan: bool
    twin: str | None


class Difference(NamedTuple):
    """A row that is not what its tree makes of it: as it should be, None for no such task; and as
    it is, None for no row.
    """

    task: str
    wanted: Row | None
    kept: Row | None

    def is_ahead(self, rev: int) -> bool:
        """True where the row claims to be newer than a tree at this rev."""
        if self.kept is None:
            return False
        hops = (self.wanted or self.kept)["hops"]
        return bool((self.kept["hops"], self.kept["rev"]) > (hops, rev))


def looks(store: Any, after: str = "", batch: int = 500) -> Iterator[Look]:
    """A look at every live row behind an id, in order, in batches."""
    while True:
        shown = {"root": 1, "gone": 1, "number": 1}
        found = store.db.task_paths.find(
            {"_id": {"$gt": after}}, shown, sort=[("_id", 1)], limit=batch
        )
        page = list(found)
        yield from _looked(store, [row for row in page if not row["gone"]])
        if len(page) < batch:
            return
        after = page[-1]["_id"]


def count(store: Any) -> int:
    """About how many rows there are, for a progress bar."""
    return int(store.db.task_paths.estimated_document_count())


def differences(store: Any, tree: Tree) -> list[Difference]:
    """The rows of a tree, as it was just loaded, that are not what it makes of them.

    Rows that its outbox names are still to be written, and say nothing. A row that is newer than
    the tree is right where the tree has moved on meanwhile, and wrong where it has not.
    """
    wanted = rows.project(tree, store.space_of(tree["owner"]))
    kept = _of_tree(store, tree["_id"], wanted)
    waiting = {task for entry in tree["outbox"] for task in (*entry["rows"], *entry["gone"])}
    every = (Difference(task, wanted.get(task), kept.get(task)) for task in {**wanted, **kept})
    found = [one for one in every if one.task not in waiting and _differs(one, tree["_id"])]
    if any(one.is_ahead(tree["rev"]) for one in found) and not _stands_still(store, tree):
        return [one for one in found if not one.is_ahead(tree["rev"])]
    return found


def reconcile(store: Any, tree: Tree, at: datetime) -> int:
    """Write each row that differs, also one of the tree's own rev, and bury rows of tasks that the
    tree does not hold. Returns how many were mended.

    What claims to be newer than its tree, as after a restore from a backup, gives way as it was
    read.
    """
    found = differences(store, tree)
    late = [_right(one, tree, at) for one in found if not one.is_ahead(tree["rev"])]
    mended = drains.put(store, late, again=True)
    overruled = [
        ReplaceOne({name: one.kept[name] for name in ("_id", "hops", "rev")}, _right(one, tree, at))
        for one in found
        if one.kept and one.is_ahead(tree["rev"])
    ]
    if overruled:
        mended += store.db.task_paths.bulk_write(overruled, ordered=False).matched_count
    return mended


def bury(store: Any, row: Row, at: datetime) -> int:
    """Put a tombstone in place of a row whose tree does not exist; returns 1."""
    grave = rows.tombstone(row["_id"], hops=row["hops"], rev=row["rev"], root=row["root"], at=at)
    return drains.put(store, [grave], again=True)


def _looked(store: Any, page: list[Row]) -> Iterator[Look]:
    roots = list({row["root"] for row in page})
    there = {tree["_id"] for tree in store.db.trees.find({"_id": {"$in": roots}}, {"_id": 1})}
    numbers = [row["number"] for row in page]
    numbered: dict[int, list[str]] = {}
    for row in store.db.task_paths.find({"number": {"$in": numbers}}, {"number": 1}):
        numbered.setdefault(row["number"], []).append(row["_id"])
    for row in page:
        twins = [task for task in numbered.get(row["number"], []) if task != row["_id"]]
        yield Look(row["_id"], row["root"], row["root"] not in there, next(iter(twins), None))


def _of_tree(store: Any, root: str, tasks: Collection[str]) -> dict[str, Row]:
    """The rows that name a root, and those of the given tasks wherever they point; tombstones
    too.
    """
    found = {row["_id"]: row for row in store.db.task_paths.find({"root": root})}
    elsewhere = [task for task in tasks if task not in found]
    if elsewhere:
        rest = store.db.task_paths.find({"_id": {"$in": elsewhere}})
        found |= {row["_id"]: row for row in rest}
    return found


def _differs(one: Difference, root: str) -> bool:
    if one.wanted is not None:
        return not rows.same(one.wanted, one.kept)
    return one.kept is not None and not one.kept["gone"] and one.kept["root"] == root


def _stands_still(store: Any, tree: Tree) -> bool:
    """True where a tree is as it was loaded, and nothing is on its way out of it."""
    head = trees.head(store, tree["_id"])
    return head is not None and head["rev"] == tree["rev"] and not head.get("moving")


def _right(one: Difference, tree: Tree, at: datetime) -> Row:
    if one.wanted is not None:
        return one.wanted
    assert one.kept is not None
    hops = one.kept["hops"]
    return rows.tombstone(one.task, hops=hops, rev=tree["rev"], root=tree["_id"], at=at)
