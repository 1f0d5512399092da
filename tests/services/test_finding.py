"""Every reader sees every acknowledged write, also one whose drain is still to be finished."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.forest import node
from tests.store.staging import commit, load, plant, prepare, retitle
from tests.store.wrapped import when, wrap
from tracker.errors import NotFound
from tracker.services import finding, sweeping
from tracker.services.world import World
from tracker.store import trees as stored

ANN, BOB, SAM = ({"_id": name} for name in ("ann", "bob", "sam"))


def garden(**head: Any) -> Any:
    return node("r", node("a"), **head)


def plant_undrained(world: World) -> None:
    """A new tree whose writer died before its drain."""
    made = prepare(world.store, plant(world.store, garden()), retitle("a", "A"))
    assert stored.commit(world.store, made)
    for task in ("r", "a"):
        world.store.db.task_paths.delete_one({"_id": task})
    everything = {"outbox.0.rows": ["r", "a"]}
    world.store.db.trees.update_one({"_id": "r"}, {"$set": everything})


def swept_before(world: World, call: str, times: int = 1) -> World:
    """A world in which a sweep comes in just before the first calls of this name."""
    around = when(call, lambda: sweeping.sweep(world), times=times)
    return replace(world, store=wrap(world.store, around))


def test_a_clean_task_is_found_with_its_head(world: World) -> None:
    plant(world.store, garden())
    found = finding.locate(world, ANN, "a")
    assert (found.row["title"], found.head["owner"], found.head["rev"]) == ("a", "ann", 1)
    assert finding.find_root(world, ANN, "a") == "r"


def test_a_dirty_tree_is_drained_before_its_rows_are_believed(world: World) -> None:
    plant(world.store, garden())
    commit(world.store, "r", retitle("a", "A"))
    assert finding.locate(world, ANN, "a").row["title"] == "A"
    assert "dirty" not in load(world.store, "r")


def test_a_tree_that_others_drain_meanwhile_is_believed_as_it_is_then(world: World) -> None:
    plant(world.store, garden())
    commit(world.store, "r", retitle("a", "A"))
    meddled = _swept_after_the_head(world)
    assert finding.locate(meddled, ANN, "a").row["title"] == "A"


def _swept_after_the_head(world: World) -> World:
    """The sweep comes in when the head was read, and the tree is about to be."""
    calls = [lambda: None, lambda: sweeping.sweep(world)]
    around = when("trees.find_one", lambda: calls.pop(0)(), times=2)
    return replace(world, store=wrap(world.store, around))


def test_a_task_without_a_row_is_found_in_a_tree_of_one_s_own_that_waits(world: World) -> None:
    plant_undrained(world)
    assert finding.locate(world, ANN, "a").row["title"] == "A"


def test_the_tree_of_a_task_without_a_row_is_found_too(world: World) -> None:
    plant_undrained(world)
    assert finding.root_of(world, ANN, "a") == "r"


@pytest.mark.parametrize("call", ["trees.find", "trees.find_one"])
def test_a_task_whose_row_others_write_meanwhile_is_found(world: World, call: str) -> None:
    plant_undrained(world)
    assert finding.locate(swept_before(world, call), ANN, "a").row["title"] == "A"


@pytest.mark.parametrize("call", ["trees.find", "trees.find_one"])
def test_a_tree_whose_row_others_write_meanwhile_is_found(world: World, call: str) -> None:
    plant_undrained(world)
    assert finding.find_root(swept_before(world, call), ANN, "a") == "r"


def test_members_find_what_waits_in_a_shared_tree(world: World) -> None:
    plant_undrained(world)
    shared = [{"user": "bob", "role": "viewer"}]
    world.store.db.trees.update_one({"_id": "r"}, {"$set": {"members": shared}})
    assert finding.locate(world, BOB, "a").row["title"] == "A"


@pytest.mark.parametrize("task", ["r", "a", "nobody"])
def test_a_stranger_finds_nothing(world: World, task: str) -> None:
    plant(world.store, garden())
    with pytest.raises(NotFound):
        finding.locate(world, SAM, task)


def test_a_trashed_task_is_located_and_not_live(world: World) -> None:
    plant(world.store, node("r", node("a", deleted_at=None), deleted_at=None))
    world.store.db.task_paths.update_one({"_id": "a"}, {"$set": {"is_deleted": True}})
    assert finding.locate(world, ANN, "a")
    with pytest.raises(NotFound):
        finding.live(world, ANN, "a")
    world.store.db.task_paths.update_one({"_id": "a"}, {"$set": {"is_deleted": False}})
