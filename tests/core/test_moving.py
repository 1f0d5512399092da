"""Moves between trees, decided: intents, what they freeze, outcomes, and what arrives."""

from typing import Any

import pytest

from tests.core.forest import NOON, after, at, node, tree
from tracker.core import life, members, moving, place, trash, trees
from tracker.core.edits import Edit, fields
from tracker.core.order import Spot
from tracker.core.terms import Key
from tracker.core.trees import Tree
from tracker.errors import Conflict, Fault, Forbidden, Invalid, Moving, TooLarge, TrackerError

KEY = Key("key", "request")


def intent(task: str, **rest: Any) -> moving.Intent:
    return {"id": f"move of {task}", "task": task, "source": "r", "key": None, **rest}


@pytest.fixture
def garden() -> Tree:
    return tree(node("r", node("a", node("x", node("y")), node("b")), node("c")))


@pytest.fixture
def frozen(garden: Tree) -> Tree:
    return freeze(garden, "x")


def freeze(garden: Tree, task: str) -> Tree:
    return after(garden, moving.freeze(garden, at(garden, task), intent(task)))


def retitled(tree: Tree, task: str) -> Edit:
    return fields(at(tree, task), {"title": "new"}, kind="task_updated", rev=9)


def test_an_intent_stands_until_it_is_taken_away(frozen: Tree) -> None:
    assert moving.intent_of(frozen, "move of x") == intent("x")
    thawed = after(frozen, moving.thaw(frozen, "move of x"))
    assert moving.intents(thawed) == []
    assert "moving" not in thawed  # the index of moving trees is sparse


def test_one_of_two_intents_leaves_the_other(frozen: Tree) -> None:
    both = freeze(frozen, "c")
    left = after(both, moving.thaw(both, "move of x"))
    assert moving.intents(left) == [intent("c")]
    assert moving.intent_of(left, "move of x") is None


@pytest.mark.parametrize("task", ["x", "y", "a", "r"])
def test_what_is_on_its_way_or_holds_or_lies_in_it_cannot_be_sent_elsewhere(
    frozen: Tree, task: str
) -> None:
    with pytest.raises(Moving):
        moving.freeze(frozen, at(frozen, task), intent(task))


def test_an_intent_is_found_by_its_key_whatever_was_asked(garden: Tree) -> None:
    keyed = {**garden, "moving": [intent("c"), intent("x", key=KEY._asdict())]}
    assert moving.intent_under(keyed, KEY) == intent("x", key=KEY._asdict())
    assert moving.intent_under(keyed, Key("key", "other")) is not None
    assert moving.intent_under(keyed, Key("other", "request")) is None


def purge(tree: Tree, task: str) -> Edit:
    return trash.purge(tree, at(tree, task), at=NOON)


TOUCHING = {
    "an edit of it": lambda t: ("x", retitled(t, "x")),
    "an edit below it": lambda t: ("y", retitled(t, "y")),
    "a new task below it": lambda t: ("y", place.insert(t, at(t, "y"), node("n"), at=NOON)),
    "its deletion": lambda t: ("x", trash.delete(t, at(t, "x"), at=NOON)),
    "its purge": lambda t: ("x", purge(t, "x")),
    "a purge of what holds it": lambda t: ("a", purge(t, "a")),
    "a purge of the tree": lambda t: ("r", purge(t, "r")),
    "a move of what holds it": lambda t: (
        "a", place.move(t, at(t, "a"), at(t, "c"), Spot(), at=NOON)),
    "a move into it": lambda t: ("b", place.move(t, at(t, "b"), at(t, "x"), Spot(), at=NOON)),
    "a completion of all": lambda t: ("r", life.complete(t, at(t, "r"), at=NOON, cascade=True)),
    "a new owner": lambda t: ("r", members.put(t, "bob", "owner")),
    "nothing, but it is named": lambda t: ("x", Edit()),
    "a member, but it is named": lambda t: ("y", members.put(t, "bob", "viewer")),
}  # fmt: skip

HARMLESS = {
    "an edit beside it": lambda t: ("b", retitled(t, "b")),
    "an edit of what holds it": lambda t: ("a", retitled(t, "a")),
    "a deletion of what holds it": lambda t: ("a", trash.delete(t, at(t, "a"), at=NOON)),
    "a new task beside it": lambda t: ("a", place.insert(t, at(t, "a"), node("n"), at=NOON)),
    "a move beside it": lambda t: ("b", place.move(t, at(t, "b"), at(t, "c"), Spot(), at=NOON)),
    "a member": lambda t: ("r", members.put(t, "bob", "viewer")),
}


