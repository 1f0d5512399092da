"""Jobs, one row each: what is to be done once the answer is out. The rows are the queue.

`{_id, kind, state, run_at, attempts, data}`; `state` is waiting, leased, done or dead. `run_at` is
when a job may be taken: for a leased one that is the end of its lease. A claim counts as an
attempt, and what ends it names that attempt, so that whoever comes back late changes nothing.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

Job = dict[str, Any]

OPEN = ("waiting", "leased")


def insert(store: Any, job: Job) -> bool:
    """Queue a job; False where one of this id is there already."""
    try:
        store.db.jobs.insert_one({**job, "state": "waiting", "attempts": 0})
    except DuplicateKeyError:
        return False
    return True


def claim(store: Any, now: datetime, until: datetime) -> Job | None:
    """The job that has waited longest, for the claimant alone until its lease ends."""
    claimed: Job | None = store.db.jobs.find_one_and_update(
        {"state": {"$in": list(OPEN)}, "run_at": {"$lte": now}},
        {"$set": {"state": "leased", "run_at": until}, "$inc": {"attempts": 1}},
        sort=[("run_at", ASCENDING), ("_id", ASCENDING)],
        return_document=ReturnDocument.AFTER,
    )
    return claimed


def finish(store: Any, job: Job, expires_at: datetime) -> None:
    """End a claimed job that is done, and forget its data; the row stays against a second one."""
    ended = {"state": "done", "expires_at": expires_at}
    store.db.jobs.update_one(_claimed(job), {"$set": ended, "$unset": {"data": "", "run_at": ""}})


def postpone(store: Any, job: Job, run_at: datetime, error: str) -> None:
    """Let a claimed job wait for its next attempt."""
    waiting = {"state": "waiting", "run_at": run_at, "last_error": error}
    store.db.jobs.update_one(_claimed(job), {"$set": waiting})


def bury(store: Any, job: Job, expires_at: datetime, error: str) -> None:
    """Give a claimed job up; only `revive` brings it back, until the row expires."""
    dead = {"state": "dead", "last_error": error, "expires_at": expires_at}
    store.db.jobs.update_one(_claimed(job), {"$set": dead, "$unset": {"run_at": ""}})


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


def count(store: Any, states: tuple[str, ...]) -> int:
    """How many jobs are in these states."""
    return int(store.db.jobs.count_documents({"state": {"$in": list(states)}}))


def _claimed(job: Job) -> Job:
    return {"_id": job["_id"], "state": "leased", "attempts": job["attempts"]}
