"""One's own reminders of a task. Nobody else sees them, and no history tells of them.

Each deed is a commit of the tree that changes neither the task's rev nor its `updated_at`. When
they fire is core's (`reminders`, `schedule`); `firing` sees to it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tracker.core import limits, reminders, schedule
from tracker.core.edits import Edit
from tracker.core.reminders import Reminder
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Node, Place, Tree, find
from tracker.errors import Fault, Invalid, NotFound

from . import people, reading, writing
from .people import User
from .world import World
from .writing import Command

NO_REMINDER = "Reminder not found"

# the reminders of a task after a deed
Change = Callable[[Node, datetime], list[Reminder]]


def listing(world: World, caller: User, task: str) -> list[Reminder]:
    """One's own reminders of a live task, in the order of their making, each with `next_at`."""
    node = reading.subtree(world, caller, task).place.node
    return [_shown(node, own) for own in _all(node) if own["user"] == caller["_id"]]


def one(world: World, caller: User, task: str, reminder: str) -> Reminder:
    """One of one's own reminders, with `next_at`. Raises NotFound."""
    node = reading.subtree(world, caller, task).place.node
    return _shown(node, _own(node, caller, reminder))


def create(
    world: World, caller: User, task: str, wanted: Mapping[str, Any], terms: Terms = ANY
) -> Reminder:
    """A new reminder for `{at}` or `{minutes, of}`, in the zone that its maker has now.

    Raises NotFound, Invalid for a time that has passed, TooLarge.
    """
    reminder, when, zone = world.new_id(), _when({}, wanted), people.zone_of(caller)

    def change(node: Node, now: datetime) -> list[Reminder]:
        limits.check_reminders(_all(node), caller["_id"])
        _require_later(when.get("at"), now, "/at")
        return [*_all(node), reminders.made(reminder, caller["_id"], when, zone=zone, now=now)]

    return _written(world, caller, task, reminder, change, terms)


def change(
    world: World,
    caller: User,
    task: str,
    reminder: str,
    wanted: Mapping[str, Any],
    terms: Terms = ANY,
) -> Reminder:
    """Set a reminder for `{at}`, or for other `minutes` or another `of`. Raises NotFound,
    Invalid.
    """

    def change(node: Node, now: datetime) -> list[Reminder]:
        own = _own(node, caller, reminder)
        when = _when(own, wanted)
        if when.get("at") != own.get("at"):
            _require_later(when.get("at"), now, "/at")
        return _with(node, own, reminders.reset(own, when, now=now))

    return _written(world, caller, task, reminder, change, terms)


def snooze(
    world: World,
    caller: User,
    task: str,
    reminder: str,
    wanted: Mapping[str, Any],
    terms: Terms = ANY,
) -> Reminder:
    """Put a reminder off `{until}` a time or by `{minutes}` from now. Raises NotFound, Invalid."""

    def change(node: Node, now: datetime) -> list[Reminder]:
        own = _own(node, caller, reminder)
        until = wanted.get("until") or now + timedelta(minutes=wanted["minutes"])
        _require_later(until, now, "/until")
        return _with(node, own, reminders.snooze(own, node, until))

    return _written(world, caller, task, reminder, change, terms)


def delete(world: World, caller: User, task: str, reminder: str, terms: Terms = ANY) -> None:
    """Take one of one's own reminders away. Raises NotFound."""

    def change(node: Node, now: datetime) -> list[Reminder]:
        own = _own(node, caller, reminder)
        return [kept for kept in _all(node) if kept is not own]

    _write(world, caller, task, change, lambda _: None, terms)


def _written(
    world: World, caller: User, task: str, reminder: str, change: Change, terms: Terms
) -> Reminder:
    def answering(tree: Tree) -> Reminder:
        place = find(tree, task)
        assert place is not None  # the deed was done to it
        return _shown(place.node, _own(place.node, caller, reminder))

    found: Reminder = _write(world, caller, task, change, answering, terms)
    return found


def _write(
    world: World,
    caller: User,
    task: str,
    change: Change,
    answering: Callable[[Tree], Any],
    terms: Terms,
) -> Any:
    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        before, after = _all(place.node), change(place.node, now)
        if after == before:
            return Edit()
        edit = schedule.put(place, after)
        if len(after) > len(before):
            limits.check_growth(tree, edit.apply(tree))
        return edit

    command = Command(caller, "remind", task, terms, is_hidden=True)
    return writing.write(world, command, decide, answering)


def _all(node: Node) -> list[Reminder]:
    return node.get("reminders") or []


def _own(node: Node, caller: User, reminder: str) -> Reminder:
    asked = (caller["_id"], reminder)
    for found in _all(node):
        if (found["user"], found["id"]) == asked:
            return found
    raise NotFound(NO_REMINDER)


def _with(node: Node, before: Reminder, after: Reminder) -> list[Reminder]:
    return [after if kept is before else kept for kept in _all(node)]


def _shown(node: Node, reminder: Reminder) -> Reminder:
    return {**reminder, "next_at": schedule.next_of(node, reminder)}


def _when(own: Reminder, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What a reminder stands for after a change: a time takes the place of minutes, and minutes of
    a time.
    """
    if "at" in (wanted or own):
        return {"at": (wanted or own)["at"]}
    minutes = wanted.get("minutes", own.get("minutes"))
    if minutes is None:
        raise Invalid(Fault("/minutes", "This reminder stands for a time; say how long before"))
    return {"minutes": minutes, "of": wanted.get("of") or own.get("of") or reminders.DUE}


def _require_later(moment: datetime | None, now: datetime, pointer: str) -> None:
    if moment is not None and moment <= now:
        raise Invalid(Fault(pointer, "This time has passed"))
