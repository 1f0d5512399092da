"""What happened to a task and to what is below it, as far as today's rights go."""

from collections.abc import Collection
from typing import Any, NamedTuple

from tracker.core import trees
from tracker.store import histories
from tracker.store.histories import Mark as Mark

from . import people, reading
from .people import User
from .world import World


class History(NamedTuple):
    """Commits, newest first, with the people who made them, and where the next page goes on."""

    rows: list[dict[str, Any]]
    people: dict[str, User]
    further: Mark | None


def listing(world: World, caller: User, task: str, after: Mark | None, limit: int) -> History:
    """A page of the history of a live task and its subtree, in whatever trees they stood."""
    found = reading.subtree(world, caller, task)
    below = {place.node["id"]: place.node for place in trees.walk(found.place.node)}
    own = None if found.place.path else task
    if own and not any(node["hops"] for node in below.values()):
        rows = histories.of_tree(world.store, own, after, limit)
    else:
        rows = histories.of_tasks(world.store, below, after, limit, tree=own)
    last = rows[-1] if len(rows) == limit else None
    return History(
        [row if row["tree"] == own else _within(row, below) for row in rows],
        people.known(world, caller, {row["actor"] for row in rows}),
        Mark(last["at"], last["seq"], last["_id"]) if last else None,
    )


def _within(row: dict[str, Any], tasks: Collection[str]) -> dict[str, Any]:
    """A commit as far as it touched the subtree: what it did elsewhere may be none of the reader's
    business.
    """
    told = {task: said for task, said in row["changes"].items() if task in tasks}
    return {**row, "changes": told}
