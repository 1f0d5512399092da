"""Telling of a commit once it stands: who does jobs, that letters wait; who watches, that there is
something to see. Hints only, sent after the save: each finds its work in the database without.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tracker.core import notices
from tracker.core.commits import Commit, Entry
from tracker.core.trees import Tree
from tracker.store import drains

from .world import World

_NOTICES = "!"


class Hints(NamedTuple):
    """What hints point at: rows of history by their ids, and whether people were notified. Where
    `all` is set, some may have been missed.
    """

    rows: set[str]
    notices: bool
    all: bool


def settle(world: World, commit: Commit) -> None:
    """Drain what a commit left, then tell of it; raises nothing, for the write stands."""
    drains.settle(world.store, commit)
    tell(world, commit.after["_id"], commit.entry)


def settle_new(world: World, tree: Tree) -> None:
    """The same for a tree that was just inserted."""
    drains.settle_new(world.store, tree)
    tell(world, tree["_id"], tree["outbox"][-1])


def tell(world: World, tree: str, entry: Entry) -> None:
    """Hint at a commit that was drained."""
    notices_wait = notices.tells(entry)
    if notices_wait:
        world.due.set()
    if notices_wait or not entry["hidden"]:
        world.hint(f"{tree}:{entry['seq']}{_NOTICES if notices_wait else ''}")


def tell_late(world: World) -> None:
    """Hint that something was drained which a writer had left behind."""
    world.due.set()
    world.hint("")


def read(hints: Iterable[str]) -> Hints:
    """What these hints point at."""
    found = set(hints)
    rows = {hint.removesuffix(_NOTICES) for hint in found if hint}
    return Hints(rows, any(hint.endswith(_NOTICES) for hint in found), "" in found)
