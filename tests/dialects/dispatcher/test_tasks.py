"""API диспетчера задач: one's own tasks, their bounds, whose they are."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.dialects.dispatcher.clients import BAD, BOTH, HUGE, invalid, make, refused, register
from tests.people import Client

pytestmark = BOTH


def test_a_task_says_what_was_sent(client: Client, base: str) -> None:
    register(client, base, "bob")
    ann = register(client, base)
    sent = {"title": "Купить хлеб", "description": "чёрный", "status": "в процессе"}
    task = make(ann, base, **sent)
    assert task == {"id": task["id"], "user_id": ann.me["number"], **sent}
    assert isinstance(task["id"], int)
    assert task["id"] > 0
    assert ann.get(f"{base}/tasks/{task['id']}").json == task
    assert ann.get(f"{base}/tasks/").json == [task]


@pytest.mark.parametrize("rest", [{}, {"description": None, "status": None}])
def test_a_title_is_enough(client: Client, base: str, rest: dict[str, Any]) -> None:
    task = make(register(client, base), base, **rest)
    assert (task["description"], task["status"]) == ("", "todo")


@pytest.mark.parametrize("field", ["title", "description", "status"])
def test_fields_are_texts(client: Client, base: str, field: str) -> None:
    ann = register(client, base)
    task = make(ann, base)
    for value in BAD:
        invalid(ann.post(f"{base}/tasks/", {"title": "x", field: value}), "body", field)
        invalid(ann.put(f"{base}/tasks/{task['id']}", {field: value}), "body", field)


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_a_task_keeps_the_bounds(client: Client, base: str, verb: str) -> None:
    ann = register(client, base)
    path = f"{base}/tasks/{make(ann, base)['id']}" if verb == "PUT" else f"{base}/tasks/"
    longest = {"title": "я" * 255, "description": "d" * 10_000, "status": "é" * 50}
    reply = ann.ask(verb, path, longest)
    assert reply.status == (200 if verb == "PUT" else 201)
    assert {field: reply.json[field] for field in longest} == longest
    for field, value in longest.items():
        invalid(ann.ask(verb, path, {**longest, field: value + "x"}), "body", field)
        invalid(ann.ask(verb, path, {**longest, field: "x\0"}), "body", field)
    for blank in ("", " ", "\t\n"):
        invalid(ann.ask(verb, path, {**longest, "title": blank}), "body", "title")


@pytest.mark.parametrize("body", [{"title": None}, {}, {"description": "no title"}])
def test_a_new_task_needs_a_title(client: Client, base: str, body: dict[str, Any]) -> None:
    ann = register(client, base)
    invalid(ann.post(f"{base}/tasks/", body), "body", "title")
    assert ann.get(f"{base}/tasks/").json == []


def test_a_new_task_is_ones_own_whatever_else_is_sent(client: Client, base: str) -> None:
    ann, bob = register(client, base), register(client, base, "bob")
    task = make(ann, base, id=7, user_id=bob.me["number"], parent_id=1, priority={"x": 1})
    assert task["user_id"] == ann.me["number"]
    assert ann.get(f"{base}/tasks/").json == [task]
    assert bob.get(f"{base}/tasks/").json == []


def test_what_is_absent_or_null_or_unknown_leaves_a_task_as_it_is(
    client: Client, base: str
) -> None:
    ann = register(client, base)
    task = make(ann, base, description="d", status="новая")
    path = f"{base}/tasks/{task['id']}"
    for body in ({}, {"title": None, "description": None, "status": None}, {"id": 7, "user_id": 9}):
        assert ann.put(path, body).json == task
    assert ann.put(path, {"description": ""}).json == {**task, "description": ""}
    assert ann.put(path, {"title": "y"}).json == {**task, "title": "y", "description": ""}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_not_there_or_somebody_elses_is_not_found(
    client: Client, base: str, method: str
) -> None:
    ann, bob = register(client, base), register(client, base, "bob")
    task = make(bob, base)
    body = {"title": "mine"} if method == "PUT" else None
    for number in (task["id"], 999_999_999, 0, 2**63, 2**64, HUGE):
        refused(ann.ask(method, f"{base}/tasks/{number}", body), 404, "Task not found")
    assert bob.get(f"{base}/tasks/{task['id']}").json == task


def test_a_deleted_task_lies_in_the_trash(client: Client, base: str) -> None:
    ann = register(client, base)
    task = make(ann, base)
    reply = ann.delete(f"{base}/tasks/{task['id']}")
    assert (reply.status, reply.body) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        body = {"title": "x"} if method == "PUT" else None
        refused(ann.ask(method, f"{base}/tasks/{task['id']}", body), 404, "Task not found")
    assert ann.get(f"{base}/tasks/").json == []
    assert len(ann.get("/api/trash").json["tasks"]) == 1


def test_what_stands_below_a_deleted_task_goes_with_it(client: Client, base: str) -> None:
    ann = register(client, base)
    ann.post("/api/tasks", {"title": "a", "subtasks": [{"title": "b"}]})
    below, above = sorted(ann.get(f"{base}/tasks/").json, key=lambda task: -task["id"])
    assert (above["title"], below["title"]) == ("a", "b")
    assert ann.delete(f"{base}/tasks/{above['id']}").status == 204
    refused(ann.get(f"{base}/tasks/{below['id']}"), 404, "Task not found")


def test_the_list_shows_the_trees_one_owns_roots_and_subtasks_newest_first(
    client: Client, base: str, clock: Clock
) -> None:
    ann, bob = register(client, base), register(client, base, "bob")
    root = ann.post("/api/tasks", {"title": "root"}).json
    clock.advance(seconds=1)
    ann.post("/api/tasks", {"title": "below", "parent_id": root["id"]})
    shared = bob.post("/api/tasks", {"title": "shared"}).json
    member = {"user": ann.me["id"], "role": "editor"}
    assert bob.put(f"/api/tasks/{shared['id']}/members", member).status == 200
    assert [task["title"] for task in ann.get(f"{base}/tasks/").json] == ["below", "root"]
    assert ann.get(f"{base}/tasks/{shared['number']}").json["user_id"] == bob.me["number"]


def test_a_viewer_may_not_change(client: Client, base: str) -> None:
    ann, bob = register(client, base), register(client, base, "bob")
    task = bob.post("/api/tasks", {"title": "shared"}).json
    bob.put(f"/api/tasks/{task['id']}/members", {"user": ann.me["id"], "role": "viewer"})
    refused(ann.put(f"{base}/tasks/{task['number']}", {"title": "mine"}), 403)
    refused(ann.delete(f"{base}/tasks/{task['number']}"), 403)


def test_completing_above_an_open_subtask_is_a_conflict(client: Client, base: str) -> None:
    ann = register(client, base)
    task = ann.post("/api/tasks", {"title": "a", "subtasks": [{"title": "b"}]}).json
    reply = ann.put(f"{base}/tasks/{task['number']}", {"status": "завершена"})
    assert isinstance(refused(reply, 409), str)
