"""The sweep finishes what waits: every tree once, and none is kept waiting by another."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from tests.core.forest import node
from tests.store.staging import commit, load, plant, retitle, row
from tests.store.wrapped import Call, when, wrap
from tracker.errors import Unavailable
from tracker.services import editing, sweeping
from tracker.services.world import World

ANN = {"_id": "ann"}


def waiting(world: World, *names: str) -> None:
    """Trees whose writers died before they drained."""
    for name in names:
        plant(world.store, node(name, node(f"{name}-a")))
        commit(world.store, name, retitle(f"{name}-a", "new"))


def test_a_sweep_drains_every_tree_that_waits(world: World) -> None:
    waiting(world, "r", "s", "t")
    assert sweeping.sweep(world).drained == 3
    assert [row(world.store, f"{name}-a")["title"] for name in "rst"] == ["new"] * 3


def test_a_second_sweep_finds_nothing(world: World) -> None:
    waiting(world, "r")
    sweeping.sweep(world)
    report = sweeping.sweep(world)
    assert (report.drained, report.failed) == (0, 0)


def test_more_trees_than_a_batch_are_all_swept(world: World) -> None:
    names = [f"t{count}" for count in range(sweeping.BATCH + 5)]
    waiting(world, *names)
    assert sweeping.sweep(world).drained == len(names)


def test_a_tree_that_fails_keeps_no_other_waiting(world: World) -> None:
    waiting(world, "bad", "good")

    def around(call: Call) -> Any:
        if call.name == "task_paths.bulk_write" and call.args[0][0]._doc["root"] == "bad":
            raise AutoReconnect("gone")
        return call.run()

    report = sweeping.sweep(replace(world, store=wrap(world.store, around)))
    assert (report.drained, report.failed) == (1, 1)
    assert load(world.store, "bad")["dirty"]
    assert "dirty" not in load(world.store, "good")
    assert sweeping.sweep(world).drained == 1


def test_a_fault_of_our_own_in_one_tree_keeps_no_other_waiting(world: World) -> None:
    waiting(world, "bad", "good")
    title = "root.children.bad-a.title"
    world.store.db.trees.update_one({"_id": "bad"}, {"$unset": {title: ""}})
    assert sweeping.sweep(world).failed == 1
    assert "dirty" not in load(world.store, "good")
    world.store.db.trees.update_one({"_id": "bad"}, {"$set": {title: "new"}})
    sweeping.sweep(world)


def test_a_tree_that_is_written_all_the_time_does_not_hold_the_sweep(world: World) -> None:
    waiting(world, "hot", "cold")
    titles = iter(range(999))

    def write() -> None:
        commit(world.store, "hot", retitle("hot-a", str(next(titles))))

    around = when("task_paths.bulk_write", write, times=99)
    report = sweeping.sweep(replace(world, store=wrap(world.store, around)))
    assert report.drained == 2
    assert next(titles) <= 2
    assert "dirty" not in load(world.store, "cold")
    sweeping.sweep(world)


def test_any_number_of_sweeps_may_run_at_once(world: World) -> None:
    waiting(world, *(f"t{count}" for count in range(12)))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(sweeping.sweep, [world] * 4))
    assert sum(report.failed for report in reports) == 0
    assert world.store.db.trees.count_documents({"dirty": True}) == 0


def test_sweeps_and_writers_do_not_disturb_each_other(world: World) -> None:
    waiting(world, "r")
    with ThreadPoolExecutor(3) as pool:
        sweeps = [pool.submit(sweeping.sweep, world) for _ in range(10)]
        for count in range(20):
            editing.change(world, ANN, "r-a", {"title": str(count)})
    assert all(sweep.result().failed == 0 for sweep in sweeps)
    assert row(world.store, "r-a")["title"] == "19"


def test_a_database_that_is_down_ends_the_sweep(world: World) -> None:
    def around(call: Call) -> Any:
        raise AutoReconnect("gone")

    with pytest.raises(Unavailable):
        sweeping.sweep(replace(world, store=wrap(world.store, around)))
