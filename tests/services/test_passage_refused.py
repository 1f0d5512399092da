"""Moves between trees that the target refuses, or that meet another move: who stays where.

The trees are those of `tests/faults/sagas`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.faults.crashing import at_write, crash_at, crashes
from tests.faults.sagas import ANN, BOB, MOVE, SAGAS, UNKEYED, Stage, setting
from tracker.core import moving, trees
from tracker.core.order import Spot
from tracker.errors import Busy, Invalid, Moving, NotFound, TooLarge, TrackerError
from tracker.services import making, moves, sharing, trashing
from tracker.store import Store
from tracker.store import trees as stored


@pytest.fixture
def new(store: Store, clock: Clock) -> Callable[[str], Stage]:
    make = setting(store, clock)
    return lambda name: make(SAGAS[name])


@pytest.fixture
def stage(new: Callable[[str], Stage]) -> Stage:
    return new("subtask to another tree")


@pytest.fixture
def frozen(stage: Stage) -> Stage:
    """The mover died when its intent was written and drained."""
    crashes(lambda: stage.ask(MOVE, crash_at(5)))
    return stage


def outcome(stage: Stage) -> str | None:
    source, target = (stored.load(stage.store, name) for name in "st")
    assert source
    assert target
    found = moving.outcome_of(target, moving.intents(source)[0]["id"])
    return found and str(found["outcome"])


def standing_in(stage: Stage, task: str = "x") -> list[str]:
    return [tree["_id"] for tree in stage.trees() if trees.find(tree, task)]


def refuse(stage: Stage, target: str, task: str = "x") -> TrackerError:
    with pytest.raises(TrackerError) as why:
        moves.move(stage.process(), ANN, task, target)
    return why.value


def test_a_refusal_stands_in_the_target_before_the_source_is_freed(
    new: Callable[[str], Stage],
) -> None:
    stage = new("refused")
    crashes(lambda: stage.ask(UNKEYED, crash_at(6)))
    assert outcome(stage) == "Forbidden"
    stage.make_room()  # too late
    assert isinstance(stage.ask(UNKEYED), Moving)
    stage.sweep()
    assert stage.check().path == ("s", "a")
    assert stage.ask(UNKEYED) is None
    stage.sweep()
    stage.check_moved()


def test_a_parent_that_went_away_meanwhile_refuses(frozen: Stage) -> None:
    trashing.purge(frozen.process(), ANN, "b")
    assert isinstance(frozen.ask(MOVE), NotFound)
    frozen.sweep()
    assert frozen.check().path == ("s", "a")


def test_a_parent_that_was_deleted_meanwhile_refuses(frozen: Stage) -> None:
    trashing.delete(frozen.process(), ANN, "b")
    assert isinstance(frozen.ask(MOVE), NotFound)
    frozen.sweep()


def test_a_right_that_was_withdrawn_meanwhile_refuses(new: Callable[[str], Stage]) -> None:
    stage = new("refused")
    stage.make_room()
    crashes(lambda: stage.ask(UNKEYED, crash_at(5)))
    sharing.put(stage.process(), BOB, "t", "ann", "viewer")
    stage.sweep()
    assert stage.check().path == ("s", "a")


def test_a_target_that_is_full_refuses_naming_the_limit(stage: Stage) -> None:
    deep: dict[str, Any] = {"title": "level 40"}
    for level in range(39, 0, -1):
        deep = {"title": f"level {level}", "subtasks": [deep]}
    making.create(stage.process(), ANN, deep)
    last = stage.store.db.task_paths.find_one({"title": "level 40"})["_id"]
    why = refuse(stage, last)
    assert isinstance(why, TooLarge)
    assert "40 levels" in why.detail
    assert standing_in(stage) == ["s"]
    stage.sweep()


def test_a_sibling_that_is_not_there_refuses(stage: Stage) -> None:
    with pytest.raises(Invalid):
        moves.move(stage.process(), ANN, "x", "b", Spot("after", "e"))
    stage.sweep()
    assert stage.check().path == ("s", "a")


def test_what_goes_below_something_on_its_way_is_refused_for_now(stage: Stage) -> None:
    """It would go away again with that, and be nowhere."""
    crashes(lambda: moves.move(stage.process(crash_at(3)), ANN, "b", "u"))
    assert isinstance(refuse(stage, "c"), Moving)
    stage.sweep()
    assert stage.check().path == ("s", "a")
    assert stage.ask(UNKEYED) is None
    stage.sweep()
    assert stage.check().path == ("u", "b")


def test_two_that_go_below_each_other_do_not_wait_for_ever(stage: Stage) -> None:
    crashes(lambda: moves.move(stage.process(crash_at(5)), ANN, "x", "b"))
    crashes(lambda: moves.move(stage.process(crash_at(1)), ANN, "b", "y"))
    stage.sweep()
    assert len(stage.places()) == 1
    assert standing_in(stage) == standing_in(stage, "b")  # one of them went, whoever was first


def test_who_is_overtaken_by_another_move_to_the_same_tree_leaves_one_copy(stage: Stage) -> None:
    gap = at_write(0, lambda: moves.move(stage.process(), ANN, "x", "e"))
    assert isinstance(stage.ask(UNKEYED, gap), Busy)
    stage.sweep()
    assert stage.check().path == ("t", "e")
