"""Flask Task Tracker: making, reading, changing and deleting tasks."""

import pytest

from tests.conftest import Clock
from tests.dialects.flask_tracker.clients import (
    BAD,
    BOTH,
    NOWHERE,
    add,
    native,
    read,
    refused,
    share,
    sign_up,
)
from tests.people import Client

pytestmark = BOTH

KEYS = {
    "_id", "summary", "task_type", "start_dt", "status", "estimate", "priority", "assigned",
    "description", "due_date", "created_at", "updated_at",
}  # fmt: skip
TEXTS = ("summary", "task_type", "status", "priority", "assigned", "description")
ASKED = (("PUT", ""), ("DELETE", ""), ("PATCH", "/status"))


def test_a_summary_is_enough(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    found = read(ann, base, add(ann, base))
    assert set(found) == KEYS
    assert found["created_at"] == "Wed, 04 Mar 2026 05:06:07 GMT"
    assert {k: found[k] for k in KEYS - {"_id", "created_at", "updated_at"}} == {
        "summary": "s", "task_type": "Development", "start_dt": None, "status": "open",
        "estimate": 8, "priority": "medium", "assigned": None, "description": None,
        "due_date": None,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/tasks/add_task", "/tasks"])
def test_what_is_null_or_empty_is_as_if_it_were_not_said(
    client: Client, base: str, path: str
) -> None:
    ann = sign_up(client, base)
    plain = read(ann, base, add(ann, base))
    for nothing, fields in ((None, KEYS - {"summary"}), ("", {*TEXTS, "due_date", "start_dt"})):
        body = {**dict.fromkeys(fields, nothing), "summary": "s"}
        made = ann.post(base + path, body).json["task_id"]
        assert read(ann, base, made) == {**plain, "_id": made}


@pytest.mark.parametrize("path", ["/tasks/add_task", "/tasks"])
@pytest.mark.parametrize(
    "field", ["summary", "task_type", "status", "priority", "assigned", "description"]
)
def test_fields_are_texts(client: Client, base: str, path: str, field: str) -> None:
    ann = sign_up(client, base)
    for value in BAD:
        refused(ann.post(base + path, {"summary": "s", field: value}), 400, f"{field} is invalid")


@pytest.mark.parametrize("path", ["/tasks/add_task", "/tasks"])
def test_a_summary_is_required(client: Client, base: str, path: str) -> None:
    ann = sign_up(client, base)
    for body in ({}, {"description": "d"}, {"summary": ""}, {"summary": None}):
        refused(ann.post(base + path, body), 400, "Task summary is required")
    refused(ann.post(base + path, {"summary": "x" * 256}), 400, "summary is invalid")
    refused(ann.post(base + path, data="x", content_type="text/plain"), 415)
    for data in (b"{", b"", b"[]"):
        refused(ann.post(base + path, data=data, content_type="application/json"), 400)


def test_the_table_of_the_readme_makes_with_201_and_takes_a_title(
    client: Client, base: str
) -> None:
    ann = sign_up(client, base)
    reply = ann.post(f"{base}/tasks", {"title": "t", "tasktype": "Bug"})
    assert (reply.status, reply.json["message"]) == (201, "Task added")
    found = read(ann, base, reply.json["task_id"])
    assert (found["summary"], found["task_type"]) == ("t", "Bug")


def test_a_null_does_not_hide_another_name_of_its_field(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    made = ann.post(f"{base}/tasks", {"summary": None, "title": "t"}).json["task_id"]
    assert read(ann, base, made)["summary"] == "t"
    body = {"due_date": None, "deadline": "2099-01-02"}
    reply = ann.patch(f"{base}/tasks/{made}/status", body)
    assert reply.json["task"]["due_date"] == "2099-01-02"
    reply = ann.put(f"{base}/tasks/{made}", {"summary": "own", "title": "other"})
    assert reply.json["task"]["summary"] == "own"


def test_a_task_is_read_by_a_query_or_by_a_body(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    task, path = add(ann, base), f"{base}/tasks/get_task"
    assert ann.ask("GET", path, {"_id": task}).json["task"]["_id"] == task
    assert ann.get(f"{path}?_id={task.upper()}").json["task"]["_id"] == task
    refused(ann.get(path), 400, "_id is required")
    refused(ann.ask("GET", path, {}), 400, "_id is required")
    for value in BAD:
        refused(ann.ask("GET", path, {"_id": value}), 400, "_id is invalid")


@pytest.mark.parametrize("task", ["zz", NOWHERE, "5f9f1b9b9b9b9b9b9b9b9b9b", "$ne", "." * 50])
def test_an_id_of_nothing_is_not_found(client: Client, base: str, task: str) -> None:
    ann = sign_up(client, base)
    refused(ann.get(f"{base}/tasks/get_task?_id={task}"), 404, "Task not found")
    if base or task == NOWHERE:
        for method, path in (("PUT", ""), ("DELETE", ""), ("PATCH", "/status")):
            body = None if method == "DELETE" else {"status": "open"}
            refused(ann.ask(method, f"{base}/tasks/{task}{path}", body), 404, "Task not found")


def test_somebody_elses_task_is_not_found(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    task = add(bob, base)
    refused(ann.get(f"{base}/tasks/get_task?_id={task}"), 404, "Task not found")
    refused(ann.put(f"{base}/tasks/{task}", {"summary": "mine"}), 404, "Task not found")
    refused(ann.delete(f"{base}/tasks/{task}"), 404, "Task not found")
    refused(ann.patch(f"{base}/tasks/{task}/status", {"status": "x"}), 404, "Task not found")
    assert ann.get(f"{base}/tasks").json == {"tasks": []}


def test_a_viewer_may_not_change(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    task = add(bob, base)
    bob.put(f"/api/tasks/{task}/members", {"user": ann.me["id"], "role": "viewer"})
    refused(ann.put(f"{base}/tasks/{task}", {"summary": "mine"}), 403, "Permission denied")
    refused(ann.delete(f"{base}/tasks/{task}"), 403, "Permission denied")
    refused(ann.patch(f"{base}/tasks/{task}/status", {"status": "x"}), 403, "Permission denied")
    assert [t["_id"] for t in ann.get(f"{base}/tasks/get_tasks").json["tasks"]] == [task]


def test_an_editor_changes_and_deletes(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    task = add(bob, base)
    share(bob, task, ann, "editor")
    assert ann.put(f"{base}/tasks/{task}", {"summary": "ours"}).status == 200
    assert ann.patch(f"{base}/tasks/{task}/status", {"status": "REVIEW"}).status == 200
    assert (read(bob, base, task)["summary"], read(bob, base, task)["status"]) == ("ours", "REVIEW")
    assert ann.delete(f"{base}/tasks/{task}").status == 200


def test_a_task_is_changed_in_what_is_named(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    task = add(ann, base, description="d", due_date="2099-01-01", assigned="ann", estimate=3)
    before = read(ann, base, task)
    path = f"{base}/tasks/{task}"
    for body in ({}, dict.fromkeys(KEYS - {"_id", "created_at", "updated_at"}), {"_id": "x"}):
        reply = ann.put(path, body)
        assert (reply.status, reply.json["message"]) == (200, "Task updated")
        assert reply.json["task"] == before
    shown = ann.put(path, {"summary": "third", "priority": "low"}).json["task"]
    assert shown == {**before, "summary": "third", "priority": "low"}
    cleared = dict.fromkeys(("start_dt", "due_date", "description", "assigned"), "")
    shown = ann.put(path, cleared).json["task"]
    assert {name: shown[name] for name in cleared} == dict.fromkeys(cleared)
    assert native(ann, task)["assigned_to"] is None


def test_a_change_is_dated(client: Client, base: str, clock: Clock) -> None:
    ann = sign_up(client, base)
    task = add(ann, base)
    clock.advance(hours=1)
    shown = ann.put(f"{base}/tasks/{task}", {"summary": "third"}).json["task"]
    assert shown["created_at"] == "Wed, 04 Mar 2026 05:06:07 GMT"
    assert shown["updated_at"] == "Wed, 04 Mar 2026 06:06:07 GMT"


def test_changing_takes_texts_as_well(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    path = f"{base}/tasks/{add(ann, base)}"
    for field in TEXTS:
        for value in (*BAD, "a\0b", "x" * 20_000):
            refused(ann.put(path, {field: value}), 400, f"{field} is invalid")
    for value in ("", -1, "x"):
        refused(ann.put(path, {"estimate": value}), 400, "estimate is invalid")


def test_status_and_deadline_have_a_route_of_their_own(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    path = f"{base}/tasks/{add(ann, base)}/status"
    shown = ann.patch(path, {"status": "COMPLETED", "deadline": "2099-01-02"}).json["task"]
    assert (shown["status"], shown["due_date"]) == ("COMPLETED", "2099-01-02")
    assert ann.patch(path, {"due_date": "2099-01-03"}).json["task"]["due_date"] == "2099-01-03"
    for body in ({}, {"status": None}, {"summary": "x"}):
        refused(ann.patch(path, body), 400, "status or due_date is required")
    for value in BAD:
        refused(ann.patch(path, {"status": value}), 400, "status is invalid")


def test_a_deleted_task_is_gone(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    path = f"{base}/tasks/{add(ann, base)}"
    reply = ann.delete(path)
    assert (reply.status, reply.json) == (200, {"message": "Task deleted"})
    refused(ann.delete(path), 404, "Task not found")


@pytest.mark.parametrize(("method", "below"), [("PUT", ""), ("PATCH", "/status")])
def test_completing_above_an_open_subtask_is_a_conflict(
    client: Client, base: str, method: str, below: str
) -> None:
    ann = sign_up(client, base)
    task = ann.post("/api/tasks", {"title": "a", "subtasks": [{"title": "b"}]}).json["id"]
    refused(ann.ask(method, f"{base}/tasks/{task}{below}", {"status": "done"}), 409)
    assert native(ann, task)["status"] == "todo"
