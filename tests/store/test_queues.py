"""One writer of a tree at a time, in the order of coming; other trees do not wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracker.errors import Busy
from tracker.store.queues import Queues


def test_writers_of_one_tree_take_turns_in_the_order_of_coming() -> None:
    queues, order, inside = Queues(), [], []
    first_is_in, all_wait = threading.Event(), threading.Event()

    def write(name: int) -> None:
        with queues.turn("t", wait=60):
            inside.append(name)
            assert len(inside) == 1
            order.append(name)
            if name == 0:
                first_is_in.set()
                all_wait.wait()
            inside.remove(name)

    threads = [threading.Thread(target=write, args=(name,), daemon=True) for name in range(6)]
    threads[0].start()
    first_is_in.wait()
    for ahead, thread in enumerate(threads[1:], start=1):
        thread.start()
        until_so_many_stand_in_line(queues, "t", ahead + 1)
    all_wait.set()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]


def until_so_many_stand_in_line(queues: Queues, tree: str, count: int) -> None:
    for _ in range(5_000):
        if len(queues._lines[tree]) == count:
            return
        threading.Event().wait(0.001)
    raise AssertionError("nobody stands in line")


def test_no_two_writers_are_ever_in_one_tree() -> None:
    queues, inside = Queues(), {"a": 0, "b": 0}

    def write(number: int) -> None:
        tree = "ab"[number % 2]
        with queues.turn(tree, wait=60):
            inside[tree] += 1
            assert inside[tree] == 1
            inside[tree] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(2_000)))


def test_who_waits_too_long_is_told_busy() -> None:
    queues = Queues()
    with queues.turn("t"), pytest.raises(Busy), queues.turn("t", wait=0):
        pytest.fail("the turn was somebody else's")


def test_who_gave_up_keeps_nobody_behind_waiting() -> None:
    queues, held, let_go = Queues(), threading.Event(), threading.Event()

    def hold() -> None:
        with queues.turn("t"):
            held.set()
            let_go.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with pytest.raises(Busy), queues.turn("t", wait=0):
        pytest.fail("the turn was somebody else's")
    let_go.set()
    holder.join()
    with queues.turn("t", wait=0):
        pass


def test_other_trees_do_not_wait() -> None:
    queues = Queues()
    with queues.turn("one"), queues.turn("two", wait=0):
        pass


def test_a_fault_inside_ends_the_turn() -> None:
    queues = Queues()
    with pytest.raises(KeyError), queues.turn("t"):
        raise KeyError
    with queues.turn("t", wait=0):
        pass


def test_nothing_is_kept_of_a_tree_that_nobody_writes() -> None:
    queues = Queues()
    with queues.turn("t"):
        assert queues._lines
    assert not queues._lines
