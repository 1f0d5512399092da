"""Jobs, one row each: what is to be done once the answer is out. The rows are the queue.

`{_id, kind, state, run_at, attempts, lease_until, last_error, data}`; `_id` is kind and key of a
job, so it is queued once. `state` is waiting, leased, done or dead; `run_at` is since when it is
due, and `lease_until` when a leased one may be taken from its claimant. A claim counts as an
attempt, and what ends it names that claim, so that whoever comes back late changes nothing.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

Job = dict[str, Any]

OPEN = ("waiting", "leased")
_DUE = {"run_at": "", "lease_until": ""}


def fresh(kind: str, key: str, run_at: datetime, data: dict[str, Any]) -> Job:
    """The row of a job that nobody has tried yet."""
    about = {"_id": f"{kind}:{key}", "kind": kind, "data": data}
    return {**about, "state": "waiting", "run_at": run_at, "attempts": 0}


def insert(store: Any, job: Job) -> bool:
    """Queue a fresh job; False where one of this id is there already."""
    return _added(store, job)


def tick(store: Any, kind: str, key: str, expires_at: datetime) -> bool:
    """Leave the row of a job that is done by whoever leaves it; False where somebody has."""
    row = {"_id": f"{kind}:{key}", "kind": kind, "state": "done", "expires_at": expires_at}
    return _added(store, row)


def claim(store: Any, now: datetime, until: datetime) -> Job | None:
    """The job that has waited longest, for the claimant alone until its lease ends."""
    unclaimed = {"$not": {"$gt": now}}  # or never claimed: absent is not greater
    claimed: Job | None = store.db.jobs.find_one_and_update(
        {"state": {"$in": list(OPEN)}, "run_at": {"$lte": now}, "lease_until": unclaimed},
        {"$set": {"state": "leased", "lease_until": until}, "$inc": {"attempts": 1}},
        sort=[("run_at", ASCENDING), ("_id", ASCENDING)],
        return_document=ReturnDocument.AFTER,
    )
    return claimed


def finish(store: Any, job: Job, expires_at: datetime) -> None:
    """End a claimed job that is done, and forget its data; the row stays against a second one."""
    ended = {"state": "done", "expires_at": expires_at}
    store.db.jobs.update_one(_claimed(job), {"$set": ended, "$unset": {"data": "", **_DUE}})


def postpone(store: Any, job: Job, run_at: datetime, error: str) -> None:
    """Let a claimed job wait for its next attempt."""
    waiting = {"state": "waiting", "run_at": run_at, "last_error": error}
    store.db.jobs.update_one(_claimed(job), {"$set": waiting, "$unset": {"lease_until": ""}})


def hold(store: Any, job: Job, run_at: datetime) -> None:
    """Put a claimed job back for later, untried; whoever ends this claim changes nothing."""
    back = {"$set": {"state": "waiting", "run_at": run_at}, "$unset": {"lease_until": ""}}
    store.db.jobs.update_one(_claimed(job), {**back, "$inc": {"attempts": -1}})


def bury(store: Any, job: Job, expires_at: datetime, error: str) -> None:
    """Give a claimed job up; only `revive` brings it back, until the row expires."""
    dead = {"state": "dead", "last_error": error, "expires_at": expires_at}
    store.db.jobs.update_one(_claimed(job), {"$set": dead, "$unset": _DUE})


def revive(store: Any, job: str, now: datetime) -> bool:
    """Make a dead or waiting job due now, its attempts forgotten; False where there is none."""
    due = {"$set": {"state": "waiting", "run_at": now, "attempts": 0}, "$unset": {"expires_at": ""}}
    wanted = {"_id": job, "state": {"$in": ["dead", "waiting"]}}
    return bool(store.db.jobs.update_one(wanted, due).matched_count)


def get(store: Any, job: str) -> Job | None:
    """One job, with its data."""
    found: Job | None = store.db.jobs.find_one({"_id": job})
    return found


def listed(store: Any, states: tuple[str, ...], limit: int) -> list[Job]:
    """Jobs in these states without their data, what is due first."""
    order = [("run_at", ASCENDING), ("_id", ASCENDING)]
    found = store.db.jobs.find({"state": {"$in": list(states)}}, {"data": 0})
    return list(found.sort(order).limit(limit))


def of_user(store: Any, user: str, about: str, limit: int) -> list[Job]:
    """What waits of one kind for a person, with its data, what is due first."""
    wanted = {"user": user, "state": {"$in": list(OPEN)}, "about": about}
    order = [("run_at", ASCENDING), ("_id", ASCENDING)]
    return list(store.db.jobs.find(wanted, sort=order, limit=limit))


def remove_all(store: Any, user: str, about: str) -> None:
    """Forget what waits of one kind for a person."""
    store.db.jobs.delete_many({"user": user, "state": {"$in": list(OPEN)}, "about": about})


def count(store: Any, states: tuple[str, ...], most: int) -> int:
    """How many jobs are in these states, `most` where there are more."""
    return int(store.db.jobs.count_documents({"state": {"$in": list(states)}}, limit=most))


def oldest(store: Any) -> datetime | None:
    """Since when the job that waits longest is due, or when the next one will be."""
    wanted = {"state": {"$in": list(OPEN)}}
    order = [("run_at", ASCENDING), ("_id", ASCENDING)]
    found = store.db.jobs.find_one(wanted, {"run_at": 1}, sort=order)
    return found["run_at"] if found else None


def _added(store: Any, row: Job) -> bool:
    try:
        store.db.jobs.insert_one(row)
    except DuplicateKeyError:
        return False
    return True


def _claimed(job: Job) -> Job:
    """The job as its claimant knows it; the lease, too, because `revive` counts attempts anew."""
    known = {"attempts": job["attempts"], "lease_until": job["lease_until"]}
    return {"_id": job["_id"], "state": "leased", **known}
