"""Holding the parent-path index against the trees: `verify` only reads, `rebuild` mends.

Both go tree by tree in the order of ids, may be stopped and started again behind any of them, and
are right while writes go on: what a writer is at just now is no difference.
"""

import time
from collections.abc import Iterator

from tracker.core import trees
from tracker.core.trees import Tree
from tracker.store import drains, paths, repairs
from tracker.store import trees as stored
from tracker.store.repairs import Difference, Look

from .world import World

LOOKS = 5
PAUSE_SECONDS = 0.2


def tree_ids(world: World, after: str = "") -> Iterator[str]:
    """The ids of all trees behind one, in order."""
    return stored.ids(world.store, after)


def row_looks(world: World) -> Iterator[Look]:
    """A look at every live row, in order."""
    return repairs.looks(world.store)


def verify_tree(world: World, tree: str) -> list[str]:
    """The differences between a tree and its rows, in words; none for a right one. Writes
    nothing.
    """
    snapshot = stored.load(world.store, tree)
    if snapshot is None:
        return []
    faults = trees.faults(snapshot)
    if faults:
        return [f"{tree}: {fault}" for fault in faults]
    different = repairs.differences(world.store, snapshot)
    return [*_undrained(world, snapshot), *(_in_words(one, tree) for one in different)]


def verify_row(world: World, look: Look) -> list[str]:
    """A row whose tree is not there is a difference, and so is one whose number another has. What
    its tree says of it is told by `verify_tree`.
    """
    found = [f"{look.task}: its number is also that of {look.twin}"] if look.twin else []
    if look.is_orphan and _is_orphan(world, look):
        found.append(f"{look.task}: a row of tree {look.root}, which is not there")
    return found


def rebuild_tree(world: World, tree: str) -> int:
    """Drain a tree, then write every row that differs from it; returns how many were mended."""
    with world.store.deadline():
        drains.drain_now(world.store, tree)
        snapshot = stored.load(world.store, tree)
        if snapshot is None or trees.faults(snapshot):
            return 0  # no row follows from a tree that is not one
        return repairs.reconcile(world.store, snapshot, world.now())


def rebuild_row(world: World, look: Look) -> int:
    """Put a tombstone for a row whose tree is not there at all; returns how many were mended."""
    with world.store.deadline():
        row = paths.get(world.store, look.task) if look.is_orphan else None
        if row is None or not _is_orphan(world, look):
            return 0
        return repairs.bury(world.store, row, world.now())


def _is_orphan(world: World, look: Look) -> bool:
    """True where the row still names a tree that is still missing: the tree was there before its
    row.
    """
    row = paths.get(world.store, look.task)
    return bool(row and row["root"] == look.root) and stored.head(world.store, look.root) is None


def _undrained(world: World, tree: Tree) -> list[str]:
    """A difference where the first entry that waits is the same one, however often one looks."""
    since, waiting = _first(tree), tree
    for _ in range(LOOKS):
        if not waiting.get("dirty") or _first(waiting) != since:
            return []
        time.sleep(PAUSE_SECONDS)
        waiting = stored.load(world.store, tree["_id"]) or {}
    return [f"{tree['_id']}: not drained since rev {since}"]


def _first(tree: Tree) -> int | None:
    return min((entry["seq"] for entry in tree.get("outbox", [])), default=None)


def _in_words(one: Difference, tree: str) -> str:
    if one.wanted is None:
        return f"{one.task}: a row without a task in tree {tree}"
    if one.kept is None or one.kept["gone"]:
        return f"{one.task}: no row"
    names = sorted(
        name
        for name in {*one.wanted, *one.kept} - {"rev"}
        if one.wanted.get(name) != one.kept.get(name)
    )
    return f"{one.task}: its row differs in {', '.join(names)}"
