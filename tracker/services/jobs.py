"""Doing the jobs that are due, as often as it takes. What a job does stands in the table handed in.

A job may be done twice, when a process dies between the deed and its tick: each deed bears that.
"""

import random
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from tracker.errors import Hopeless, TrackerError
from tracker.store import jobs
from tracker.store.jobs import Job

from .world import World

Work = Mapping[str, Callable[[World, Job], None]]

BATCH = 100
SECONDS = 20.0
# Longer than the slowest deed takes, so that no other process begins the same job meanwhile.
LEASE = timedelta(minutes=5)
ATTEMPTS = 8
COUNTED = 1000
# Waits of 30 s, 90 s, ... add up to nine hours: an outage of a night is survived.
FIRST_WAIT, GROWTH = 30.0, 3
DONE_KEPT, DEAD_KEPT = timedelta(days=7), timedelta(days=30)
log = structlog.get_logger()


class Done(NamedTuple):
    done: int
    failed: int


class Figures(NamedTuple):
    """How many jobs wait or are under way, for how long the first of them has been due, and how
    many were given up; of what there is more than `COUNTED`, just that many.
    """

    waiting: int
    lag_seconds: float
    dead: int


def add(world: World, kind: str, job: str, data: dict[str, Any]) -> None:
    """Queue a job under an id of its own and say so; one of that id is queued once only."""
    jobs.insert(world.store, jobs.fresh(kind, job, world.now(), data))
    world.due.set()


def run(world: World, work: Work, *, most: int = BATCH) -> Done:
    """Do what is due, 100 jobs or 20 seconds of it; what fails waits for its next attempt."""
    done, failed, until = 0, 0, time.monotonic() + SECONDS
    while done + failed < most and time.monotonic() < until and (job := _claim(world)):
        reason = _tried(world, job, work)
        done, failed = done + (reason is None), failed + (reason is not None)
        with world.store.deadline():
            _end(world, job, reason)
    return Done(done, failed)


def figures(world: World) -> Figures:
    """How the jobs stand; three quick queries, however many there are."""
    waiting, dead = (jobs.count(world.store, states, COUNTED) for states in (jobs.OPEN, ("dead",)))
    due = jobs.oldest(world.store)
    late = (world.now() - due).total_seconds() if due else 0.0
    return Figures(waiting, max(late, 0.0), dead)


def _claim(world: World) -> Job | None:
    with world.store.deadline():
        return jobs.claim(world.store, world.now(), world.now() + LEASE)


def _tried(world: World, job: Job, work: Work) -> Exception | None:
    """Why the job could not be done; None when it was."""
    if job["attempts"] > ATTEMPTS:
        return Hopeless("Each attempt ended with its process")
    try:
        work[job["kind"]](world, job)
    except Exception as fault:  # one job that fails must not keep the others waiting
        return fault
    return None


def _end(world: World, job: Job, fault: Exception | None) -> None:
    if fault is None:
        jobs.finish(world.store, job, world.now() + DONE_KEPT)
        return
    dead = isinstance(fault, Hopeless) or job["attempts"] >= ATTEMPTS
    told = {"job": job["_id"], "attempts": job["attempts"], "fault": type(fault).__name__}
    log.warning("job_dead" if dead else "job_failed", **told)
    if dead:
        jobs.bury(world.store, job, world.now() + DEAD_KEPT, _reason(fault))
    else:
        jobs.postpone(world.store, job, world.now() + _wait(job["attempts"]), _reason(fault))


def _wait(attempts: int) -> timedelta:
    """Longer each time, and never the same for many that failed together."""
    return timedelta(seconds=FIRST_WAIT * GROWTH ** (attempts - 1) * random.uniform(0.5, 1.0))


def _reason(fault: Exception) -> str:
    """Only our own words: those of others may hold what the job holds."""
    return fault.detail if isinstance(fault, TrackerError) else type(fault).__name__
