"""`flask verify` and `flask rebuild` are right while writes go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask

from tests.store.staging import commit, load, prepare, retitle, row
from tests.store.test_mending import remove, run, write
from tests.store.wrapped import when, wrap
from tracker.services import editing, making, mending, sweeping
from tracker.services.world import World
from tracker.store import Store, drains
from tracker.store import trees as stored

ANN = {"_id": "ann"}


def test_what_a_writer_is_about_to_drain_is_no_difference(planted: Store, world: World) -> None:
    """The tree is looked at when the commit is there and its drain is not, over and over."""
    titles = iter(range(99))
    later = [commit(planted, "r", retitle("b", "x"))]

    def go_on() -> None:
        drains.drain(planted, later.pop())
        later.append(commit(planted, "r", retitle("b", str(next(titles)))))

    meddled = replace(world, store=wrap(planted, when("trees.find_one", go_on, times=99)))
    assert mending.verify_tree(meddled, "r") == []
    drains.drain(planted, later.pop())


def test_what_was_written_since_the_look_is_no_difference(planted: Store, world: World) -> None:
    """Between the look at the tree and the one at its rows, a writer comes and goes each time."""
    titles = iter(range(99))

    def come_and_go() -> None:
        drains.drain(planted, commit(planted, "r", retitle("b", str(next(titles)))))

    meddled = replace(world, store=wrap(planted, when("task_paths.find", come_and_go, times=99)))
    assert mending.verify_tree(meddled, "r") == []


def test_rebuild_never_puts_an_older_row_over_a_newer_one(planted: Store, world: World) -> None:
    remove(planted, "b")

    def come_and_go() -> None:
        drains.drain(planted, commit(planted, "r", retitle("b", "newer")))

    for call in ("task_paths.find", "task_paths.bulk_write"):
        meddled = replace(world, store=wrap(planted, when(call, come_and_go)))
        mending.rebuild_tree(meddled, "r")
        assert row(planted, "b")["title"] == "newer"


def test_a_tree_that_is_new_since_the_look_at_its_row_is_no_orphan(
    planted: Store, world: World
) -> None:
    kept = row(planted, "s")
    store = wrap(planted, when("trees.find", lambda: None))
    assert [look.is_orphan for look in mending.row_looks(replace(world, store=store))] == [
        False
    ] * 6
    assert mending.verify_row(world, mending.Look("s", "s", is_orphan=True, twin=None)) == []
    assert mending.rebuild_row(world, mending.Look("s", "s", is_orphan=True, twin=None)) == 0
    assert row(planted, "s") == kept


@contextmanager
def writing(world: World, trees: list[str]) -> Iterator[list[BaseException]]:
    """Threads that change, complete, reopen and grow these trees until the block ends."""
    over, faults = threading.Event(), list[BaseException]()

    def write(tree: str) -> None:
        try:
            while not over.is_set():
                made = making.create(world, ANN, {"title": "x", "parent_id": tree}).row["_id"]
                editing.change(world, ANN, made, {"title": "y"})
                editing.complete(world, ANN, made)
                editing.reopen(world, ANN, made)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(tree,)) for tree in trees]
    for thread in threads:
        thread.start()
    yield faults
    over.set()
    for thread in threads:
        thread.join()


def test_verify_and_rebuild_are_right_while_writes_go_on(
    planted: Store, app: Flask, world: World
) -> None:
    remove(planted, "b")
    write(planted, "t", title="wrong")
    with writing(world, ["r", "s", "s"]) as faults:
        assert run(app, "verify").exit_code == 1
        assert run(app, "rebuild").exit_code == 0
        for _ in range(3):
            done = run(app, "verify")
            assert done.exit_code == 0, done.output
    assert faults == []


def test_a_tree_that_stays_dirty_is_told_after_some_looks(planted: Store, world: World) -> None:
    made = prepare(planted, load(planted, "r"), retitle("b", "B"))
    assert stored.commit(planted, made)
    assert mending.verify_tree(world, "r") == ["r: not drained since rev 2"]
    sweeping.sweep(world)
    assert mending.verify_tree(world, "r") == []
