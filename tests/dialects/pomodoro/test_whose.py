"""Pomodoro FastAPI: whose a task is, and what other doors made of it."""

import pytest

from tests.api import asking
from tests.dialects.pomodoro.clients import (
    TASKS,
    invalid,
    make,
    refused,
)
from tests.people import Client
from tracker.store import Store

# whose a task is


@pytest.mark.parametrize("number", ["999999999", "0", "-1", str(2**63), "9" * 400])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_is_not_there_is_not_found(ann: Client, method: str, number: str) -> None:
    body = {"name": "x"} if method == "PATCH" else None
    refused(ann.ask(method, f"{TASKS}/{number}", body), 404, "Task not found")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("task_id", ["abc", "1.5", "1e3", "٣", "%00", "1'--", asking.NOWHERE])
def test_an_id_is_a_whole_number(ann: Client, method: str, task_id: str) -> None:
    body = {"name": "x"} if method == "PATCH" else None
    invalid(ann.ask(method, f"{TASKS}/{task_id}", body), "path", "task_id")


def test_a_task_of_somebody_else_is_not_there(client: Client, store: Store) -> None:
    path = f"{TASKS}/{make(client.as_('ann'))['task_id']}"
    bob = client.as_("bob")
    with asking.unchanged(store):
        refused(bob.get(path), 404, "Task not found")
        refused(bob.patch(path, {"name": "mine"}), 404, "Task not found")
        refused(bob.delete(path), 404, "Task not found")


def test_a_member_without_the_right_is_told_so(client: Client, store: Store) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    task = asking.make(ann, "shared")
    body = {"user": bob.me["id"], "role": "viewer"}
    ann.put(f"/api/tasks/{task['id']}/members", body)
    path = f"{TASKS}/{task['number']}"
    assert bob.get(path).json["owner_id"] == ann.me["number"]
    with asking.unchanged(store):
        for reply in (bob.patch(path, {"name": "mine"}), bob.delete(path)):
            assert reply.status == 403
            assert isinstance(reply.json["detail"], str)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_without_a_token_there_is_no_task(client: Client, ann: Client, method: str) -> None:
    path = f"{TASKS}/{make(ann)['task_id']}"
    refused(client.ask(method, path), 401, "Invalid token")


# what other doors made


def test_longer_texts_are_shown_in_full(ann: Client) -> None:
    task = asking.make(ann, "t" * 255, description="d" * 10_000)
    shown = ann.get(f"{TASKS}/{task['number']}").json
    assert (len(shown["name"]), len(shown["description"])) == (255, 10_000)
    changed = ann.patch(f"{TASKS}/{task['number']}", {"description": "short"}).json
    assert (len(changed["name"]), changed["description"]) == (255, "short")


def test_a_task_of_this_door_is_an_ordinary_one(ann: Client) -> None:
    task = make(ann, description="d")
    (native,) = ann.get("/api/tasks").json["tasks"]
    assert (native["number"], native["title"]) == (task["task_id"], "write")
    assert (native["parent_id"], native["status"]) == (None, "todo")
    ann.patch(f"/api/tasks/{native['id']}", {"title": "other", "description": None})
    shown = ann.get(f"{TASKS}/{task['task_id']}").json
    assert (shown["name"], shown["description"]) == ("other", None)
