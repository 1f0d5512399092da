"""Changing several things of a task at once: one write, and whoever comes between finds none of it
half done.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests import invariants
from tests.core.forest import at, node
from tests.services.test_writing import meanwhile
from tests.store.staging import load, plant
from tracker.core.demands import Demands
from tracker.errors import AlreadyDone, Busy, Cycle, Forbidden, NotFound, OpenBelow, Unmet
from tracker.services import editing, moves, sharing, trashing, updating
from tracker.services.updating import Update
from tracker.services.world import World

ANN, BOB = ({"_id": name} for name in ("ann", "bob"))
ASKED = Demands(ahead=True)


def update(world: World, task: str, wanted: Update, caller: Any = ANN) -> None:
    updating.update(world, caller, task, wanted, ASKED)


def stands(world: World, task: str) -> tuple[str | None, str, str]:
    """The parent of a task, its title and its status."""
    found = at(load(world.store, "r"), task)
    return found.parent, found.node["title"], found.node["status"]


def test_what_is_moved_changed_and_finished_is_one_commit(world: World, tree: str) -> None:
    update(world, "b", Update({"title": "B"}, "c", finishes=True))
    assert stands(world, "b") == ("c", "B", "completed")
    assert load(world.store, tree)["rev"] == 2
    (told,) = world.store.db.history.find({"tree": tree, "seq": 2})
    changes = told["changes"]["b"]
    assert (changes["parent_id"], changes["title"]) == (["a", "c"], ["b", "B"])
    assert changes["status"] == ["todo", "completed"]
    invariants.check(world.store)


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (Update({"title": "A"}, "b"), Cycle),
        (Update({"title": "A"}, "a"), Cycle),
        (Update({"title": "A"}, "c", finishes=True), OpenBelow),
    ],
)
def test_what_is_refused_leaves_no_part_behind(
    world: World, tree: str, wanted: Update, refused: type[Exception]
) -> None:
    before = load(world.store, tree)
    with pytest.raises(refused):
        update(world, "a", wanted)
    past = {"due_date": world.now() - timedelta(1)}
    with pytest.raises(Unmet):
        update(world, "a", Update({"title": "A", **past}, "c"))
    assert load(world.store, tree) == before


def test_a_race_that_is_lost_leaves_no_part_behind(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.complete(world, BOB, "b"))
    with pytest.raises(AlreadyDone):
        update(slow, "b", Update({"title": "B"}, "c", finishes=True))
    assert stands(world, "b") == ("a", "b", "completed")


def test_a_new_parent_that_goes_away_meanwhile_refuses_all(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: trashing.delete(world, BOB, "c"))
    with pytest.raises(NotFound):
        update(slow, "b", Update({"title": "B"}, "c"))
    assert stands(world, "b")[:2] == ("a", "b")


def test_a_new_parent_that_leaves_the_tree_meanwhile_refuses_all(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: moves.move(world, ANN, "c", None))
    with pytest.raises(Busy):
        update(slow, "b", Update({"title": "B"}, "c"))
    assert stands(world, "b")[:2] == ("a", "b")


def test_a_lost_race_is_decided_again_with_all_of_it(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, BOB, "b", {"priority": "high"}))
    update(slow, "b", Update({"title": "B"}, "c"))
    found = at(load(world.store, tree), "b")
    assert (found.parent, found.node["title"], found.node["priority"]) == ("c", "B", "high")


def test_moving_takes_more_than_changing(world: World, tree: str) -> None:
    world.store.db.users.insert_one({"_id": "sam", "state": "active", "number": 3})
    plant(world.store, node("t", node("u", assigned_to="sam"), node("v")))
    sharing.put(world, ANN, "t", "sam", "viewer")
    sam = {"_id": "sam"}
    with pytest.raises(Forbidden):
        update(world, "u", Update({"title": "U"}, "v"), sam)
    assert at(load(world.store, "t"), "u").node["title"] == "u"
    update(world, "u", Update({"title": "U"}, "t"), sam)
    assert at(load(world.store, "t"), "u").node["title"] == "U"


def test_into_another_tree_it_is_asked_first_and_moved_then(world: World, tree: str) -> None:
    plant(world.store, node("t", node("u")))
    before = load(world.store, tree), load(world.store, "t")
    for wanted, refused in (
        (Update({"title": "A"}, "u", finishes=True), OpenBelow),
        (Update({"due_date": world.now() - timedelta(1)}, "u"), Unmet),
    ):
        with pytest.raises(refused):
            update(world, "a", wanted)
    assert (load(world.store, tree), load(world.store, "t")) == before
    update(world, "b", Update({"title": "B"}, "u", finishes=True))
    found = at(load(world.store, "t"), "b")
    assert (found.parent, found.node["title"], found.node["status"]) == ("u", "B", "completed")


def test_a_finish_closes_above_where_the_task_goes(world: World) -> None:
    """With `auto` the last open task closes those above it: not above the place that it left."""
    tops = node("a", node("b")), node("c", status="completed"), node("d")
    plant(world.store, node("r", *tops, completion="auto"))
    update(world, "b", Update({}, "c", finishes=True))
    assert stands(world, "b") == ("c", "b", "completed")
    assert stands(world, "a")[2] == "todo"
    assert stands(world, "c")[2] == "completed"
