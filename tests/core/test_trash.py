"""Deleted: the mark on the top task holds for everything below it."""

from datetime import timedelta

import pytest

from tests.core.forest import NOON, after, at, node, tree
from tracker.core import rows, trash, trees
from tracker.core.trees import Tree
from tracker.errors import NotFound

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def garden() -> Tree:
    return tree(node("r", node("a", node("b", node("c"))), node("e")))


def delete(tree: Tree, name: str) -> Tree:
    return after(tree, trash.delete(tree, at(tree, name), at=LATER))


def trashed(tree: Tree) -> set[str]:
    return {p.node["id"] for p in trees.walk(tree["root"]) if trash.is_trashed(tree, p)}


def test_deleting_marks_one_task_and_implies_those_below(garden: Tree) -> None:
    shrunk = delete(garden, "a")
    marked = [p.node["id"] for p in trees.walk(shrunk["root"]) if p.node.get("deleted_at")]
    assert marked == ["a"]
    assert trashed(shrunk) == {"a", "b", "c"}
    assert at(shrunk, "a").node["deleted_at"] == LATER
    assert at(shrunk, "a").node["rev"] == 2


def test_deleting_removes_nothing(garden: Tree) -> None:
    assert trees.size(delete(garden, "r")["root"]) == garden["size"] == 5
    assert trees.faults(delete(garden, "r")) == []


def test_deleting_the_root_trashes_the_tree(garden: Tree) -> None:
    assert trashed(delete(garden, "r")) == {"r", "a", "b", "c", "e"}


def test_rows_say_what_is_implied_and_when_it_was_deleted(garden: Tree) -> None:
    index = rows.project(delete(garden, "a"), "ann")
    assert {name for name, row in index.items() if row["is_deleted"]} == {"a", "b", "c"}
    assert [name for name, row in index.items() if row["trashed_at"]] == ["a"]


def test_what_is_trashed_is_gone_to_every_deed(garden: Tree) -> None:
    shrunk = delete(garden, "a")
    for name in ("a", "b", "c"):
        with pytest.raises(NotFound):
            trash.require_live(shrunk, at(shrunk, name))
    for name in ("r", "e"):
        trash.require_live(shrunk, at(shrunk, name))


def test_a_task_may_be_deleted_below_one_that_is_deleted_later(garden: Tree) -> None:
    shrunk = delete(delete(garden, "c"), "a")
    assert trashed(shrunk) == {"a", "b", "c"}


def test_the_history_tells_that_it_was_deleted(garden: Tree) -> None:
    (event,) = trash.delete(garden, at(garden, "a"), at=LATER).events
    assert (event["type"], event["task"]) == ("task_deleted", "a")
    assert event["changes"] == {"deleted_at": [None, LATER]}
