"""`flask verify` finds every difference and writes nothing; `flask rebuild` mends every row."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from config import Config
from tests.conftest import Clock
from tests.core.forest import node
from tests.store.staging import NOON, commit, load, plant, prepare, retitle, row
from tests.store.wrapped import Call, when, wrap
from tracker import create_app
from tracker.core import rows
from tracker.services import editing, making, mending, sweeping
from tracker.services.world import World
from tracker.store import Store, drains
from tracker.store import trees as stored

ANN = {"_id": "ann"}
Harm = Callable[[Store], object]


@pytest.fixture
def planted(store: Store) -> Store:
    """Two drained trees."""
    plant(store, node("r", node("a", node("b")), node("c")))
    plant(store, node("s", node("t")))
    return store


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=list(command))


def write(store: Store, task: str, **fields: Any) -> None:
    store.db.task_paths.update_one({"_id": task}, {"$set": fields})


def remove(store: Store, task: str) -> None:
    store.db.task_paths.delete_one({"_id": task})


def missing_row(store: Store) -> None:
    remove(store, "a")


def missing_rows(store: Store) -> None:
    for task in ("r", "a", "b", "c", "s", "t"):
        remove(store, task)


def wrong_row_of_the_same_rev(store: Store) -> None:
    write(store, "b", title="wrong", done=7)


def wrong_row_of_an_older_rev(store: Store) -> None:
    drains.drain(store, commit(store, "r", retitle("b", "B")))
    write(store, "b", title="b", rev=1)


def row_of_a_rev_that_never_was(store: Store) -> None:
    write(store, "b", title="from a later backup", rev=99)


def row_in_a_tree_that_does_not_hold_it(store: Store) -> None:
    write(store, "b", root="s", hops=1)


def stray_row(store: Store) -> None:
    kept = row(store, "b")
    store.db.task_paths.insert_one({**kept, "_id": "stray", "number": 77})


def stray_row_of_a_rev_that_never_was(store: Store) -> None:
    kept = row(store, "b")
    store.db.task_paths.insert_one({**kept, "_id": "stray", "number": 77, "rev": 99})


def row_of_a_tree_that_is_not_there(store: Store) -> None:
    kept = row(store, "b")
    store.db.task_paths.insert_one({**kept, "_id": "stray", "number": 77, "root": "nowhere"})


def tombstone_of_a_living_task(store: Store) -> None:
    grave = rows.tombstone("b", hops=0, rev=1, root="r", at=NOON)
    store.db.task_paths.replace_one({"_id": "b"}, grave)


def row_in_the_space_of_another(store: Store) -> None:
    write(store, "b", space="eve", owner="eve")


def dirty_tree(store: Store) -> None:
    commit(store, "r", retitle("b", "B"))


HARM = [
    missing_row,
    missing_rows,
    wrong_row_of_the_same_rev,
    wrong_row_of_an_older_rev,
    row_of_a_rev_that_never_was,
    row_in_a_tree_that_does_not_hold_it,
    stray_row,
    stray_row_of_a_rev_that_never_was,
    row_of_a_tree_that_is_not_there,
    tombstone_of_a_living_task,
    row_in_the_space_of_another,
    dirty_tree,
]


def test_verify_finds_nothing_where_all_is_well(planted: Store, app: Flask) -> None:
    done = run(app, "verify")
    assert done.exit_code == 0, done.output
    assert "2 trees and 6 rows looked at, 0 differences." in done.output


@pytest.mark.parametrize("harm", HARM)
def test_verify_ends_with_1_and_writes_nothing(planted: Store, app: Flask, harm: Harm) -> None:
    harm(planted)
    before = _everything(planted)
    assert run(app, "verify").exit_code == 1
    assert _everything(planted) == before
    run(app, "rebuild")


@pytest.mark.parametrize("harm", HARM)
def test_rebuild_mends_it(planted: Store, app: Flask, harm: Harm) -> None:
    harm(planted)
    done = run(app, "rebuild")
    assert done.exit_code == 0, done.output
    assert run(app, "verify").exit_code == 0


def test_rebuild_counts_what_it_mended(planted: Store, app: Flask) -> None:
    missing_rows(planted)
    assert " 6 rows mended." in run(app, "rebuild").output
    assert " 0 rows mended." in run(app, "rebuild").output


def test_rebuild_leaves_right_rows_alone(planted: Store, app: Flask) -> None:
    missing_row(planted)
    before = _everything(planted)["task_paths"]
    run(app, "rebuild")
    after = _everything(planted)["task_paths"]
    assert {task: found for task, found in after.items() if task != "a"} == before


def test_a_mended_row_keeps_its_place_before_later_drains(planted: Store, app: Flask) -> None:
    row_of_a_rev_that_never_was(planted)
    run(app, "rebuild")
    drains.drain(planted, commit(planted, "r", retitle("b", "B")))
    assert row(planted, "b")["title"] == "B"


def test_verify_says_what_differs(planted: Store, app: Flask) -> None:
    wrong_row_of_the_same_rev(planted)
    remove(planted, "t")
    said = run(app, "verify").output
    assert "b: its row differs in done, title" in said
    assert "t: no row" in said
    assert "2 differences" in said
    run(app, "rebuild")


def test_verify_names_an_invalid_tree(embedded_store: Store, config: Config, clock: Clock) -> None:
    plant(embedded_store, node("r", node("a")))
    ghost = {"$set": {"root.children.a.children.ghost.title": "boo"}}
    embedded_store.db.trees.update_one({"_id": "r"}, ghost)
    done = run(create_app(config, World(embedded_store, clock, str)), "verify")
    assert done.exit_code == 1
    assert "r: ghost is no task" in done.output


def test_verify_looks_for_numbers_given_twice(
    embedded_store: Store, config: Config, clock: Clock
) -> None:
    plant(embedded_store, node("r", node("a", number=5)))
    plant(embedded_store, node("s", node("t", number=5)))
    done = run(create_app(config, World(embedded_store, clock, str)), "verify")
    assert done.exit_code == 1
    assert "a: its number is also that of t" in done.output


def test_a_run_may_go_on_behind_a_tree(planted: Store, app: Flask) -> None:
    remove(planted, "a")
    assert run(app, "verify", "--after", "r").exit_code == 0
    assert "1 trees" in run(app, "verify", "--after", "r").output
    assert run(app, "verify", "--after", "q").exit_code == 1
    assert " 0 rows mended." in run(app, "rebuild", "--after", "r").output
    assert " 1 rows mended." in run(app, "rebuild", "--after", "q").output


def test_an_interrupted_run_says_where_to_go_on(planted: Store, app: Flask, world: World) -> None:
    remove(planted, "a")
    for command, code in (("verify", 1), ("rebuild", 0)):
        seen: list[str] = []
        app.extensions["world"] = replace(world, store=wrap(planted, _interrupt_at("s", seen)))
        stopped = run(app, command)
        assert stopped.exit_code == 130
        assert "--after r" in stopped.output
        assert ("a: no row" in stopped.output) == (command == "verify")
        app.extensions["world"] = world
        assert run(app, command, "--after", "r").exit_code == 0
        assert run(app, "verify").exit_code == code


def _interrupt_at(tree: str, seen: list[str]) -> Callable[[Call], Any]:
    def around(call: Call) -> Any:
        if call.name == "trees.find_one" and call.args[0] == {"_id": tree}:
            raise KeyboardInterrupt
        return call.run()

    return around


# While writes go on


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


def test_rebuild_makes_every_index_row_from_nothing(planted: Store, app: Flask) -> None:
    before = _everything(planted)["task_paths"]
    missing_rows(planted)
    run(app, "rebuild")
    assert _everything(planted)["task_paths"] == before


def test_a_tree_that_stays_dirty_is_told_after_some_looks(planted: Store, world: World) -> None:
    made = prepare(planted, load(planted, "r"), retitle("b", "B"))
    assert stored.commit(planted, made)
    assert mending.verify_tree(world, "r") == ["r: not drained since rev 2"]
    sweeping.sweep(world)
    assert mending.verify_tree(world, "r") == []


def _everything(store: Store) -> dict[str, dict[str, Any]]:
    names = ("trees", "task_paths", "history", "idem")
    return {name: {found["_id"]: found for found in store.db[name].find({})} for name in names}
