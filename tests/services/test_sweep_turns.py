"""The parts of a sweep take turns: no flood in one of them keeps another waiting."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Clock
from tests.services.test_sweeping import waiting
from tests.store.wrapped import Call, wrap
from tracker.services import sweep_parts, sweeping
from tracker.services.jobs import Done
from tracker.services.sweep_parts import Part
from tracker.services.world import World


class Ticks:
    """A monotonic clock that goes on only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Lanes:
    """Parts that take so many seconds a piece, and the order in which pieces were done."""

    def __init__(self) -> None:
        self.clock, self.order = Ticks(), ""

    def part(self, name: str, *, pieces: int, seconds: float) -> Part:
        def walk(world: World) -> Iterator[Done]:
            for _ in range(pieces):
                self.clock.now += seconds
                self.order += name
                yield Done(1, 0)

        return walk


def test_a_flood_in_one_part_starves_no_other(world: World, clock: Clock) -> None:
    names = [f"t{count}" for count in range(40)]
    waiting(world, *names)
    late = {"_id": "late", "number": 1, "state": "unconfirmed", "confirm_by": clock()}
    world.store.db.users.insert_one(late)
    clock.advance(days=1)
    ticks = Ticks()

    def around(call: Call) -> Any:
        ticks.now += call.name == "trees.update_one"
        return call.run()

    slow = replace(world, store=wrap(world.store, around))
    first = sweeping.sweep(slow, clock=ticks)
    assert first.is_cut
    assert 0 < first.drained < len(names)
    assert first.lapsed == 1
    assert world.due.is_set(), "the next sweep begins at once"
    second = sweeping.sweep(world)
    assert (first.drained + second.drained, second.is_cut) == (len(names), False)


def test_the_parts_take_turns_by_time(world: World) -> None:
    lanes = Lanes()
    parts = {
        "drained": lanes.part("a", pieces=7, seconds=0.2),
        "jobs": lanes.part("b", pieces=3, seconds=0.4),
    }
    report = sweeping.sweep(world, parts=parts, clock=lanes.clock)
    assert lanes.order == "aaabbaaaba"
    assert (report.drained, report.jobs, report.is_cut) == (7, 3, False)
    assert report.parts["drained"].seconds == pytest.approx(1.4)


def test_the_parts_take_turns_by_number(world: World) -> None:
    lanes = Lanes()
    parts = {name: lanes.part(name[0], pieces=150, seconds=0) for name in ("moved", "jobs")}
    sweeping.sweep(world, parts=parts, clock=lanes.clock)
    assert lanes.order == "m" * 100 + "j" * 100 + "m" * 50 + "j" * 50


def test_each_part_has_a_turn_however_long_the_others_take(world: World) -> None:
    lanes = Lanes()
    endless = {name: lanes.part(name[0], pieces=99, seconds=40) for name in ("drained", "moved")}
    parts = endless | {"jobs": lanes.part("j", pieces=1, seconds=0)}
    report = sweeping.sweep(world, parts=parts, clock=lanes.clock)
    assert lanes.order == "dmj"
    assert report.is_cut


def test_a_part_that_cannot_say_what_waits_keeps_no_other_waiting(world: World) -> None:
    def broken(world: World) -> Iterator[Done]:
        raise ValueError("a fault of our own")
        yield Done(0, 0)

    lanes = Lanes()
    parts = {"drained": broken, "jobs": lanes.part("j", pieces=2, seconds=0)}
    report = sweeping.sweep(world, parts=parts, clock=lanes.clock)
    assert (report.failed, report.parts["drained"].failed, report.jobs) == (1, 1, 2)


def test_whoever_shares_the_process_rests_after_each_piece(world: World) -> None:
    lanes, rests = Lanes(), []
    parts = {"jobs": lanes.part("j", pieces=2, seconds=0.25)}
    sweeping.sweep(world, parts=parts, clock=lanes.clock, rest=rests.append)
    assert rests == [0.25, 0.25]


def test_one_that_has_more_to_do_is_met_again_and_counted_once(world: World) -> None:
    left = {"a": 3, "b": 1}

    def work(world: World, one: str) -> bool:
        left[one] -= 1
        return left[one] > 0

    part = sweep_parts.one_by_one(lambda *_: [one for one in left if left[one]], work)
    assert sweeping.sweep(world, parts={"left": part}).left == 2
    assert left == {"a": 0, "b": 0}
