"""Turns of the clock: of many who are told to do the same thing, one does it."""

import threading
from datetime import UTC, datetime

import pytest

from tests.conftest import Clock
from tracker.services import slots
from tracker.services.world import World

SECONDS = 30


@pytest.fixture
def clock(clock: Clock) -> Clock:
    """At the start of a slot."""
    clock.now = datetime(2026, 3, 4, 5, 6, 30, tzinfo=UTC)
    return clock


def taken(world: World) -> bool:
    return slots.take(world, "sweep", SECONDS)


def test_a_slot_has_one_turn(world: World, clock: Clock) -> None:
    found = []
    for _ in range(6):
        found.append(taken(world))
        clock.advance(seconds=10)
    assert found == [True, False, False] * 2


def test_a_slot_is_a_row_named_by_its_start(world: World, clock: Clock) -> None:
    clock.advance(seconds=29.9)
    assert taken(world)
    (row,) = world.store.db.jobs.find({})
    assert row == {
        "_id": "sweep:2026-03-04T05:06:30Z",
        "kind": "sweep",
        "state": "done",
        "expires_at": clock.now + slots.KEPT,
    }


def test_of_many_processes_one_has_the_turn(world: World) -> None:
    start, found = threading.Barrier(4), list[bool]()

    def race() -> None:
        start.wait()
        found.append(taken(world))

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]


def test_a_clock_that_jumps_back_does_no_slot_twice(world: World, clock: Clock) -> None:
    found = []
    for _ in range(4):
        found.append(taken(world))
        clock.advance(seconds=SECONDS)
    clock.advance(seconds=-SECONDS * 3)
    for _ in range(4):
        found.append(taken(world))
        clock.advance(seconds=SECONDS)
    assert found == [True] * 4 + [False] * 3 + [True]


def test_a_clock_that_jumped_ahead_and_was_set_right_misses_no_slot(
    world: World, clock: Clock
) -> None:
    assert taken(world)
    clock.advance(hours=5)
    assert taken(world)
    clock.advance(hours=-5, seconds=SECONDS)
    assert taken(world)


def test_after_a_jump_ahead_what_was_missed_is_one_turn(world: World, clock: Clock) -> None:
    assert taken(world)
    clock.advance(hours=3)
    assert [taken(world) for _ in range(5)] == [True] + [False] * 4


def test_turns_of_other_names_are_their_own(world: World) -> None:
    assert taken(world)
    assert slots.take(world, "report", SECONDS)


def test_when_who_had_the_turn_died_the_next_slot_has_one(world: World, clock: Clock) -> None:
    """The turn is kept, whatever became of it."""
    assert taken(world)
    assert not taken(world)
    clock.advance(seconds=SECONDS)
    assert taken(world)
