"""Windows inside a process: they begin with a request, end after a minute, and are not too many."""

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tracker.web.windows import Here, Window


@pytest.fixture
def here(clock: Clock) -> Here:
    return Here(seconds_of(clock), most=3)


def seconds_of(clock: Clock) -> Callable[[], float]:
    return lambda: clock().timestamp()


def test_a_window_begins_with_its_first_request(here: Here, clock: Clock) -> None:
    assert here.count("ann") == Window(1, 60)
    clock.advance(seconds=20)
    assert here.count("ann") == Window(2, 40)
    assert here.count("bob") == Window(1, 60)


def test_a_window_ends_after_a_minute(here: Here, clock: Clock) -> None:
    here.count("ann")
    clock.advance(seconds=60)
    assert here.count("ann") == Window(1, 60)


def test_a_clock_set_back_makes_nobody_wait_longer_than_a_window(here: Here, clock: Clock) -> None:
    here.count("ann")
    clock.advance(hours=-1)
    assert here.count("ann") == Window(1, 60)


def test_ended_windows_make_room(here: Here, clock: Clock) -> None:
    here.count("old")
    clock.advance(seconds=30)
    for who in ("ann", "bob"):
        here.count(who)
    clock.advance(seconds=30)
    here.count("cay")
    assert here.count("ann").number == 2


def test_a_flood_of_addresses_takes_no_more_memory(here: Here) -> None:
    for number in range(100):
        here.count(f"10.0.0.{number}")
    assert len(here._known) <= 3
