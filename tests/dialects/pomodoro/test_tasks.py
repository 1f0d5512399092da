"""Pomodoro FastAPI: tasks and their limits, lists of them."""

import re
from typing import Any

import pytest

from tests.api import asking
from tests.conftest import Clock
from tests.dialects.pomodoro.clients import (
    KEYS,
    NO_NUMBERS,
    NO_TEXTS,
    TASKS,
    P,
    invalid,
    make,
    names,
    refused,
    sent,
)
from tests.people import Client
from tracker.core.pomodoros import MOST_PLANNED
from tracker.store import Store

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NEW = {"name": "write", "pomodoro_count": 3, "category_id": 1}


# making


@pytest.mark.parametrize("path", [TASKS, f"{TASKS}/", f"{P}/tasks", f"{P}/tasks/"])
def test_a_task_has_exactly_these_keys(ann: Client, path: str) -> None:
    reply = ann.post(path, {**NEW, "description": "well"})
    assert reply.status == 201
    task = reply.json
    assert task.keys() == KEYS
    assert (task["name"], task["description"]) == ("write", "well")
    for key in ("task_id", "pomodoro_count", "category_id", "owner_id"):
        assert type(task[key]) is int
    assert task["owner_id"] == ann.me["number"]
    assert UTC.fullmatch(task["created_at"])
    assert UTC.fullmatch(task["updated_at"])
    assert ann.get(path).json == [task]
    assert ann.get(f"{path.rstrip('/')}/{task['task_id']}").json == task


@pytest.mark.parametrize("more", [{}, {"description": None}])
def test_a_description_may_be_left_out(ann: Client, more: dict[str, Any]) -> None:
    assert make(ann, **more)["description"] is None


@pytest.mark.parametrize("field", ["name", "pomodoro_count", "category_id"])
def test_the_rest_may_not(ann: Client, field: str, store: Store) -> None:
    with asking.unchanged(store):
        body = {name: value for name, value in NEW.items() if name != field}
        assert invalid(ann.post(TASKS, body), "body", field)["type"] == "missing"
        invalid(ann.post(TASKS, {**NEW, field: None}), "body", field)


def test_lengths_are_those_of_the_columns(ann: Client) -> None:
    task = make(ann, "я" * 50, description="d" * 255)
    assert (len(task["name"]), len(task["description"])) == (50, 255)
    for field, text in (
        ("name", "x" * 51),
        ("name", ""),
        ("name", " "),
        ("description", "d" * 256),
    ):
        invalid(ann.post(TASKS, {**NEW, field: text}), "body", field)
        invalid(ann.patch(f"{TASKS}/{task['task_id']}", {field: text}), "body", field)
    assert names(ann) == ["я" * 50]


def test_values_of_another_type_are_refused(ann: Client, store: Store) -> None:
    task = f"{TASKS}/{make(ann)['task_id']}"
    wrong = {"name": NO_TEXTS, "description": NO_TEXTS}
    wrong |= {"pomodoro_count": NO_NUMBERS, "category_id": NO_NUMBERS}
    with asking.unchanged(store):
        for field, values in wrong.items():
            for value in values:
                invalid(sent(ann, "POST", TASKS, {**NEW, field: value}), "body", field)
                invalid(sent(ann, "PATCH", task, {field: value}), "body", field)


@pytest.mark.parametrize("count", [0, -1, -1_001, -(2**63)])
def test_a_count_below_one_has_its_own_answer(ann: Client, store: Store, count: int) -> None:
    task = f"{TASKS}/{make(ann)['task_id']}"
    with asking.unchanged(store):
        body = {"pomodoro_count": count}
        refused(ann.post(TASKS, {**NEW, **body}), 400, "Invalid pomodoro count")
        refused(ann.patch(task, body), 400, "Invalid pomodoro count")


def test_a_count_has_no_more_than_is_planned_natively(ann: Client) -> None:
    task = make(ann, pomodoro_count=MOST_PLANNED)
    over = {"pomodoro_count": MOST_PLANNED + 1}
    found = invalid(ann.post(TASKS, {**NEW, **over}), "body", "pomodoro_count")
    assert str(MOST_PLANNED) in found["msg"]
    invalid(ann.patch(f"{TASKS}/{task['task_id']}", over), "body", "pomodoro_count")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"name": NaN}', "application/json"),
        (b'{"name": "x", "name": "y"}', "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 5000, "application/json"),
        (b"name=x", "application/x-www-form-urlencoded"),
        (b"x", "text/plain"),
    ],
)
def test_a_body_that_is_no_object_is_refused(
    ann: Client, method: str, data: bytes, kind: str
) -> None:
    path = TASKS if method == "POST" else f"{TASKS}/{make(ann)['task_id']}"
    reply = ann.ask(method, path, data=data, content_type=kind)
    assert reply.status == 422
    assert isinstance(reply.json["detail"], list)


