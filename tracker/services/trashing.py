"""The trash: deleting into it, listing it, restoring from it, and removing for good."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.core import life, moving, trash, trees
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.select import Query
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Busy
from tracker.store import paths
from tracker.store import trees as stored

from . import editing, finding, moves, reading, writing
from .people import Answer, User
from .reading import Listed
from .world import World
from .writing import Command

KEPT = timedelta(days=30)
HEAD_KEPT = timedelta(days=7)
SYSTEM = "system"


def delete(world: World, caller: User, task: str, terms: Terms = ANY) -> None:
    """Put a task and all below it into the trash."""
    writing.write(world, Command(caller, "delete", task, terms), _deleted, lambda _: None)


def delete_telling(world: World, caller: User, task: str) -> list[int]:
    """As `delete`; the numbers of all that went with the task."""

    def below(tree: Tree) -> list[int]:
        return life.numbers_below(tree, task)

    gone: list[int] = writing.write(world, Command(caller, "delete", task), _deleted, below)
    return gone


def purge(world: World, caller: User, task: str, terms: Terms = ANY) -> None:
    """Remove a task and all below it for good, from the trash or not."""

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        return trash.purge(tree, place, at=now)

    command = Command(caller, "purge", task, terms, in_trash=True, clean=True)
    writing.write(world, command, decide, lambda _: None)


def listing(world: World, caller: User, query: Query) -> Listed:
    """A page of what was deleted, the topmost of each: what lies below one comes back with it."""
    return reading.listing(world, caller, replace(query, in_trash=True))


def restore(world: World, caller: User, task: str, terms: Terms = ANY) -> Answer:
    """Bring a deleted task back under its parent, or to the root level where that is gone.

    Raises Conflict where the task is not in the trash.
    """
    command = Command(caller, "restore", task, terms, in_trash=True)
    root = finding.find_root(world, caller, task)
    tree = stored.load(world.store, root) if root else None
    place = trees.find(tree, task) if tree else None
    if tree and place and trash.lies_deeper(tree, place):
        target: dict[str, object] = {"tree": task, "parent": None, "spot": ["last", None]}
        intent = moves.freeze(world, command, target)
        return intent if isinstance(intent, Answer) else moves.finish(world, caller, intent, terms)

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        if trash.lies_deeper(tree, place):
            raise Busy("What stands above the task was deleted meanwhile; try again")
        return trash.restore(tree, place, at=now)

    restored: Answer = writing.write(world, command, decide, editing.showing(world, caller, task))
    return restored


def old_trash(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Trees of which something has lain in the trash for thirty days."""
    return paths.roots_with_trash(world.store, world.now() - KEPT, limit, skip)


def purge_old(world: World, tree: str) -> bool:
    """Remove one task that has lain in a tree's trash for thirty days, with all below it; False
    where there is none.
    """
    before, now = world.now() - KEPT, world.now()

    def decide(tree: Tree) -> Edit | None:
        found = (trees.find(tree, old) for old in trash.expired(tree, before))
        edits = (trash.purge(tree, place, at=now) for place in found if place)
        return next((edit for edit in edits if not moving.is_frozen(tree, edit)), None)

    act = Act(SYSTEM, "purge", tree, now)
    return writing.commit_alone(world, tree, act, decide) is not None


def sweep_ended(world: World, limit: int) -> int:
    """Remove the heads of trees that ended a week ago, at most `limit`; returns how many."""
    return stored.sweep_ended(world.store, world.now() - HEAD_KEPT, limit)


def _deleted(tree: Tree, place: Place, now: datetime) -> Edit:
    return trash.delete(tree, place, at=now)
