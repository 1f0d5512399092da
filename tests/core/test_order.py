"""The order of siblings: whatever is put wherever, each has a place of its own, and keeps it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.forest import after, at, node, tree
from tracker.core import order, trees
from tracker.core.order import Spot
from tracker.core.trees import Tree
from tracker.errors import Invalid

FIRST, LAST = Spot("first"), Spot("last")


def garden(*positions: float) -> Tree:
    """A root with children a, b, c ... at these positions, at a rev above them all."""
    below = {
        name: node(name, position=position)
        for name, position in zip("abcdefghij", positions, strict=False)
    }
    return {**tree({**node("r"), "children": below}), "rev": 9}


def found(garden: Tree, spot: Spot, task: str = "new") -> float:
    position, spread = order.find(at(garden, "r"), spot, task, rev=garden["rev"] + 1)
    assert not spread.set
    return position


def put(garden: Tree, name: str, spot: Spot) -> Tree:
    """The tree with a task at a spot below its root, new there or not."""
    root = at(garden, "r")
    position, spread = order.find(root, spot, name, rev=garden["rev"] + 1)
    spread_out = after(garden, spread)
    children = {**spread_out["root"]["children"], name: node(name, position=position)}
    return {**spread_out, "root": {**spread_out["root"], "children": children}}


def names(garden: Tree) -> list[str]:
    return [child["id"] for child in trees.ordered(garden["root"]["children"])]


def test_the_last_takes_the_new_rev_and_the_first_its_negative() -> None:
    assert found(garden(1, 2), LAST) == 10
    assert found(garden(1, 2), FIRST) == -10


def test_an_only_child_takes_the_new_rev() -> None:
    assert found(garden(), FIRST) == found(garden(), LAST) == 10


def test_between_two_is_the_middle() -> None:
    assert found(garden(1, 2, 4), Spot("before", "c")) == 3
    assert found(garden(1, 2, 4), Spot("after", "a")) == 1.5


def test_before_the_first_and_behind_the_last_are_the_ends() -> None:
    assert found(garden(1, 2), Spot("before", "a")) == -10
    assert found(garden(1, 2), Spot("after", "b")) == 10


def test_a_task_that_moves_is_no_sibling_of_itself() -> None:
    assert found(garden(1, 2, 3), Spot("after", "a"), task="b") == 2
    with pytest.raises(Invalid):
        found(garden(1, 2), Spot("after", "a"), task="a")


@pytest.mark.parametrize("where", ["before", "after"])
def test_an_unknown_sibling_is_named_by_its_pointer(where: str) -> None:
    with pytest.raises(Invalid) as refused:
        found(garden(1), Spot(where, "nobody"))
    assert [fault.pointer for fault in refused.value.faults] == [f"/position/{where}"]


def test_a_deleted_sibling_is_unknown_and_keeps_its_place() -> None:
    trashed = garden(1, 2, 4)
    trashed["root"]["children"]["b"]["deleted_at"] = "yesterday"
    assert found(trashed, Spot("after", "a")) == 1.5
    with pytest.raises(Invalid):
        found(trashed, Spot("before", "b"))


def test_where_doubles_run_out_the_siblings_are_spread_and_their_revs_stay() -> None:
    close = garden(1.0, 1.0 + 2**-52, 3.0)
    position, spread = order.find(at(close, "r"), Spot("after", "a"), "new", rev=10)
    spread_out = after(close, spread)
    children = spread_out["root"]["children"]
    assert children["a"]["position"] < position < children["b"]["position"]
    assert all(9 < child["position"] <= 10 for child in children.values())
    assert {child["rev"] for child in children.values()} == {1}
    assert all(path.endswith(".position") for path in spread.set)


def test_siblings_of_one_position_are_told_apart_by_id_and_spread_when_parted() -> None:
    twins = put(garden(5, 5), "new", Spot("after", "a"))
    assert names(twins) == ["a", "new", "b"]


def test_a_thousand_at_one_spot_keep_their_order() -> None:
    crowded = garden(1, 2)
    for count in range(1_000):
        crowded = put(crowded, f"n{count:04}", Spot("after", "a"))
    assert names(crowded) == ["a", *(f"n{count:04}" for count in reversed(range(1_000))), "b"]


SPOTS = st.tuples(
    st.sampled_from("abcdefghij"), st.sampled_from(["first", "last", "before", "after"]),
    st.integers(0, 9), st.integers(1, 50),
)  # fmt: skip


@given(st.lists(SPOTS, max_size=40))
def test_any_sequence_of_moves_ends_in_the_order_that_was_asked_for(moves: list[Any]) -> None:
    grove, wanted = garden(1, 2, 3), ["a", "b", "c"]
    for name, where, index, later in moves:
        others = [other for other in wanted if other != name]
        sibling = others[index % len(others)]
        grove = put({**grove, "rev": grove["rev"] + later}, name, Spot(where, sibling))
        wanted = inserted(others, name, where, others.index(sibling))
        assert names(grove) == wanted
        positions = [child["position"] for child in grove["root"]["children"].values()]
        assert len(set(positions)) == len(positions)


def inserted(others: list[str], name: str, where: str, sibling: int) -> list[str]:
    spot = {"first": 0, "last": len(others), "before": sibling, "after": sibling + 1}[where]
    return [*others[:spot], name, *others[spot:]]
