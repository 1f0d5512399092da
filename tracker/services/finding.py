"""Where a task lies: its row and the head of its tree, as fresh as the last acknowledged write.

A dirty tree is drained before its rows are believed, so every reader sees what was acknowledged.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from tracker.core import access, moving
from tracker.core.rows import Row
from tracker.errors import NotFound
from tracker.store import drains, paths, trees

from .people import User
from .world import World


class Found(NamedTuple):
    """A row and the head `{owner, members, rev}` of its tree."""

    row: Row
    head: dict[str, Any]


def locate(world: World, caller: User, task: str) -> Found:
    """A task in or out of the trash that the caller may see; two round trips. Raises NotFound."""
    found = _look(world, task)
    if not found:
        _drain_own(world, caller)
        found = _look(world, task)
    if not found:
        raise NotFound(access.NO_TASK)
    access.require(found.head, caller["_id"], "read", open_workspace=world.open_workspace)
    return found


def live(world: World, caller: User, task: str) -> Found:
    """As `locate`, for a task that is not in the trash."""
    found = locate(world, caller, task)
    if found.row["is_deleted"]:
        raise NotFound(access.NO_TASK)
    return found


def root_of(world: World, caller: User, task: str) -> str:
    """As `find_root`, raising NotFound."""
    root = find_root(world, caller, task)
    if root is None:
        raise NotFound(access.NO_TASK)
    return root


def find_root(world: World, caller: User, task: str) -> str | None:
    """The id of the tree that a task stands in, one round trip; None for none. Says nothing of
    rights.
    """
    row = paths.get(world.store, task)
    if not row:
        _drain_own(world, caller)
        row = paths.get(world.store, task)
    return str(row["root"]) if row else None


def numbered(world: World, caller: User, number: int) -> str:
    """The id of the task with this number, one round trip. Raises NotFound, and says nothing of
    rights.
    """
    return str(row_numbered(world, caller, number)["_id"])


def row_numbered(world: World, caller: User, number: int) -> Row:
    """As `numbered`, with the `root` of the tree that the task stands in."""
    row = paths.numbered(world.store, number)
    if row is None:
        _drain_own(world, caller)
        row = paths.numbered(world.store, number)
    if row is None:
        raise NotFound(access.NO_TASK)
    return row


def visible(world: World, user: str, tasks: Collection[str]) -> dict[str, Row]:
    """Those of some tasks that somebody may see and that are not in the trash, by their ids, as
    `paths.standing` has them. Two round trips, however many they are.
    """
    rows, heads = _standing(world, tasks)
    stale = [tree for tree, head in heads.items() if arrived(world, head) or head.get("dirty")]
    if stale:
        for tree in stale:
            drains.drain_now(world.store, tree)
        rows, heads = _standing(world, tasks)
    seen = {
        tree
        for tree, head in heads.items()
        if access.rank(head, user, open_workspace=world.open_workspace)
    }
    return {task: row for task, row in rows.items() if row["root"] in seen}


def arrived(world: World, tree: Mapping[str, Any]) -> set[str]:
    """The subtrees whose move out of a tree has arrived in its target, which is drained so that all
    find it.
    """
    found = set()
    for intent in moving.intents(tree):
        target = trees.head(world.store, intent["target"]["tree"])
        outcome = moving.outcome_of(target, intent["id"]) if target else None
        if outcome and outcome["outcome"] == moving.ARRIVED:
            drains.drain_now(world.store, intent["target"]["tree"])
            found.add(intent["task"])
    return found


def _standing(
    world: World, tasks: Collection[str]
) -> tuple[dict[str, Row], dict[str, dict[str, Any]]]:
    """The rows of tasks, and the heads of the trees that they stand in."""
    rows = paths.standing(world.store, tasks) if tasks else {}
    roots = {row["root"] for row in rows.values()}
    return rows, trees.heads(world.store, roots) if roots else {}


def _look(world: World, task: str) -> Found | None:
    row = paths.get(world.store, task)
    head = trees.head(world.store, row["root"]) if row else None
    if head and (arrived(world, head) or head.get("dirty")):
        # looked at again also where somebody else was quicker to drain it: the row may be older
        drains.drain_now(world.store, head["_id"])
        row = paths.get(world.store, task)
        head = trees.head(world.store, row["root"]) if row else None
    return Found(row, head) if row and head else None


def _drain_own(world: World, caller: User) -> None:
    """Drain what waits in the caller's trees: an id without a row may lie there, or may just have
    got its row.
    """
    for head in trees.heads_of(world.store, caller["_id"]):
        if head.get("dirty"):
            drains.drain_now(world.store, head["_id"])