@pytest.mark.parametrize("deed", TOUCHING.values(), ids=TOUCHING)
def test_what_is_frozen_is_not_to_be_touched(frozen: Tree, deed: Any) -> None:
    task, edit = deed(frozen)
    with pytest.raises(Moving):
        moving.require_thawed(frozen, at(frozen, task), edit)


@pytest.mark.parametrize("deed", HARMLESS.values(), ids=HARMLESS)
def test_all_else_goes_on(frozen: Tree, deed: Any) -> None:
    task, edit = deed(frozen)
    moving.require_thawed(frozen, at(frozen, task), edit)


@pytest.mark.parametrize("deed", [*TOUCHING.values(), *HARMLESS.values()])
def test_nothing_is_frozen_without_an_intent(garden: Tree, deed: Any) -> None:
    task, edit = deed(garden)
    moving.require_thawed(garden, at(garden, task), edit)


def test_a_frozen_root_freezes_all(garden: Tree) -> None:
    whole = freeze(garden, "r")
    with pytest.raises(Moving):
        moving.require_thawed(whole, at(whole, "y"), retitled(whole, "y"))


def test_readers_see_a_tree_without_what_has_arrived_elsewhere(frozen: Tree) -> None:
    seen = moving.without(frozen, {"x", "gone"})
    assert trees.outline(seen["root"]) == ("r", [("a", [("b", [])]), ("c", [])])
    assert trees.find(frozen, "y")
    assert moving.without(frozen, {"r"})["root"] is None
    assert moving.without(frozen, set()) is frozen


def test_an_outcome_is_remembered_until_it_is_forgotten(garden: Tree) -> None:
    one = after(garden, moving.settle(garden, intent("x")))
    two = after(one, moving.settle(one, intent("c"), Forbidden("no right")))
    found = moving.outcome_of(two, "move of x")
    assert found
    assert found["outcome"] == moving.ARRIVED
    left = after(two, moving.forget(two, {"move of x", "another"}))
    assert moving.outcome_of(left, "move of x") is None
    assert moving.outcome_of(left, "move of c")
    assert "moves" not in after(left, moving.forget(left, {"move of c"}))


REFUSALS = [
    Forbidden("not yours"),
    Conflict("not now"),
    Moving(),
    Invalid(Fault("/parent_id", "not there"), Fault("/position", "nor there"), detail="neither"),
    TooLarge(Fault("/subtasks", "too many")),
]


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refusal_is_told_as_it_was_raised(garden: Tree, why: TrackerError) -> None:
    kinds = {type(kind).__name__: type(kind) for kind in REFUSALS}
    settled = after(garden, moving.settle(garden, intent("x"), why))
    outcome = moving.outcome_of(settled, "move of x")
    assert outcome
    told = moving.refusal(outcome, kinds)
    assert type(told) is type(why)
    assert told.detail == why.detail
    assert getattr(told, "faults", ()) == getattr(why, "faults", ())
    assert told.retry_after == why.retry_after


def arrived(garden: Tree, task: str, target: Tree, parent: str) -> Tree:
    edit = place.arrive(target, at(target, parent), at(garden, task).node, Spot(), at=NOON)
    return after(target, edit)


def test_what_arrives_has_hopped_once_and_carries_the_revs_of_its_new_tree(garden: Tree) -> None:
    target = arrived(garden, "a", {**tree(node("t")), "rev": 4}, "t")
    landed = [found.node for found in trees.walk(at(target, "a").node)]
    assert {(found["hops"], found["rev"]) for found in landed} == {(1, 5)}
    assert trees.outline(at(target, "a").node) == trees.outline(at(garden, "a").node)
    assert trees.faults(target) == []


def test_what_is_appended_after_an_arrival_comes_last_though_its_old_tree_was_at_a_higher_rev(
    garden: Tree,
) -> None:
    for position, name in ((900.0, "x"), (950.0, "b")):
        at(garden, name).node["position"] = position
    target = arrived(garden, "a", {**tree(node("t")), "rev": 4}, "t")
    target = after(target, place.insert(target, at(target, "a"), node("n", position=6.0), at=NOON))
    assert trees.outline(at(target, "a").node)[1][-1][0] == "n"


def test_a_tree_that_ended_takes_its_root_again_and_its_rev_goes_on(garden: Tree) -> None:
    left = place.leave(garden, at(garden, "r"), at=NOON)
    ended = after(garden, left)
    assert (ended["root"], ended["size"], ended["rev"]) == (None, 0, 2)
    back = after(ended, place.arrive(ended, None, garden["root"], Spot(), at=NOON))
    assert (back["rev"], back["size"], back["root"]["rev"]) == (3, 6, 3)
    assert trees.faults(back) == []
