"""What waits for one connection: in order, bounded, and at its end no more."""

import threading

import pytest

from tracker.realtime import wires
from tracker.realtime.lines import (
    MOST_WAITING,
    RESTART,
    SHUT,
    SLOW,
    Frame,
    Line,
)
from tracker.services.watching import Proof

SOON = 10.0
PROOF = Proof("ann", "s", None, None)


@pytest.fixture
def line() -> Line:
    return Line(PROOF, wires.Cord({}))


def frames(*ids: object) -> list[Frame]:
    return [Frame(str(one), f"text of {one}") for one in ids]


def test_what_is_put_is_taken_in_order(line: Line) -> None:
    line.put(frames(1, 2))
    line.put(frames(3))
    assert line.take() == frames(1, 2, 3)
    assert line.take(0) == []


def test_who_takes_is_woken_by_what_comes(line: Line) -> None:
    taken: list[Frame] = []
    reader = threading.Thread(target=lambda: taken.extend(line.take(SOON)))
    reader.start()
    line.put(frames(1))
    reader.join(SOON)
    assert taken == frames(1)


def test_who_takes_is_woken_by_the_end(line: Line) -> None:
    reader = threading.Thread(target=line.take)
    reader.start()
    line.end(SHUT)
    reader.join(SOON)
    assert not reader.is_alive()


def test_a_reader_that_lags_behind_is_dropped_and_nothing_waits_any_more(line: Line) -> None:
    line.put(frames(*range(MOST_WAITING)))
    assert line.ending is None
    line.put(frames("one too many"))
    assert line.ending == SLOW
    line.put(frames("and more"))
    assert line.take() == []


def test_one_commit_however_large_drops_nobody_who_keeps_up(line: Line) -> None:
    many = frames(*range(MOST_WAITING * 3))
    line.put(many)
    assert line.take() == many
    assert line.ending is None


def test_of_several_endings_the_first_counts(line: Line) -> None:
    line.end(SHUT)
    line.end(RESTART)
    assert line.ending == SHUT


def test_who_is_at_sending_for_long_is_stuck(line: Line) -> None:
    line.put(frames(1))
    line.take()
    assert line.is_stuck(0)
    assert not line.is_stuck(3600)


def test_who_has_not_begun_to_take_for_long_is_stuck_as_well(line: Line) -> None:
    """They may be at sending what was missed."""
    assert line.is_stuck(0)
    assert not line.is_stuck(3600)


def test_who_waits_for_something_to_send_is_not_stuck(line: Line) -> None:
    waiting = threading.Event()

    def read() -> None:
        line.put(frames(1))
        line.take()
        waiting.set()
        line.take()

    reader = threading.Thread(target=read)
    reader.start()
    assert waiting.wait(SOON)
    while line.is_stuck(0):  # until it has come to the second
        assert reader.is_alive()
    line.end(SHUT)
    reader.join(SOON)
