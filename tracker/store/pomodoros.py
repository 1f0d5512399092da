"""Pomodoros, one document each: `{_id, user, task, title, state, minutes, started_at, running,
ended_at, seconds, pending}`.

`running` is the user while it runs: an index lets nobody run two. One that is finished is `pending`
(the time of it) until the drain of the commit that counts it on its task takes that off: lists and
sums pass over it so long. `key` and `ended_key` name the requests under whose keys it was started
and ended.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from tracker.core.pomodoros import DONE, RUNNING, Pomodoro
from tracker.core.trees import Tree

from . import spans

FINISHED = "pomodoro_finished"

_COUNTED = {"pending": None, "running": None}


class Page(NamedTuple):
    pomodoros: list[Pomodoro]
    total: int


class Focus(NamedTuple):
    """How many pomodoros were done, and for how many seconds."""

    done: int
    seconds: int


def insert(store: Any, pomodoro: Pomodoro) -> bool:
    """Start one; False where the user runs one already, or one of this id was."""
    try:
        store.db.pomodoros.insert_one({**pomodoro, "state": RUNNING, "running": pomodoro["user"]})
    except DuplicateKeyError:
        return False
    return True


def get(store: Any, pomodoro: str) -> Pomodoro | None:
    """The pomodoro with this id."""
    found: Pomodoro | None = store.db.pomodoros.find_one({"_id": pomodoro})
    return found


def running(store: Any, user: str) -> Pomodoro | None:
    """What a user runs now."""
    found: Pomodoro | None = store.db.pomodoros.find_one({"running": user})
    return found


def running_on(store: Any, task: str) -> list[Pomodoro]:
    """What runs on a task now."""
    return list(store.db.pomodoros.find({"task": task, "state": RUNNING}))


def pending_of(store: Any, user: str, task: str) -> Pomodoro | None:
    """A pomodoro that a user finished on a task, and that is not counted yet."""
    wanted = {"user": user, "task": task, "pending": {"$ne": None}}
    found: Pomodoro | None = store.db.pomodoros.find_one(wanted)
    return found


def ended_under(store: Any, user: str, task: str, key: str) -> Pomodoro | None:
    """The pomodoro that a request under this key has ended."""
    wanted = {"user": user, "task": task, "ended_key.id": key}
    found: Pomodoro | None = store.db.pomodoros.find_one(wanted)
    return found


def end(store: Any, pomodoro: str, fields: Mapping[str, Any]) -> Pomodoro | None:
    """End one that runs; None where somebody else was faster."""
    ended: Pomodoro | None = store.db.pomodoros.find_one_and_update(
        {"_id": pomodoro, "state": RUNNING},
        {"$set": dict(fields), "$unset": {"running": ""}},
        return_document=ReturnDocument.AFTER,
    )
    return ended


def is_pending(store: Any, pomodoro: str) -> bool:
    """Whether one is finished, and not counted yet."""
    wanted = {"_id": pomodoro, "pending": {"$ne": None}}
    return store.db.pomodoros.find_one(wanted, {"_id": 1}) is not None


def unfinished(store: Any, before: datetime, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of those that have waited since before a time to be counted."""
    wanted = {"pending": {"$lt": before}, "_id": {"$nin": list(skip)}}
    return [one["_id"] for one in store.db.pomodoros.find(wanted, {"_id": 1}, limit=limit)]


def finish(store: Any, pomodoro: str) -> None:
    """Take the mark off one that is counted, or whose task is gone."""
    store.db.pomodoros.update_one({"_id": pomodoro}, {"$unset": {"pending": ""}})


def settle(store: Any, snapshot: Tree) -> None:
    """Take the mark off those that the entries of a snapshot have counted; no round trip where
    there are none.
    """
    counted = [
        event["pomodoro"]
        for entry in snapshot["outbox"]
        for event in entry["events"]
        if event["type"] == FINISHED
    ]
    if counted:
        off = {"$unset": {"pending": ""}}
        store.db.pomodoros.bulk_write([UpdateOne({"_id": one}, off) for one in counted])


def page(store: Any, who: Mapping[str, Any], skip: int, limit: int) -> Page:
    """Those that have ended, newest first: of a `user` or a `task`, in a span of `started_at`."""
    wanted = {**_COUNTED, **who}
    order = [("started_at", -1), ("_id", -1)]
    found = store.db.pomodoros.find(wanted, sort=order, skip=skip, limit=limit)
    return Page(list(found), store.db.pomodoros.count_documents(wanted))


def sums(store: Any, who: Mapping[str, Any], edges: Sequence[datetime]) -> list[Focus]:
    """What was done of a `user`, or of some `task`s, in each span between two edges, by when it was
    started.
    """
    wanted = {**_COUNTED, **who, "state": DONE, **spans.within("started_at", edges)}
    summed = {"done": {"$sum": 1}, "seconds": {"$sum": "$seconds"}}
    stages = [{"$match": wanted}, spans.grouped("started_at", edges, **summed)]
    found = store.db.pomodoros.aggregate(stages)
    return [Focus(*one) for one in spans.added(found, edges, "done", "seconds")]


def behind(store: Any, user: str, mark: Pomodoro | None, limit: int) -> list[Pomodoro]:
    """A user's pomodoros in the order of their beginning, behind one."""
    wanted: dict[str, Any] = {"user": user}
    if mark:
        later = {"started_at": {"$gt": mark["started_at"]}}
        beside = {"started_at": mark["started_at"], "_id": {"$gt": mark["_id"]}}
        wanted["$or"] = [later, beside]
    order = [("started_at", 1), ("_id", 1)]
    return list(store.db.pomodoros.find(wanted, sort=order, limit=limit))


def remove_all(store: Any, user: str) -> None:
    """Remove a user's pomodoros; what they count on tasks stays."""
    store.db.pomodoros.delete_many({"user": user})
