"""The jobs of letters that tell one person of one kind of thing: how many went lately, and which
wait, so that one of them takes the others along.

Beside what every job has, they have `user` and `about`. One that `gathers` is answerable for those
that are `taken_by` it: these are done, and keep their data for it.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from .jobs import Job

MOST_TAKEN = 1_000


def sent_since(store: Any, job: Job, moment: datetime) -> int:
    """How many such letters went to this person since then, one of many counted as many."""
    wanted = {**_alike(job), "sent_at": {"$gt": moment}, "_id": {"$ne": job["_id"]}}
    return sum(int(one["sent"]) for one in store.db.jobs.find(wanted, {"sent": 1}))


def put_sent(store: Any, job: Job, now: datetime, many: int) -> None:
    """Note that a letter went out, in the place of so many."""
    store.db.jobs.update_one({"_id": job["_id"]}, {"$set": {"sent_at": now, "sent": many}})


def gather(store: Any, job: Job, few: int, expires_at: datetime) -> list[Job]:
    """The jobs that a claimed one takes along, now or before; it takes none where `few` wait."""
    waiting = {**_alike(job), "state": "waiting", "gathers": {"$ne": True}}
    order = [("run_at", ASCENDING), ("_id", ASCENDING)]
    found = list(store.db.jobs.find(waiting, {"_id": 1}, sort=order, limit=MOST_TAKEN))
    if len(found) >= few:
        # said first: what has taken others along is taken along by none
        store.db.jobs.update_one({"_id": job["_id"]}, {"$set": {"gathers": True}})
        _take(store, job, [one["_id"] for one in found], expires_at)
    elif not job.get("gathers"):
        return []
    mine = {**_alike(job), "taken_by": job["_id"]}
    return list(store.db.jobs.find(mine, sort=[("_id", ASCENDING)]))


def _take(store: Any, job: Job, others: list[str], expires_at: datetime) -> None:
    free = {"_id": {"$in": others}, "state": "waiting", "gathers": {"$ne": True}}
    taken = {"state": "done", "taken_by": job["_id"], "expires_at": expires_at}
    store.db.jobs.update_many(free, {"$set": taken, "$unset": {"run_at": ""}})


def _alike(job: Job) -> dict[str, Any]:
    return {"user": job["user"], "about": job["about"]}
