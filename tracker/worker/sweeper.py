"""The sweep inside a web process: once at start, and again and again where no worker can run.

A thread, so it must be started after a server has forked, never before.
"""

import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

from tracker.services import sweeping
from tracker.services.world import World

STOP_SECONDS = 5.0

Sweep = Callable[[World], sweeping.Report]


class Sweeper(NamedTuple):
    """A sweep under way, or one that waits for its next turn."""

    thread: threading.Thread
    stopped: threading.Event

    def stop(self) -> None:
        """Begin no other sweep; returns when the one under way has ended, after 5 s at most."""
        self.stopped.set()
        self.thread.join(STOP_SECONDS)


def start(
    world: World, seconds: float | None, *, log: Any, sweep: Sweep = sweeping.sweep
) -> Sweeper:
    """Sweep now, then every so many seconds (None: never again); faults are logged, not raised."""
    stopped = threading.Event()
    arguments = (world, seconds, log, sweep, stopped)
    thread = threading.Thread(target=_run, args=arguments, name="sweeper", daemon=True)
    thread.start()
    return Sweeper(thread, stopped)


def tell(log: Any, report: sweeping.Report) -> None:
    """One line about a sweep; one that found nothing to do shows at level debug only."""
    counts = asdict(report)
    level = log.info if any(counts.values()) else log.debug
    level("swept", **counts)


def _run(
    world: World, seconds: float | None, log: Any, sweep: Sweep, stopped: threading.Event
) -> None:
    while not stopped.is_set():
        _sweep_once(world, log, sweep)
        if seconds is None or stopped.wait(seconds):
            return


def _sweep_once(world: World, log: Any, sweep: Sweep) -> None:
    try:
        report = sweep(world)
    except Exception as fault:
        # whatever it was, the next turn may do better; without the thread nobody would look again
        log.error("sweep_failed", exception="".join(traceback.format_exception(fault)))
    else:
        tell(log, report)
