"""kill -9 of the worker, of one of its children, of beat, while letters go out: none is lost, each
row ends, and nobody has a letter twice but whose own was under way when its process died.
"""

import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.clockwork import Clockwork, clockwork, until
from tests.faults.deadlines import Deadlines
from tests.faults.sinks import AFTER, BEFORE, Sink
from tests.processes import redis_server

FEW, MANY = 24, 100
TIMES = 20
SWEPT, DONE = '"event":"swept"', r"Task sweep\[\S+\] succeeded"


@pytest.fixture(scope="module")
def works(wire_client: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clockwork]:
    """A worker and a beat of our own, with all that they need."""
    folder = tmp_path_factory.mktemp("clock_kills")
    with (
        redis_server() as (redis, _),
        clockwork(
            wire_client[f"test_{uuid.uuid4().hex}"], folder, redis, "worker", "beat"
        ) as works,
    ):
        yield works


@pytest.fixture
def sink(works: Clockwork) -> Sink:
    return works.sink


@pytest.fixture
def number(is_long: bool) -> int:
    """How many letters go out during one kill."""
    return MANY if is_long else FEW


@pytest.fixture
def moments(is_long: bool, number: int) -> list[tuple[str, int]]:
    """When to kill: at which letter, before it is taken or after, when its sender knows nothing."""
    chance = random.Random(number)
    whens = [BEFORE, AFTER] * (TIMES // 2) if is_long else [BEFORE]
    return [(when, chance.randrange(1, number)) for when in whens]


def test_a_worker_that_is_killed_loses_no_letter(
    works: Clockwork, sink: Sink, number: int, moments: list[tuple[str, int]]
) -> None:
    for when, nth in moments:
        sink.set_trap(when, nth, lambda _: works.kill("worker"))
        people = works.queue(number)
        sink.wait_for_trap()
        works.end("worker")
        held = works.held()
        works.let_leases_end()
        works.start("worker")
        sink.wait_for(people)
        works.wait_until_open(waiting=0, leased=0)
        assert sink.doubled(people) <= held
        assert len(sink.doubled(people)) >= (when == AFTER)


def test_a_child_of_the_pool_that_is_killed_loses_no_letter(
    works: Clockwork, sink: Sink, number: int, moments: list[tuple[str, int]]
) -> None:
    """The others go on; what it had under way is taken up when its lease ends."""
    for when, nth in [*moments, (AFTER, number // 2)]:
        sink.set_trap(when, nth, works.kill_child)
        people = works.queue(number)
        sink.wait_for_trap()
        works.wait_until_open(waiting=0, leased=1)
        held = works.held()
        works.let_leases_end()
        sink.wait_for(people)
        works.wait_until_open(waiting=0, leased=0)
        assert sink.doubled(people) == (held if when == AFTER else set())


def test_a_beat_that_is_killed_loses_no_letter(
    works: Clockwork, sink: Sink, number: int, moments: list[tuple[str, int]]
) -> None:
    """What is queued while it is away goes out once it is back, and nothing twice."""
    for when, nth in moments:
        sink.set_trap(when, nth, lambda _: works.kill("beat"))
        people = works.queue(number)
        sink.wait_for_trap()
        people |= works.queue(number)
        works.start_again("beat")
        sink.wait_for(people)
        works.wait_until_open(waiting=0, leased=0)
        assert sink.doubled(people) == set()


@pytest.mark.parametrize("victim", ["worker", "children"])
def test_whoever_is_killed_each_deadline_and_reminder_is_told_once(
    works: Clockwork, number: int, moments: list[tuple[str, int]], victim: str
) -> None:
    """They die when something was committed that nobody was told of."""
    deadlines = Deadlines(works.world, f"ann-{victim}")
    for _, nth in moments:
        with works.paused("worker"):
            planned = deadlines.plan(number)
        deadlines.wait_until_untold(planned, nth)
        works.kill("worker") if victim == "worker" else works.kill_children()
        begun = deadlines.told(planned)
        if victim == "worker":
            works.start_again("worker")
        deadlines.wait_until_told(planned)
        works.let_leases_end()
        works.wait_until_open(waiting=0, leased=0)
        assert deadlines.told(planned) == planned > begun


def test_two_beats_make_one_sweep_a_slot(works: Clockwork) -> None:
    """Each sends its message; the row of the slot says who came first."""
    works.start("beat-2")
    before = len(works.lines(DONE)) - len(works.lines(SWEPT))
    until(lambda: len(works.lines(DONE)) - len(works.lines(SWEPT)) >= before + 3)
    works.end("beat-2")
    swept = len(works.lines(SWEPT))
    assert 0 < swept <= works.store.db.jobs.count_documents({"kind": "sweep"})
