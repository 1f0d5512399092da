"""Alerts that people ask for: each is a job of its own, which notifies them when it is due.

Whoever does the job twice notifies once: the row's id follows from the job's.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tracker.errors import Conflict
from tracker.store import accounts, jobs, notifications
from tracker.store.accounts import User
from tracker.store.jobs import Job

from .people import zone_of
from .world import World

ALERT = "alert"
ONCE, DAILY, NOW = TRIGGERS = ("once", "daily", "now")
MOST = 100
HOUR = 9
SOON = timedelta(seconds=10)
TOO_MANY = f"Takes {MOST} alerts of one person at a time"


class Alert(NamedTuple):
    """What waits: the id that it was answered with, when it is due next, and by which trigger."""

    id: str
    next: datetime
    trigger: str


def schedule(world: World, caller: User, trigger: str, at: datetime | None = None) -> str:
    """Notify the caller: `once` at a time, `daily` at nine where they live, `now` in ten seconds.
    Answers the alert's id. Raises Conflict where too many wait.
    """
    if len(listing(world, caller)) >= MOST:
        raise Conflict(TOO_MANY)
    alert, now = world.new_id(), world.now()
    when = {DAILY: _next_day(caller, now), NOW: now + SOON}.get(trigger) or at or now
    _queue(world, caller["_id"], {"alert": alert, "trigger": trigger}, when)
    return alert


def listing(world: World, caller: User) -> list[Alert]:
    """One's own alerts that wait, what is due first."""
    found = jobs.of_user(world.store, caller["_id"], ALERT, MOST)
    return [Alert(job["data"]["alert"], job["run_at"], job["data"]["trigger"]) for job in found]


def ring(world: World, job: Job) -> None:
    """Notify whose alert a job is, and queue the next one of a daily alert."""
    with world.store.deadline():
        _ring(world, job)
    world.hint("")


def forget(world: World, user: str) -> None:
    """Take away what waits for somebody."""
    jobs.remove_all(world.store, user, ALERT)


def _ring(world: World, job: Job) -> None:
    user = accounts.find(world.store, job["user"])
    if user is None or user["state"] != "active":
        return
    if job["data"]["trigger"] == DAILY:
        _queue(world, user["_id"], job["data"], _next_day(user, max(world.now(), job["run_at"])))
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, job["_id"]))
    words = ("SEND_ALERT", f"The alert of {job['run_at']:%Y-%m-%d %H:%M} UTC")
    notifications.insert(
        world.store, notifications.plain(key, user["_id"], ALERT, words, world.now())
    )


def _queue(world: World, user: str, data: dict[str, Any], at: datetime) -> None:
    key = f"{data['alert']}@{at:%Y-%m-%dT%H:%M}"
    job = jobs.fresh(ALERT, key, at, data)
    jobs.insert(world.store, {**job, "user": user, "about": ALERT})


def _next_day(user: User, now: datetime) -> datetime:
    """The next time that it is nine o'clock where somebody lives."""
    here = now.astimezone(ZoneInfo(zone_of(user)))
    nine = here.replace(hour=HOUR, minute=0, second=0, microsecond=0, fold=0)
    return (nine if nine > here else nine + timedelta(days=1)).astimezone(UTC)
