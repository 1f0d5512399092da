"""The sweep: what a crash left, finished; what is due, done; what has had its time, removed. Run at
start and every `SWEEP_SECONDS`. What there is to look for stands in `sweep_parts`.

Any number of sweeps may run at once. The parts take turns, and each turn is short, so that a flood
in one of them never keeps the others waiting. The whole is bounded, too: what is left then waits
for the next sweep.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from tracker.errors import Unavailable
from tracker.store import sweeps
from tracker.store.sweeps import Tally

from . import jobs, sweep_parts
from .jobs import Done
from .sweep_parts import BATCH, PARTS, Part
from .world import World

TURN_SECONDS = 0.5
SWEEP_SECONDS = 30.0
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one sweep did, in trees; `left` and `lapsed` in people, `jobs` in jobs, `expired` in
    rows, `unsaid` in comments, `removed`, `unfiled` and `unseen` in files, `counted` in
    pomodoros, `tidied` in people's tags. `failed` ones wait for
    the next sweep, and stand in the log. `is_cut` when the time was over before all was done.
    """

    drained: int = 0
    moved: int = 0
    forgotten: int = 0
    fired: int = 0
    purged: int = 0
    left: int = 0
    ended: int = 0
    lapsed: int = 0
    expired: int = 0
    unsaid: int = 0
    removed: int = 0
    unfiled: int = 0
    unseen: int = 0
    counted: int = 0
    tidied: int = 0
    jobs: int = 0
    failed: int = 0
    is_cut: bool = False
    parts: Mapping[str, Tally] = field(default_factory=dict)


@dataclass
class _Run:
    """How far one part has come in this sweep."""

    name: str
    steps: Iterator[Done]
    done: int = 0
    failed: int = 0
    seconds: float = 0.0


def sweep(
    world: World,
    *,
    parts: Mapping[str, Part] = PARTS,
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], object] = lambda _: None,
) -> Report:
    """Walk through all parts in turns until nothing waits, or the time is over; each has one turn
    at least.

    `rest` is called after each piece of work with the seconds that it took: whoever shares the
    process with requests sleeps there. Raises Unavailable when the database does not answer.
    """
    runs = [_Run(name, part(world)) for name, part in parts.items()]
    waiting, until = runs, clock() + SWEEP_SECONDS
    while waiting and clock() < until:
        waiting = [run for run in waiting if _turn(run, clock, rest)]
    if waiting:
        world.due.set()  # so that the next sweep begins at once
    report = _report(runs, is_cut=bool(waiting))
    with world.store.deadline():
        sweeps.note(world.store, world.now(), report.parts)
    return report


def run_jobs(world: World) -> jobs.Done:
    """Do the jobs that are due; without a post letters wait, and so does everything."""
    return sweep_parts.do_jobs(world)


def _turn(run: _Run, clock: Callable[[], float], rest: Callable[[float], object]) -> bool:
    """One turn of a part; False once nothing of it waits."""
    began = clock()
    for _ in range(BATCH):
        at = clock()
        came = _step(run)
        took = clock() - at
        run.seconds += took
        if came is None:
            return False
        run.done, run.failed = run.done + came.done, run.failed + came.failed
        rest(took)
        if clock() - began >= TURN_SECONDS:
            break
    return True


def _step(run: _Run) -> Done | None:
    """The next piece of work; None where nothing waits, or the part cannot even say what does."""
    try:
        return next(run.steps, None)
    except Unavailable:
        raise
    except Exception:
        log.exception("sweep_failed", part=run.name)
        run.failed += 1
        return None


def _report(runs: list[_Run], *, is_cut: bool) -> Report:
    tallies = {run.name: Tally(run.done, run.failed, run.seconds) for run in runs}
    return Report(
        **{name: tally.done for name, tally in tallies.items()},
        failed=sum(tally.failed for tally in tallies.values()),
        is_cut=is_cut,
        parts=tallies,
    )
