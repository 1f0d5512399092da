"""Pomodoros: starting, finishing, interrupting. A person runs one at a time, by our clock.

A finished one is counted on its task by a commit of the tree. It is marked `pending` first; the
drain of that commit takes the mark off. Whether it was counted is asked behind a clean tree, whose
rev the commit names: so it is counted once, whoever tries it again after a crash, and nobody can
count it between. What is left pending the sweep counts.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from tracker.core import access, ids, moving, trees
from tracker.core import pomodoros as rules
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.pomodoros import DONE, INTERRUPTED, Pomodoro
from tracker.core.terms import ANY, Key, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Busy, Conflict, Forbidden, Moving, NotFound
from tracker.store import paths, pomodoros
from tracker.store import trees as stored

from . import finding, replies, writing
from .people import User
from .world import World
from .writing import Command

DEED = "run_pomodoros"
ONE_RUNS = "You run a pomodoro already"
NONE_RUNS = "You run no pomodoro on this task"
LOOKS = 3
# so long a request is given to count one itself
IN_HAND = timedelta(seconds=30)


def start(
    world: World, caller: User, task: str, minutes: int = rules.MINUTES, terms: Terms = ANY
) -> Pomodoro:
    """Begin to work on a task. Raises Conflict, naming it, where the caller runs one already."""
    key = terms.key
    before = _started_under(world, key)
    if before:
        return before
    place = _checked(world, caller, task, terms)
    begun = {
        "_id": ids.made_of(key.id) if key else world.new_id(),
        "user": caller["_id"],
        "task": task,
        "title": place.node["title"],
        "minutes": minutes,
        "started_at": world.now(),
        **({"key": key._asdict()} if key else {}),
    }
    if pomodoros.insert(world.store, begun):
        return _as_begun(begun)
    return _started_under(world, key) or _refused(world, caller)


def stop(world: World, caller: User, task: str, terms: Terms = ANY) -> Pomodoro:
    """Finish what the caller runs on a task, and count it there. Raises Conflict where that is
    nothing.
    """
    ended = _ended_under(world, caller, task, terms.key)
    if ended is None:
        _checked(world, caller, task, terms)
        ended = _end(world, caller, task, DONE, terms.key) or pomodoros.pending_of(
            world.store, caller["_id"], task
        )
    if ended is None:
        raise Conflict(NONE_RUNS)
    _count_or_leave(world, ended)
    return ended


def interrupt(world: World, caller: User, task: str, terms: Terms = ANY) -> Pomodoro:
    """Give up what the caller runs on a task, also where the task is not theirs to see any more.
    Raises Conflict where that is nothing.
    """
    ended = _ended_under(world, caller, task, terms.key)
    if ended:
        return ended
    try:
        _checked(world, caller, task, terms)
    except (NotFound, Forbidden):
        if not _running(world, caller, task):
            raise
    ended = _end(world, caller, task, INTERRUPTED, terms.key)
    if ended is None:
        raise Conflict(NONE_RUNS)
    return ended


def uncounted(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Finished ones that a crash kept from being counted: a part of the sweep."""
    return pomodoros.unfinished(world.store, world.now() - IN_HAND, limit, skip)


def count(world: World, pomodoro_id: str) -> None:
    """Count a finished one on its task, once; raises Busy where that cannot be done now.

    It is not counted where the task is gone for good, or is none of its user's any more.
    """
    for _ in range(LOOKS):
        pomodoro = pomodoros.get(world.store, pomodoro_id)
        if pomodoro is None or "pending" not in pomodoro:
            return
        row = paths.get(world.store, pomodoro["task"])
        if row is None:
            pomodoros.finish(world.store, pomodoro_id)
            return
        try:
            _commit(world, row["root"], pomodoro)
        except NotFound:
            pomodoros.finish(world.store, pomodoro_id)
    if pomodoros.is_pending(world.store, pomodoro_id):
        raise Busy


def _commit(world: World, root: str, pomodoro: Pomodoro) -> None:
    user, task = pomodoro["user"], pomodoro["task"]

    def decide(tree: Tree) -> Edit | None:
        place = trees.find(tree, task)
        # asked behind the tree, which is clean: what was counted in it has no mark any more
        if place is None or not pomodoros.is_pending(world.store, pomodoro["_id"]):
            return None
        if not access.rank(tree, user, open_workspace=world.open_workspace):
            raise NotFound
        edit = rules.count(place, pomodoro["_id"])
        if moving.is_frozen(tree, edit):
            raise Moving
        return edit

    writing.commit_alone(world, root, Act(user, DEED, task, world.now()), decide)


def _count_or_leave(world: World, ended: Pomodoro) -> None:
    """It is finished whatever comes: what cannot be counted now the sweep counts."""
    try:
        count(world, ended["_id"])
    except Busy:
        world.due.set()


def _checked(world: World, caller: User, task: str, terms: Terms) -> Place:
    """The place of a task on which the caller may run pomodoros."""
    for _ in range(LOOKS):
        tree = stored.load(world.store, finding.root_of(world, caller, task))
        place = trees.find(tree, task) if tree else None
        if tree and place:
            writing.check(world, Command(caller, DEED, task, terms), tree, place)
            moving.require_thawed(tree, place, Edit())
            return place
    raise NotFound(access.NO_TASK)


def _running(world: World, caller: User, task: str) -> Pomodoro | None:
    found = pomodoros.running(world.store, caller["_id"])
    return found if found and found["task"] == task else None


def _end(world: World, caller: User, task: str, state: str, key: Key | None) -> Pomodoro | None:
    own, now = _running(world, caller, task), world.now()
    if own is None:
        return None
    fields: dict[str, Any] = {"state": state, "ended_at": _later(own, now)}
    fields["seconds"] = rules.seconds(own, now)
    if state == DONE:
        fields["pending"] = now
    if key:
        fields["ended_key"] = key._asdict()
    return pomodoros.end(world.store, own["_id"], fields)


def _later(own: Pomodoro, now: datetime) -> datetime:
    began: datetime = own["started_at"]
    return max(began, now)


def _started_under(world: World, key: Key | None) -> Pomodoro | None:
    found = pomodoros.get(world.store, ids.made_of(key.id)) if key else None
    if found is None or key is None:
        return None
    replies.require_same(found["key"], key)
    return _as_begun(found)


def _ended_under(world: World, caller: User, task: str, key: Key | None) -> Pomodoro | None:
    if key is None:
        return None
    found = pomodoros.ended_under(world.store, caller["_id"], task, key.id)
    if found:
        replies.require_same(found["ended_key"], key)
    return found


def _as_begun(pomodoro: Pomodoro) -> Pomodoro:
    """As it was when it began, whatever has become of it."""
    ended = {"ended_at", "seconds"}
    return {**{k: v for k, v in pomodoro.items() if k not in ended}, "state": rules.RUNNING}


def _refused(world: World, caller: User) -> Pomodoro:
    own = pomodoros.running(world.store, caller["_id"])
    if own is None:
        raise Busy  # it has just ended
    raise Conflict(ONE_RUNS, running={"id": own["_id"], "task_id": own["task"]})
