"""Rows follow from the tree, and a commit names exactly those that it makes new or other."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import DEEDS, NOON, RULES, Gardener, node, tree
from tracker.core import rows, trees
from tracker.core.rows import Progress
from tracker.core.trees import Tree


@pytest.fixture
def garden() -> Tree:
    done = node("c", status="completed")
    gone = node("x", node("y", status="completed"), deleted_at=NOON)
    return tree(node("r", node("a", node("b"), done, gone), node("e", status="completed")))


def test_there_is_one_row_a_task(garden: Tree) -> None:
    index = rows.project(garden, "ann")
    assert set(index) == {place.node["id"] for place in trees.walk(garden["root"])}
    assert all(row["_id"] == task for task, row in index.items())


def test_only_the_rows_asked_for_are_made(garden: Tree) -> None:
    everything = rows.project(garden, "ann")
    assert rows.project(garden, "ann", {"b", "nobody"}) == {"b": everything["b"]}
    assert rows.project(garden, "ann", set()) == {}


def test_a_row_knows_its_place(garden: Tree) -> None:
    row = rows.project(garden, "everyone")["b"]
    place = {name: row[name] for name in ("root", "parent", "path", "depth", "owner", "space")}
    assert place == {
        "root": "r",
        "parent": "a",
        "path": ["r", "a"],
        "depth": 2,
        "owner": "ann",
        "space": "everyone",
    }
    assert rows.project(garden, "ann")["r"]["parent"] is None


def test_a_row_carries_the_tree_rev_beside_the_task_s_own() -> None:
    row = rows.project(tree(node("r", rev=3, hops=2), rev=7), "ann")["r"]
    assert (row["rev"], row["task_rev"], row["hops"]) == (7, 3, 2)


def test_text_and_title_key_are_folded() -> None:
    row = rows.project(tree(node("r", title="Maße", description="GRÜN")), "ann")["r"]
    assert (row["title_key"], row["text"]) == ("masse", "masse\ngrün")
    assert rows.project(tree(node("r")), "ann")["r"]["text"] == "r\n"


def test_priority_sorts_by_its_weight() -> None:
    found = [rows.project(tree(node("r", priority=p)), "ann")["r"]["priority"] for p in
             ("low", "medium", "high", "urgent")]  # fmt: skip
    assert found == [0, 1, 2, 3]


def test_progress_counts_the_live_tasks_below(garden: Tree) -> None:
    known = rows.progress(garden["root"])
    assert known["r"] == Progress(done=2, total=4)
    assert known["a"] == Progress(done=1, total=2)
    assert known["b"] == Progress(0, 0)
    assert known["x"] == Progress(1, 1)


def test_subtasks_are_counted_without_the_trash(garden: Tree) -> None:
    index = rows.project(garden, "ann")
    assert {name: index[name]["subtask_count"] for name in ("r", "a", "b")} == {
        "r": 2,
        "a": 2,
        "b": 0,
    }


def test_an_emptied_tree_has_no_rows(garden: Tree) -> None:
    assert rows.project({**garden, "root": None}, "ann") == {}
    assert rows.progress(None) == {}


def test_a_tombstone_outlives_late_rows_by_a_week() -> None:
    grave = rows.tombstone("a", hops=1, rev=9, root="r", at=NOON)
    assert grave == {
        "_id": "a",
        "gone": True,
        "hops": 1,
        "rev": 9,
        "root": "r",
        "purge_at": NOON + timedelta(days=7),
    }


def test_rows_are_the_same_whatever_rev_they_were_made_from(garden: Tree) -> None:
    one = rows.project(garden, "ann")["b"]
    other = rows.project({**garden, "rev": 9}, "ann")["b"]
    assert rows.same(one, other)
    assert not rows.same(one, {**other, "hops": 1})
    assert not rows.same(one, None)
    assert rows.same(None, None)


def test_a_new_tree_names_all_its_rows(garden: Tree) -> None:
    assert set(rows.changed(None, garden, ("ann", "ann"))) == set(rows.project(garden, "ann"))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(RULES), st.lists(DEEDS, max_size=10))
def test_what_changed_is_the_difference_of_all_rows(rule: str, deeds: list[Any]) -> None:
    for commit in Gardener("t", rule).commits(deeds):
        assert set(commit.entry["rows"]) == _difference(commit.before, commit.after)
        assert len(commit.entry["rows"]) == len(set(commit.entry["rows"]))
        assert commit.entry["gone"] == {}


@pytest.mark.parametrize(
    ("before", "later"), [(("ann", "ann"), ("ann", "everyone")), (("ann", "ann"), ("bob", "bob"))]
)
def test_another_owner_or_space_changes_every_row(
    garden: Tree, before: tuple[str, str], later: tuple[str, str]
) -> None:
    handed = {**garden, "owner": later[0], "rev": 2}
    named = rows.changed(garden, handed, (before[1], later[1]))
    assert set(named) == set(rows.project(garden, "ann"))


def test_moving_a_branch_changes_its_rows_and_the_counts_above(garden: Tree) -> None:
    root = garden["root"]
    a, e = root["children"]["a"], root["children"]["e"]
    kept = {name: child for name, child in a["children"].items() if name != "x"}
    moved = {
        **garden,
        "rev": 2,
        "root": {
            **root,
            "children": {
                "a": {**a, "children": kept},
                "e": {**e, "children": {"x": a["children"]["x"]}},
            },
        },
    }
    assert set(rows.changed(garden, moved, ("ann", "ann"))) == {"x", "y"}
    assert _difference(garden, moved) == {"x", "y"}


def _difference(before: Tree, later: Tree) -> set[str]:
    old, new = rows.project(before, before["owner"]), rows.project(later, later["owner"])
    return {task for task, row in new.items() if not rows.same(row, old.get(task))}
