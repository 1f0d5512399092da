"""Numbers: positive, never given twice, taken in blocks that cost one round trip."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.store.wrapped import Call, wrap
from tracker.store import Store, numbers


def test_numbers_start_at_one_and_follow_each_other(store: Store) -> None:
    assert list(store.numbers.take(2)) == [1, 2]
    assert list(store.numbers.take(1)) == [3]


def test_a_block_costs_one_call(store: Store) -> None:
    calls: list[Call] = []

    def around(call: Call) -> Any:
        calls.append(call)
        return call.run()

    counted = wrap(store, around)
    for _ in range(numbers.BLOCK):
        counted.numbers.take(1)
    assert len(calls) == 1
    counted.numbers.take(1)
    assert len(calls) == 2


def test_many_at_once_are_consecutive_however_large_a_block_is(store: Store) -> None:
    store.numbers.take(1)
    taken = list(store.numbers.take(3 * numbers.BLOCK))
    assert taken == list(range(taken[0], taken[0] + 3 * numbers.BLOCK))
    assert taken[0] > 1


def test_two_processes_never_get_the_same_number(store: Store) -> None:
    other = wrap(store, Call.run)
    taken = [n for _ in range(90) for one in (store, other) for n in one.numbers.take(1)]
    assert len(set(taken)) == len(taken) == 180


def test_threads_never_get_the_same_number(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = [n for part in pool.map(store.numbers.take, [3] * 200) for n in part]
    assert len(set(taken)) == len(taken) == 600


def test_a_fork_takes_a_block_of_its_own(wire_store: Store) -> None:
    wire_store.numbers.take(1)
    wire_store.numbers._pid = os.getpid() + 1  # as a child finds it
    assert list(wire_store.numbers.take(1)) == [numbers.BLOCK + 1]


def test_counters_do_not_touch_each_other(store: Store) -> None:
    assert list(numbers.reserve(store.db, "users", 3)) == [1, 2, 3]
    assert list(numbers.reserve(store.db, "files", 1)) == [1]
    assert list(numbers.reserve(store.db, "users", 2)) == [4, 5]
