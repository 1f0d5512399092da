"""The sweep finishes what waits: every tree once, and nothing is kept waiting by anything else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from tests.conftest import Clock
from tests.core.forest import node
from tests.store.staging import commit, load, plant, retitle, row
from tests.store.wrapped import Call, when, wrap
from tracker.errors import Unavailable
from tracker.services import editing, sweep_parts, sweeping, trashing
from tracker.services.world import World
from tracker.store import expiry, sweeps

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


def test_old_trash_goes_one_commit_at_a_time(world: World, clock: Clock, tree: str) -> None:
    for task in ("b", "c"):
        trashing.delete(world, ANN, task)
    clock.advance(days=31)
    assert trashing.purge_old(world, tree)
    assert set(load(world.store, tree)["root"]["children"]) in ({"a"}, {"a", "c"})
    assert sweeping.sweep(world).purged == 1
    assert not trashing.purge_old(world, tree)


def test_what_has_expired_is_removed_in_portions(world: World, clock: Clock) -> None:
    """Long after today: no store has removed it by itself."""
    clock.now = datetime(2100, 1, 1, tzinfo=UTC)
    kept, gone = clock() + timedelta(seconds=1), clock() - timedelta(seconds=1)
    for name in expiry.COLLECTIONS:
        mark = {"task": "none", "deleted_at": gone}
        rows = [{"_id": "kept", "hash": "kept", "expires_at": kept, **mark}]
        rows += [{"_id": f"{n}", "hash": f"{n}", "expires_at": gone, **mark} for n in range(3)]
        world.store.db[name].insert_many(rows)
    assert {"idem", "sessions", "one_time_tokens", "throttles"} <= {*expiry.COLLECTIONS}
    assert expiry.drop(world.store, clock(), 2) == 2 * len(expiry.COLLECTIONS)
    assert sweeping.sweep(world).expired == len(expiry.COLLECTIONS)
    for name in expiry.COLLECTIONS:
        assert [row["_id"] for row in world.store.db[name].find({})] == ["kept"]


def test_what_all_sweeps_did_is_summed_up(world: World, clock: Clock) -> None:
    assert sweeps.total(world.store) == (None, {})
    for name in ("r", "s"):
        waiting(world, name)
        clock.advance(minutes=1)
        sweeping.sweep(world)
    at, parts = sweeps.total(world.store)
    assert at == world.now()
    assert (parts["drained"].done, parts["drained"].failed, parts["moved"].done) == (2, 0, 0)
    assert parts["drained"].seconds > 0


def test_a_report_has_a_count_for_each_part() -> None:
    names = {field.name for field in fields(sweeping.Report)}
    assert names - {"failed", "is_cut", "parts"} == set(sweep_parts.PARTS)
