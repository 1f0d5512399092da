"""What a commit puts beside its edit: the next rev, and one entry that says all that follows."""

from typing import Any

import pytest

from tests.core.forest import NOON, at, node, tree
from tracker.core import commits, drafts, edits, limits
from tracker.core.commits import Act, Commit
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.errors import TooLarge

ACT = Act("ann", "edit", "a", NOON)


def garden(**head: Any) -> Tree:
    return tree(node("r", node("a", node("b", hops=3))), rev=4, **head)


def prepare(before: Tree, edit: Edit) -> Commit:
    return commits.prepare(before, edit, ACT, lambda owner: owner)


def retitled() -> Edit:
    return edits.fields(at(garden(), "a"), {"title": "A"}, kind="task_updated", rev=5)


def test_the_entry_says_who_did_what_when_and_which_rows_follow() -> None:
    entry = prepare(garden(), retitled()).entry
    assert entry == {
        "seq": 5,
        "at": NOON,
        "actor": "ann",
        "deed": "edit",
        "task": "a",
        "events": [{"type": "task_updated", "task": "a", "changes": {"title": ["a", "A"]}}],
        "rows": ["a"],
        "gone": {},
        "hidden": False,
    }


def test_the_tree_after_is_as_the_store_will_have_it() -> None:
    commit = prepare(garden(outbox=[{"seq": 4}]), retitled())
    assert (commit.after["rev"], commit.after["dirty"]) == (5, True)
    assert commit.after["outbox"] == [{"seq": 4}, commit.entry]
    assert at(commit.after, "a").node["title"] == "A"
    assert at(commit.before, "a").node["title"] == "a"


def test_a_tree_with_anything_waiting_was_not_clean() -> None:
    assert prepare(garden(), retitled()).was_clean
    assert not prepare(garden(outbox=[{"seq": 4}]), retitled()).was_clean
    assert not prepare(garden(ops=[{"id": "k"}]), retitled()).was_clean


def test_tasks_that_an_edit_ends_are_named_with_their_hops() -> None:
    commit = prepare(garden(), Edit({"size": 1}, ("root.children.a",)))
    assert commit.entry["gone"] == {"a": 0, "b": 3}
    assert commit.entry["rows"] == ["r"]


def test_a_move_inside_the_tree_ends_nothing() -> None:
    b = at(garden(), "b").node
    commit = prepare(garden(), Edit({"root.children.b": b}, ("root.children.a.children.b",)))
    assert commit.entry["gone"] == {}
    assert set(commit.entry["rows"]) == {"r", "a", "b"}


def test_a_new_tree_starts_at_rev_1_with_its_entry() -> None:
    planted = drafts.plant(node("r", node("a")), owner="ann")
    first = commits.found(planted, drafts.born(planted["root"]), ACT, lambda owner: owner)
    assert (first["rev"], first["dirty"]) == (1, True)
    (entry,) = first["outbox"]
    assert (entry["seq"], set(entry["rows"]), entry["gone"]) == (1, {"r", "a"}, {})


def test_a_commit_that_tells_too_much_is_refused() -> None:
    event = {"type": "t", "task": "a", "changes": {"description": [None, "x" * limits.ENTRY_BYTES]}}
    with pytest.raises(TooLarge):
        prepare(garden(), Edit({"size": 3}, (), (event,)))


def test_a_history_row_is_one_commit_under_an_id_of_its_own() -> None:
    commit = prepare(garden(), retitled())
    row = commits.history(commit.after, commit.entry)
    assert row == {
        "_id": "r:5",
        "tree": "r",
        "seq": 5,
        "at": NOON,
        "actor": "ann",
        "deed": "edit",
        "task": "a",
        "changes": {"a": {"title": ["a", "A"]}},
        "tasks": ["a"],
        "hidden": False,
        "events": [["task_updated", "a"]],
        "titles": {"a": "A"},
    }


def test_two_events_of_one_task_both_stand_in_the_history() -> None:
    events = (
        {"type": "task_updated", "task": "r", "changes": {"assigned_to": [None, "bob"]}},
        {"type": "member_added", "task": "r", "changes": {"members": [None, ["bob"]]}},
    )
    commit = prepare(garden(), Edit({"size": 3}, (), events))
    row = commits.history(commit.after, commit.entry)
    told = {"assigned_to": [None, "bob"], "members": [None, ["bob"]]}
    assert row["changes"] == {"r": told}
