"""The sweep inside a web process."""

import queue
import threading
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tracker.services.sweeping import Report, Tally
from tracker.services.world import World
from tracker.store import Store
from tracker.worker import sweeper

SOON = 10.0


def report(**counts: int) -> Report:
    """A report of these counts, all others nought."""
    return Report(**counts, parts={"drained": Tally(counts.get("drained", 0), 0, 0.25)})


def told(**counts: int) -> dict[str, Any]:
    """What the log says of it."""
    names = {field.name for field in fields(Report)} - {"parts"}
    return {**dict.fromkeys(names, 0), **counts, "ms": {"drained": 250.0}}


class Log:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: queue.Queue[tuple[str, str, dict[str, Any]]] = queue.Queue()

    def __getattr__(self, level: str) -> Any:
        return lambda event, **told: self.lines.put((level, event, told))


class Sweep:
    """A sweep that does what it was given, in order, and then nothing."""

    def __init__(self, *deeds: Report | Exception) -> None:
        self.deeds, self.turns = list(deeds), 0

    def __call__(self, world: World) -> Report:
        self.turns += 1
        deed = self.deeds.pop(0) if self.deeds else report()
        if isinstance(deed, Exception):
            raise deed
        return deed


@pytest.fixture
def world() -> World:
    """Never looked into: the sweeps of these tests do nothing."""
    return World(cast(Store, None), lambda: datetime.now(UTC), lambda: "")


def test_it_sweeps_at_start(world: World) -> None:
    log = Log()
    running = sweeper.start(world, 3600, log=log, sweep=Sweep(report(drained=2, failed=1)))
    assert log.lines.get(timeout=SOON) == ("info", "swept", told(drained=2, failed=1))
    running.stop()


def test_it_sweeps_again_and_again(world: World) -> None:
    log = Log()
    running = sweeper.start(
        world, 0.001, log=log, sweep=Sweep(*[report(drained=n) for n in (1, 2, 3)])
    )
    assert [log.lines.get(timeout=SOON)[2]["drained"] for _ in range(3)] == [1, 2, 3]
    running.stop()


def test_without_seconds_it_sweeps_once(world: World) -> None:
    sweep = Sweep()
    running = sweeper.start(world, None, log=Log(), sweep=sweep)
    running.thread.join(SOON)
    assert not running.thread.is_alive()
    assert sweep.turns == 1


def test_a_fault_is_logged_and_the_next_turn_comes(world: World) -> None:
    log = Log()
    sweep = Sweep(ValueError("the reason"), report(drained=1))
    running = sweeper.start(world, 0.001, log=log, sweep=sweep)
    level, event, words = log.lines.get(timeout=SOON)
    assert (level, event) == ("error", "sweep_failed")
    assert "the reason" in words["exception"]
    assert log.lines.get(timeout=SOON) == ("info", "swept", told(drained=1))
    running.stop()


def test_a_sweep_that_found_nothing_is_told_at_level_debug(world: World) -> None:
    log = Log()
    sweeper.start(world, None, log=log, sweep=Sweep()).thread.join(SOON)
    assert log.lines.get(timeout=SOON)[0] == "debug"


def test_it_sweeps_when_a_job_is_due(world: World) -> None:
    log = Log()
    running = sweeper.start(world, 3600, log=log, sweep=Sweep(report(jobs=1), report(jobs=2)))
    assert log.lines.get(timeout=SOON)[2]["jobs"] == 1
    world.due.set()
    assert log.lines.get(timeout=SOON)[2]["jobs"] == 2
    running.stop()


def test_a_job_that_is_queued_during_a_sweep_has_a_sweep_of_its_own(world: World) -> None:
    log = Log()

    def sweep(_: World) -> Report:
        if log.lines.empty():
            world.due.set()
        return report(jobs=1)

    running = sweeper.start(world, 3600, log=log, sweep=sweep)
    assert [log.lines.get(timeout=SOON)[2]["jobs"] for _ in range(2)] == [1, 1]
    running.stop()


def test_where_a_worker_runs_it_is_told_that_a_job_is_due(world: World) -> None:
    """And one that cannot be told is told the next time."""
    log, sweep, told = Log(), Sweep(report(drained=1)), queue.Queue[str]()
    answers = [OSError("no broker"), None, None]

    def tell_worker() -> None:
        told.put("due")
        if fault := answers.pop(0):
            raise fault

    running = sweeper.start(world, None, log=log, sweep=sweep, tell_worker=tell_worker)
    assert log.lines.get(timeout=SOON)[1] == "swept"
    for _ in range(2):
        world.due.set()
        assert told.get(timeout=SOON) == "due"
    assert log.lines.get(timeout=SOON)[1] == "sweep_failed"
    assert sweep.turns == 1
    running.stop()
    assert not running.thread.is_alive()


@pytest.mark.parametrize("seconds", [3600, 0.001])
def test_stop_waits_for_the_sweep_under_way(world: World, seconds: float) -> None:
    begun, go_on = threading.Event(), threading.Event()
    ended = []

    def sweep(_: World) -> Report:
        begun.set()
        assert go_on.wait(SOON)
        ended.append(True)
        return report()

    running = sweeper.start(world, seconds, log=Log(), sweep=sweep)
    assert begun.wait(SOON)
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    assert running.stopped.wait(SOON)
    go_on.set()
    stopping.join(SOON)
    assert ended == [True]
    assert not running.thread.is_alive()
