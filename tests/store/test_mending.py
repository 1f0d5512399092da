"""`flask verify` finds every difference and writes nothing; `flask rebuild` mends every row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from config import Config
from tests.conftest import Clock
from tests.core.forest import node
from tests.store.staging import NOON, commit, plant, retitle, row
from tests.store.wrapped import Call, wrap
from tracker import create_app
from tracker.core import rows
from tracker.services.world import World
from tracker.store import Store, drains

ANN = {"_id": "ann"}
Harm = Callable[[Store], object]


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


def test_rebuild_makes_every_index_row_from_nothing(planted: Store, app: Flask) -> None:
    before = _everything(planted)["task_paths"]
    missing_rows(planted)
    run(app, "rebuild")
    assert _everything(planted)["task_paths"] == before


def _everything(store: Store) -> dict[str, dict[str, Any]]:
    names = ("trees", "task_paths", "history", "idem")
    return {name: {found["_id"]: found for found in store.db[name].find({})} for name in names}
