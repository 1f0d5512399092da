"""What changes a task where it stands: changing, completing, reopening. New ones are made in
`making`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracker.core import access, life, limits, members, pomodoros
from tracker.core.edits import Edit, merge
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Fault, Invalid

from . import categorizing, people, writing
from .people import Answer, User
from .world import World
from .writing import Answering, Command


def change(
    world: World, caller: User, task: str, changes: Mapping[str, Any], terms: Terms = ANY
) -> Answer:
    """Set the named fields of a task. Raises NotFound, Forbidden, Stale, Conflict, Invalid."""

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        _check_rights(world, caller, tree, place, changes)
        # a page sends back what it got: nobody comes in anew for a task that was theirs before
        given = {changes.get("assigned_to")} - {place.node["assigned_to"]}
        people.require_visible(world, caller, given)
        assigned = admitted(world, caller, tree, given)
        labelled = _labelled(world, tree, place, changes)
        edit = merge([life.change(tree, place, labelled, at=now), assigned])
        if changes.keys() - {"status"}:  # completing fits a full tree, by this door as by its own
            limits.check_growth(tree, edit.apply(tree))
        return edit

    command = Command(caller, "edit", task, terms)
    return _answered(writing.write(world, command, decide, showing(world, caller, task)))


def complete(
    world: World, caller: User, task: str, terms: Terms = ANY, *, cascade: bool = False
) -> Answer:
    """Close a task by its tree's rule. Raises Conflict naming the open descendants that forbid
    it.
    """

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        return life.complete(tree, place, at=now, cascade=cascade)

    command = Command(caller, "complete", task, terms)
    return _answered(writing.write(world, command, decide, showing(world, caller, task)))


def reopen(world: World, caller: User, task: str, terms: Terms = ANY) -> Answer:
    """Open a completed task, what its completion closed, and its completed ancestors."""

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        return life.reopen(tree, place, at=now)

    command = Command(caller, "reopen", task, terms)
    return _answered(writing.write(world, command, decide, showing(world, caller, task)))


def showing(world: World, caller: User, task: str) -> Answering:
    """What most deeds answer: one task with its people, from the tree after the commit."""
    return lambda after: people.around(world, caller, [writing.row_after(world, after, task)])


def admitted(world: World, caller: User, tree: Tree, users: set[str | None]) -> Edit:
    """The Edit that makes viewers of outsiders among people whom tasks are given to."""
    named = {user for user in users if user}
    return members.admit(tree, named, by=caller["_id"], open_workspace=world.open_workspace)


def _labelled(
    world: World, tree: Tree, place: Place, changes: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The changes as they stand on a task: its category by the lists of the tree's owner."""
    counted = pomodoros.given(place.node, changes)
    return categorizing.given(world, tree["owner"], place.node, counted)


def _check_rights(
    world: World, caller: User, tree: Tree, place: Place, changes: Mapping[str, Any]
) -> None:
    """Beyond editing: giving a task to somebody, and the tree's completion rule."""
    given = changes.get("assigned_to", place.node["assigned_to"]) != place.node["assigned_to"]
    deeds = ["assign"] * given + ["rule"] * ("completion" in changes)
    for deed in deeds:
        access.require(tree, caller["_id"], deed, open_workspace=world.open_workspace)
    if "completion" in changes and place.path:
        raise Invalid(Fault("/completion", "The rule belongs to the root of a tree"))


def _answered(found: Any) -> Answer:
    assert isinstance(found, Answer)
    return found
