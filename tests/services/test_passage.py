"""The steps of a move between trees, one at a time: what stands after each, and what it forbids.

The trees are those of `tests/faults/sagas`: x(y(z), w) leaves S for b in T, unless it says other.
What comes between any two steps by whoever is there is tested in `tests/faults`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.faults.crashing import crash_at, crashes
from tests.faults.sagas import ANN, MOVE, SAGAS, UNKEYED, Stage, setting
from tracker.core import moving, trees
from tracker.core.terms import Key, Terms
from tracker.core.trees import Tree
from tracker.errors import Invalid, Moving
from tracker.services import editing, making, moves, passage, reading, sharing, trashing
from tracker.services.world import World
from tracker.store import Store
from tracker.store import trees as stored

KEYED = Terms(key=Key("other", "deed"))


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
    assert intent(stage)
    return stage


def load(stage: Stage, tree: str) -> Tree:
    found = stored.load(stage.store, tree)
    assert found
    return found


def intent(stage: Stage) -> moving.Intent:
    (found,) = moving.intents(load(stage, "s"))
    return found


def outcome(stage: Stage) -> str | None:
    found = moving.outcome_of(load(stage, "t"), intent(stage)["id"])
    return found and str(found["outcome"])


def standing_in(stage: Stage, task: str = "x") -> list[str]:
    return [tree["_id"] for tree in stage.trees() if trees.find(tree, task)]


def test_the_intent_says_all_that_somebody_needs_who_goes_on(frozen: Stage) -> None:
    found = intent(frozen)
    wanted = {"tree": "t", "parent": "b", "spot": ["before", "d"]}
    assert (found["task"], found["source"], found["target"]) == ("x", "s", wanted)
    assert (found["actor"], found["from"], found["key"]) == ("ann", "a", MOVE.key._asdict())  # type: ignore[union-attr]
    assert found["seq"] == load(frozen, "s")["rev"]
    frozen.sweep()


def test_anybody_can_carry_a_move_to_its_end_any_number_of_times(frozen: Stage) -> None:
    found = intent(frozen)
    ends = [passage.carry(frozen.process(), found) for _ in range(3)]
    assert [end and end["outcome"] for end in ends] == [moving.ARRIVED] * 3
    frozen.sweep()
    frozen.check_moved()
    assert passage.carry(frozen.process(), found) is None  # forgotten
    frozen.check_moved()


def test_each_step_is_one_commit_and_people_are_told_of_one(stage: Stage) -> None:
    stage.ask(UNKEYED)
    rows = stage.store.db.history.find({"task": "x"}, sort=[("at", 1), ("_id", 1)])
    assert [(row["tree"], row["seq"], row["hidden"]) for row in rows] == [
        ("s", 3, True),
        ("s", 4, True),
        ("t", 2, False),
    ]
    stage.sweep()


NAMING_X: dict[str, Callable[[World], Any]] = {
    "edit": lambda world: editing.change(world, ANN, "y", {"title": "lost"}),
    "edit of nothing": lambda world: editing.change(world, ANN, "y", {"title": "kept"}, KEYED),
    "complete": lambda world: editing.complete(world, ANN, "z"),
    "complete all": lambda world: editing.complete(world, ANN, "s", cascade=True),
    "create": lambda world: making.create(world, ANN, {"title": "new", "parent_id": "w"}),
    "delete": lambda world: trashing.delete(world, ANN, "x"),
    "purge": lambda world: trashing.purge(world, ANN, "y"),
    "purge above": lambda world: trashing.purge(world, ANN, "a"),
    "move": lambda world: moves.move(world, ANN, "x", "q"),
    "move into": lambda world: moves.move(world, ANN, "q", "y"),
    "move away": lambda world: moves.move(world, ANN, "x", "u"),
    "move above": lambda world: moves.move(world, ANN, "a", "u"),
    "share": lambda world: sharing.put(world, ANN, "x", "bob", "editor", KEYED),
    "hand over": lambda world: sharing.put(world, ANN, "s", "bob", "owner"),
}


@pytest.mark.parametrize("deed", NAMING_X.values(), ids=NAMING_X)
def test_what_is_frozen_is_refused_for_now_and_stays_as_it_was(frozen: Stage, deed: Any) -> None:
    before = load(frozen, "s")
    with pytest.raises(Moving):
        deed(frozen.process())
    assert load(frozen, "s") == before
    frozen.sweep()
    frozen.check_moved()


def test_the_rest_of_the_source_is_free(frozen: Stage) -> None:
    editing.change(frozen.process(), ANN, "a", {"title": "still"})
    trashing.delete(frozen.process(), ANN, "q")
    frozen.sweep()
    frozen.check_moved()


def test_another_request_under_the_key_of_a_move_on_its_way_is_refused(frozen: Stage) -> None:
    with pytest.raises(Invalid):
        moves.move(frozen.process(), ANN, "x", "u", terms=Terms(key=Key("move", "else")))
    frozen.sweep()


def test_the_sweep_of_old_trash_waits_for_what_is_frozen(frozen: Stage) -> None:
    trashing.delete(frozen.process(), ANN, "a")
    frozen.clock.advance(days=31)
    trashing.purge_old(frozen.process(), "s")
    assert standing_in(frozen, "a") == standing_in(frozen) == ["s"]
    frozen.sweep()
    assert (standing_in(frozen, "a"), standing_in(frozen)) == ([], ["t"])


def test_the_answer_is_what_a_reader_gets_and_the_key_keeps_it(stage: Stage) -> None:
    first = stage.saga.ask(stage.process(), MOVE)
    assert first.row == reading.task(stage.process(), ANN, "x").row
    editing.change(stage.process(), ANN, "x", {"title": "x", "description": "later"})
    trashing.purge(stage.process(), ANN, "x")
    assert stage.answer().row == first.row
    stage.sweep()