def test_other_keys_are_passed_over(ann: Client) -> None:
    task = make(ann, owner_id=99, task_id=1, status="completed", x={"y": 1})
    assert task["owner_id"] == ann.me["number"]
    assert ann.get(f"{TASKS}?x=1&y=2").json == [task]


# listing


def test_one_lists_all_tasks_of_ones_own_trees_newest_first(ann: Client, clock: Clock) -> None:
    make(ann, "old")
    clock.advance(seconds=1)
    ids = asking.plant(ann, ["root", ["below"]])
    ann.post(f"/api/tasks/{ids['below']}/complete")
    clock.advance(seconds=1)
    make(ann, "new")
    found = names(ann)
    assert (found[0], found[-1]) == ("new", "old")
    assert {*found[1:-1]} == {"root", "below"}


def test_a_list_shows_nobody_elses_trees(client: Client) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    task = asking.make(ann, "shared")
    body = {"user": bob.me["id"], "role": "editor"}
    assert ann.put(f"/api/tasks/{task['id']}/members", body).status == 200
    make(bob, "own")
    assert names(bob) == ["own"]
    assert names(ann) == ["shared"]


def test_a_list_comes_by_pages_where_one_asks(ann: Client, clock: Clock) -> None:
    for name in "abc":
        make(ann, name)
        clock.advance(seconds=1)
    assert names(ann, "?page=1&page_size=2") == ["c", "b"]
    assert names(ann, "?page=2&page_size=2") == ["a"]
    assert ann.get(f"{TASKS}?page_size=1").headers["X-Total-Count"] == "3"
    assert ann.get(TASKS).headers["X-Total-Count"] == "3"
    for field in ("page", "page_size"):
        for value in ("0", "-1", "x", "1001" if field == "page_size" else "9" * 30):
            invalid(ann.get(f"{TASKS}?{field}={value}"), "query", field)


# changing


def test_what_is_named_changes_and_null_does_not(ann: Client) -> None:
    task = make(ann, description="d")
    path = f"{TASKS}/{task['task_id']}"
    nulls = dict.fromkeys(("name", "description", "pomodoro_count", "category_id"))
    for body in ({}, nulls):
        assert ann.patch(path, body).json == task
    changed = ann.patch(f"{path}/", {"name": "rewrite", "description": None})
    assert changed.status == 200
    assert {k for k in KEYS if changed.json[k] != task[k]} <= {"name", "updated_at"}
    assert changed.json["name"] == "rewrite"
    assert ann.patch(path, {"description": ""}).json["description"] == ""
    assert ann.get(path).json["name"] == "rewrite"


def test_it_says_when_it_was_changed(ann: Client, clock: Clock) -> None:
    task = make(ann)
    clock.advance(seconds=5)
    changed = ann.patch(f"{TASKS}/{task['task_id']}", {"name": "later"}).json
    assert changed["created_at"] == task["created_at"]
    assert changed["updated_at"] > task["updated_at"]


# deleting


def test_a_deleted_task_is_gone_here_and_lies_in_the_trash(ann: Client) -> None:
    ids = asking.plant(ann, ["root", ["below"]])
    number = asking.read(ann, ids["root"])["number"]
    below = asking.read(ann, ids["below"])["number"]
    reply = ann.delete(f"{TASKS}/{number}")
    assert (reply.status, reply.body) == (204, b"")
    assert names(ann) == []
    for gone in (number, below):
        refused(ann.get(f"{TASKS}/{gone}"), 404, "Task not found")
        refused(ann.patch(f"{TASKS}/{gone}", {"name": "x"}), 404, "Task not found")
        refused(ann.delete(f"{TASKS}/{gone}"), 404, "Task not found")
    assert ann.post(f"/api/tasks/{ids['root']}/restore").status == 200
    assert {*names(ann)} == {"root", "below"}


def test_the_addresses_of_the_readme_change_and_delete_as_well(ann: Client) -> None:
    number = make(ann)["task_id"]
    for prefix in (f"{P}/tasks", TASKS):
        for end in ("", "/"):
            path = f"{prefix}/{number}{end}"
            assert ann.patch(path, {"name": path}).json["name"] == path
    assert ann.delete(f"{P}/tasks/{number}/").status == 204
    refused(ann.delete(f"{TASKS}/{number}"), 404, "Task not found")
