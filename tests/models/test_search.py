"""The search itself, on the smallest race: two that add one to a counter which both have read."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


def test_finds_the_lost_update_and_a_shortest_run_into_it() -> None:
    found = explore(guarded=False)
    assert found.violations == {"update lost": 1}
    assert [state.counter for state in found.example] == [0, 0, 0, 1, 1]


def test_finds_nothing_where_the_write_is_guarded() -> None:
    assert explore(guarded=True).violations == {}


def test_visits_each_state_once() -> None:
    assert explore(guarded=False).states == 13


def test_stops_where_it_finds_what_is_looked_for_and_else_nowhere() -> None:
    assert explore(guarded=False, until="update lost").violations == {"update lost": 1}
    assert explore(guarded=False, until="update lost").finals < explore(guarded=False).finals
    assert explore(guarded=False, until="another") == explore(guarded=False)


def test_refuses_a_model_that_never_ends() -> None:
    with pytest.raises(AssertionError, match="no run comes to an end"):
        search(0, [lambda state: [1 - state]], lambda state: [])


class State(NamedTuple):
    counter: int = 0
    read: tuple[int | None, int | None] = (None, None)
    done: tuple[bool, bool] = (False, False)


def explore(*, guarded: bool, until: str = "") -> Found:
    return search(State(), [partial(adder, guarded, i) for i in (0, 1)], broken, until=until)


def adder(guarded: bool, i: int, s: State) -> Iterator[State]:
    if s.done[i]:
        return
    if s.read[i] is None or (guarded and s.read[i] != s.counter):
        yield s._replace(read=replaced(s.read, i, s.counter))
    else:
        yield s._replace(counter=s.read[i] + 1, done=replaced(s.done, i, True))


def broken(s: State) -> Iterator[str]:
    if s.counter != 2:
        yield "update lost"
