"""The sweep inside a web process: once at start, and again and again where no worker can run.

It heeds the hint that a job is due: it sweeps then, or tells the worker, and no request waits for
that. A thread, so it must be started after a server has forked, never before.
"""

import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from tracker.services import sweeping
from tracker.services.world import World

STOP_SECONDS = 5.0
# a sweep works a third of the time at most, so that a request mostly meets an idle process, and
# beside a worker an idle database
RESTS, LONGEST_REST = 2.0, 0.5

Sweep = Callable[[World], sweeping.Report]
Turn = Callable[[], object]


class Sweeper(NamedTuple):
    """A sweep under way, or one that waits for its next turn."""

    thread: threading.Thread
    stopped: threading.Event
    due: threading.Event

    def stop(self) -> None:
        """Begin no other sweep; returns when the one under way has ended, after 5 s at most."""
        self.stopped.set()
        self.due.set()
        self.thread.join(STOP_SECONDS)


def start(
    world: World,
    seconds: float | None,
    *,
    log: Any,
    sweep: Sweep = lambda world: sweeping.sweep(world, rest=rest),
    tell_worker: Callable[[], object] | None = None,
) -> Sweeper:
    """Sweep now, then every so many seconds (None: never again) and whenever `world.due` is set.

    `tell_worker` does that in the place of each sweep but the first. Faults are logged, not raised.
    """
    stopped = threading.Event()
    first = partial(_swept, world, log, sweep)
    then = tell_worker or (first if seconds is not None else None)
    arguments = (first, then, world.due, seconds, stopped, log)
    thread = threading.Thread(target=_run, args=arguments, name="sweeper", daemon=True)
    thread.start()
    return Sweeper(thread, stopped, world.due)


def rest(seconds: float) -> None:
    """Leave the process, and the database, to others for a while after so many seconds of work."""
    time.sleep(min(seconds * RESTS, LONGEST_REST))


def tell(log: Any, report: sweeping.Report) -> None:
    """One line about a sweep; one that found nothing to do shows at level debug only."""
    counts = {name: count for name, count in vars(report).items() if name != "parts"}
    ms = {name: round(tally.seconds * 1000, 1) for name, tally in report.parts.items()}
    level = log.info if any(counts.values()) else log.debug
    level("swept", **counts, ms=ms)


def _run(
    turn: Turn,
    then: Turn | None,
    due: threading.Event,
    seconds: float | None,
    stopped: threading.Event,
    log: Any,
) -> None:
    while True:
        due.clear()  # before the turn: what is queued during it has one of its own
        if stopped.is_set():
            return
        _try(turn, log)
        if then is None:
            return
        due.wait(seconds)
        turn = then


def _swept(world: World, log: Any, sweep: Sweep) -> None:
    tell(log, sweep(world))


def _try(turn: Turn, log: Any) -> None:
    try:
        turn()
    except Exception as fault:
        # whatever it was, the next turn may do better; without the thread nobody would look again
        log.error("sweep_failed", exception="".join(traceback.format_exception(fault)))
