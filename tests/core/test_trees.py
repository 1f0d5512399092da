"""The shape of a tree: found, walked, ordered, and its faults named."""

import pytest

from tests.core.forest import chain, node, tree
from tracker.core import limits, trees
from tracker.core.trees import Tree


@pytest.fixture(scope="module")
def garden() -> Tree:
    return tree(node("r", node("a", node("b"), node("c", node("d"))), node("e")))


def test_a_task_is_found_with_the_ids_above_it(garden: Tree) -> None:
    found = trees.find(garden, "d")
    assert found is not None
    assert (found.path, found.parent, found.node["id"]) == (("r", "a", "c"), "c", "d")


def test_the_root_has_no_parent(garden: Tree) -> None:
    found = trees.find(garden, "r")
    assert found is not None
    assert (found.path, found.parent) == ((), None)


def test_what_is_not_there_is_not_found(garden: Tree) -> None:
    assert trees.find(garden, "x") is None
    assert trees.find({**garden, "root": None}, "r") is None


def test_a_walk_meets_every_task_once_and_parents_first(garden: Tree) -> None:
    met: list[str] = []
    for place in trees.walk(garden["root"]):
        assert set(place.path) <= set(met)
        met.append(place.node["id"])
    assert sorted(met) == ["a", "b", "c", "d", "e", "r"]


def test_a_line_leads_from_the_root_down(garden: Tree) -> None:
    assert [found["id"] for found in trees.line(garden, ("r", "a", "c"))] == ["r", "a", "c"]
    assert trees.line(garden, ()) == []


def test_a_parent_path_is_a_field_path(garden: Tree) -> None:
    assert trees.field_path((), "r") == "root"
    assert trees.field_path(("r",), "a") == "root.children.a"
    assert trees.field_path(("r", "a", "c"), "d") == "root.children.a.children.c.children.d"


def test_order_is_by_position_then_id() -> None:
    children = {"x": node("x"), "b": {**node("b"), "position": -1.0}, "a": node("a")}
    assert [found["id"] for found in trees.ordered(children)] == ["b", "a", "x"]


def test_size_height_and_outline_agree_on_the_shape(garden: Tree) -> None:
    assert trees.size(garden["root"]) == garden["size"] == 6
    assert trees.size(None) == 0
    assert trees.height(garden["root"]) == 4
    assert trees.height(node("alone")) == 1
    below_a = ("a", [("b", []), ("c", [("d", [])])])
    assert trees.outline(garden["root"]) == ("r", [below_a, ("e", [])])


def test_no_walk_minds_the_depth() -> None:
    deep = chain(5_000)
    assert trees.size(deep) == trees.height(deep) == 5_000
    assert limits.bson_size(deep) > 5_000
    assert trees.faults(tree(deep)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "$set",
        "root",
        "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeeE",
        "0190aaaabbbb7ccc8dddeeeeeeeeeeee",
        "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee\n",
        " 0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee",
        "{0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee}",
        None,
        7,
        {"$ne": ""},
    ],
)
def test_nothing_but_a_canonical_uuid_is_an_id(text: object) -> None:
    assert not trees.is_id(text)
    assert trees.is_id("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee")


def test_a_valid_tree_has_no_faults(garden: Tree) -> None:
    assert trees.faults(garden) == []
    assert trees.faults({**garden, "root": None, "size": 0}) == []


def test_a_tree_under_another_id_is_faulty(garden: Tree) -> None:
    assert trees.faults({**garden, "_id": "x"}) == ["the root's id is not the tree's"]


def test_a_wrong_size_is_named(garden: Tree) -> None:
    assert trees.faults({**garden, "size": 7}) == ["size says 7, there are 6"]


def test_a_task_in_two_places_is_named() -> None:
    twice = tree(node("r", node("a", node("b")), node("b")), size=3)
    assert trees.faults(twice) == ["b stands twice"]


def test_a_task_under_the_key_of_another_is_named() -> None:
    swapped = tree(node("r", node("a")))
    swapped["root"]["children"]["b"] = swapped["root"]["children"].pop("a")
    assert trees.faults(swapped) == ["b is no task"]


def test_a_stub_left_by_a_write_to_a_missing_path_is_named() -> None:
    haunted = tree(node("r", node("a")))
    haunted["root"]["children"]["a"]["children"]["ghost"] = {"title": "boo"}
    assert trees.faults(haunted) == ["ghost is no task"]
