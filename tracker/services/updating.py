"""Changing several things of a task at once, and finishing it, for doors whose clients count on
that: what would be refused is refused before anything is done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tracker.core import access, demands, edits, life, limits, trees
from tracker.core.demands import Demands
from tracker.core.edits import Edit
from tracker.core.trees import Place, Tree

from . import moves, reading, writing
from .people import User
from .world import World
from .writing import Command


class Update(NamedTuple):
    """New values by field; the task to put it below, or None to leave it; whether to finish it."""

    changes: Mapping[str, Any]
    parent: str | None = None
    finishes: bool = False


def update(world: World, caller: User, task: str, wanted: Update, asked: Demands) -> None:
    """Move, change and finish a task, where each of them is asked for, in one write.

    Raises NotFound, Forbidden, Cycle, Unmet, AlreadyDone, OpenBelow, TooLarge, and nothing is done
    then. Into another tree it moves first, by writes of their own: what could be refused is asked
    before, but what somebody else does in between, or what that tree has no room for, may still
    refuse the rest.
    """
    command = Command(caller, "edit", task)
    rest = _brought_over(world, command, wanted, wanted.parent, asked) if wanted.parent else wanted

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        moved = _moved(world, command, tree, place, rest.parent, now)
        changed = _changed(moved.apply(tree), task, rest, asked, now)
        edit = edits.then(tree, moved, changed)
        if rest.changes:
            limits.check_growth(tree, edit.apply(tree))
        return edit

    writing.write(world, command, decide, lambda _: None)


def finish(world: World, caller: User, task: str, *, force: bool = False) -> list[int]:
    """Finish a task below which nothing is open, or by force all of it; the numbers of all below.

    Raises AlreadyDone, OpenBelow, NotFound, Forbidden.
    """

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        return life.finish(tree, place, at=now, cascade=force)

    command = Command(caller, "complete", task)
    below: list[int] = writing.write(
        world, command, decide, lambda tree: life.numbers_below(tree, task)
    )
    return below


def _brought_over(
    world: World, command: Command, wanted: Update, parent: str, asked: Demands
) -> Update:
    """What is left to do once the task stands in the tree of its new parent. Raises what would
    refuse it, before it moves there.
    """
    found = reading.subtree(world, command.caller, command.task)
    if trees.find(found.tree, parent):
        return wanted
    writing.check(world, command, found.tree, found.place)
    _changed(found.tree, command.task, wanted, asked, world.now())
    moves.move(world, command.caller, command.task, parent)
    return wanted._replace(parent=None)


def _moved(
    world: World, command: Command, tree: Tree, place: Place, parent: str | None, now: datetime
) -> Edit:
    if parent is None or parent == place.parent:
        return Edit()
    user, is_open = command.caller["_id"], world.open_workspace
    access.require(tree, user, "move", open_workspace=is_open)
    return moves.inside(tree, place, parent, moves.LAST, now)


def _changed(tree: Tree, task: str, wanted: Update, asked: Demands, now: datetime) -> Edit:
    """New values and the finish, of the task where it stands in this tree."""
    place = trees.find(tree, task)
    assert place is not None
    demands.check_change(asked, place, trees.line(tree, place.path), wanted.changes, now)
    if wanted.finishes:
        return life.finish(tree, place, at=now, also=wanted.changes)
    return life.change(tree, place, wanted.changes, at=now)
