"""What the database tells of how the service is doing: read when somebody scrapes, by a few bounded
queries, each with an index. Nothing here is asked during other requests.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tracker.errors import Unavailable
from tracker.metrics import Reading
from tracker.store import PROBE_SECONDS, dead_events, sweeps, trees
from tracker.store import jobs as stored
from tracker.store.sweeps import Tally

from . import jobs
from .world import World

# of what there is more, just that many
COUNTED = 1000
ONE = ""


def readings(world: World) -> list[Reading]:
    """All of them, or no more than that the database is down."""
    try:
        with world.store.deadline(PROBE_SECONDS):
            return [_gauge("tracker_database_up", "1 while the database answers", 1), *_all(world)]
    except Unavailable:
        return [_gauge("tracker_database_up", "1 while the database answers", 0)]


def _all(world: World) -> Iterator[Reading]:
    yield from _outboxes(world)
    yield from _jobs(world)
    yield from _sweeps(world)
    events = dead_events.count(world.store, COUNTED)
    yield _gauge("tracker_dead_events", "Events whose effects were given up; at most 1000", events)


def _outboxes(world: World) -> Iterator[Reading]:
    waiting = trees.count_dirty(world.store, COUNTED)
    yield _gauge("tracker_dirty_trees", "Trees that wait to be drained; at most 1000", waiting)
    age = _seconds_since(world, trees.oldest_entry(world.store))
    yield _gauge("tracker_outbox_age_seconds", "For how long the oldest entry waits", age)


def _jobs(world: World) -> Iterator[Reading]:
    figures = jobs.figures(world)
    states = {
        state: stored.count(world.store, (state,), COUNTED) for state in ("waiting", "leased")
    }
    yield Reading(
        "tracker_jobs",
        "Jobs by state; at most 1000 of each",
        "gauge",
        {**states, "dead": figures.dead},
        "state",
    )
    lag = figures.lag_seconds
    yield _gauge("tracker_job_lag_seconds", "For how long the first job has been due", lag)


def _sweeps(world: World) -> Iterator[Reading]:
    at, parts = sweeps.total(world.store)
    if at is None:
        return
    age = _seconds_since(world, at)
    yield _gauge("tracker_sweep_age_seconds", "Since the last sweep ended, anywhere", age)
    yield _by_part("tracker_sweep_done", "What sweeps did, by part", parts, "done")
    yield _by_part("tracker_sweep_failed", "What failed in sweeps, by part", parts, "failed")
    yield _by_part("tracker_sweep_seconds", "Seconds of work of sweeps", parts, "seconds")


def _by_part(name: str, meaning: str, parts: Mapping[str, Tally], what: str) -> Reading:
    sums = {part: float(getattr(tally, what)) for part, tally in parts.items()}
    return Reading(name, meaning, "counter", sums, "part")


def _gauge(name: str, meaning: str, value: float) -> Reading:
    return Reading(name, meaning, "gauge", {ONE: value})


def _seconds_since(world: World, at: datetime | None) -> float:
    return max((world.now() - at).total_seconds(), 0.0) if at else 0.0
