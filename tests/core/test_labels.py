"""Texts of other systems: which are the same, what they mean, for how long they are echoed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.core.forest import NOON, after, at, node, tree
from tracker.core import labels, life, rows
from tracker.core.trees import Node

LATER = NOON + timedelta(hours=1)
WORDS = {"завершена": "completed", "in progress": "in_progress"}


def changed(task: Node, **changes: Any) -> Node:
    root = tree(task)
    return after(root, life.change(root, at(root, task["id"]), changes, at=LATER))["root"]


@pytest.mark.parametrize("text", ["завершена", "ЗАВЕРШЕНА", "  Завершена\n"])
def test_case_and_blanks_around_it_do_not_count(text: str) -> None:
    assert labels.meaning(text, WORDS) == "completed"


def test_spellings_of_unicode_do_not_count() -> None:
    assert labels.key("Новы\u0438\u0306") == labels.key("новый")


def test_any_other_text_means_nothing() -> None:
    for text in ("", "in  progress", "done"):
        assert labels.meaning(text, WORDS) is None


def test_a_status_is_shown_by_its_text_else_by_its_word() -> None:
    assert labels.shown(node("a", status_label="новая")) == "новая"
    assert labels.shown(node("a")) == "todo"


def test_a_row_is_found_by_the_key_of_its_text() -> None:
    found = rows.project(tree(node("a", node("b"), status_label=" Новая ")), "ann")
    assert found["a"]["label_key"] == "новая"
    assert "label_key" not in found["b"]


def test_what_was_sent_is_echoed_while_what_it_meant_stands() -> None:
    task = node("a", priority="high", said={"priority": ["Urgent!", "high"]})
    assert labels.echoed(task, "priority", task["priority"]) == "Urgent!"
    assert labels.echoed(task, "priority", "low") is None
    assert labels.echoed(node("b"), "priority", "high") is None


def test_what_another_door_changes_is_not_echoed_again_when_it_means_the_same_once_more() -> None:
    task = node("a", said={"assigned_to": ["ghost", None], "estimate": [5, None]})
    given = changed(task, assigned_to="ann")
    assert given["said"] == {"estimate": [5, None]}
    assert changed(given, assigned_to=None)["said"] == {"estimate": [5, None]}
    assert changed(task, assigned_to=None, title="t")["said"] == task["said"]
    again = changed(task, assigned_to="bob", said={"assigned_to": ["Bob", "bob"]})
    assert again["said"] == {"assigned_to": ["Bob", "bob"], "estimate": [5, None]}


def test_what_is_said_joins_what_was_said_and_no_history_tells_of_it() -> None:
    task = node("a", said={"due_date": ["soon", None], "estimate": [5, None]})
    root = tree(task)
    edit = life.change(root, at(root, "a"), {"said": {"estimate": [8, None]}}, at=LATER)
    assert after(root, edit)["root"]["said"] == {**task["said"], "estimate": [8, None]}
    assert [event["changes"] for event in edit.events] == [{}]


@pytest.mark.parametrize(
    ("present", "becomes"),
    [("todo", "todo"), ("in_progress", "in_progress"), ("completed", "todo")],
)
def test_open_is_whatever_open_status_a_task_has(present: str, becomes: str) -> None:
    assert changed(node("a", status=present), status="open")["status"] == becomes


def test_another_status_than_the_one_before_does_not_bring_its_text_back() -> None:
    was = {"event": "a:1", "status": "in_progress", "label": "Doing"}
    closed = node("a", status="completed", completed_at=NOON, closed=was)
    assert changed(closed, status="in_progress")["status_label"] == "Doing"
    assert changed(closed, status="todo")["status_label"] is None
    assert changed(closed, status="todo", status_label="ещё")["status_label"] == "ещё"
