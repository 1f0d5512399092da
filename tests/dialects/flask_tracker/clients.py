"""What the tests of Flask Task Tracker say again and again: sign up, log in, be refused. Each runs
at the root and below the prefix: `pytestmark = BOTH`.
"""

from typing import Any

import pytest

from tests.people import Client, Reply
from tracker.services.world import World

PASSWORD = "test@123"
BAD: list[Any] = [{"$gt": ""}, {}, [], ["x"], [{"$ne": None}], 1, 1.5, True]
NOWHERE = "01890000-0000-7000-8000-000000000000"
BOTH = pytest.mark.parametrize("base", ["", "/flask-tracker"])


def account(name: str = "ann", **other: Any) -> dict[str, Any]:
    """What one signs up with."""
    return {"username": name, "password": PASSWORD, "email": f"{name}@example.com", **other}


def sign_up(client: Client, base: str, name: str = "ann") -> Client:
    reply = client.post(f"{base}/users/signup", account(name))
    assert (reply.status, reply.json) == (201, {"message": "User added successfully"})
    return log_in(client, base, name)


def log_in(client: Client, base: str, name: str = "ann", password: str = PASSWORD) -> Client:
    body = {"email": f"{name}@example.com", "password": password}
    reply = client.post(f"{base}/users/login", body)
    assert reply.status == 200, reply
    assert set(reply.json) == {"token"}
    return client.with_token(reply.json["token"])


def make_admin(world: World, name: str) -> None:
    world.store.db.users.update_one({"username": name}, {"$set": {"role": "admin"}})


def add(ann: Client, base: str, **body: Any) -> str:
    reply = ann.post(f"{base}/tasks/add_task", {"summary": "s", **body})
    assert reply.status == 200, reply
    assert set(reply.json) == {"message", "task_id"}
    assert reply.json["message"] == "Task added"
    task_id: str = reply.json["task_id"]
    return task_id


def read(ann: Client, base: str, task: str) -> dict[str, Any]:
    reply = ann.get(f"{base}/tasks/get_task", query_string={"_id": task})
    assert reply.status == 200, reply
    found: dict[str, Any] = reply.json["task"]
    return found


def native(ann: Client, task: str) -> dict[str, Any]:
    """A task as our own API shows it."""
    found: dict[str, Any] = ann.get(f"/api/tasks/{task}").json
    return found


def share(owner: Client, task: str, other: Client, role: str = "viewer") -> None:
    reply = owner.put(f"/api/tasks/{task}/members", {"user": other.me["id"], "role": role})
    assert reply.status == 200, reply


def summaries(ann: Client, path: str) -> str:
    """The summaries of a list, in its order."""
    return "".join(task["summary"] for task in ann.get(path).json["tasks"])


def refused(reply: Reply, status: int, text: str | None = None, *, capital: bool = False) -> None:
    assert reply.status == status, (reply.status, reply.body[:300])
    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json) == {"error", "message", *(["Error"] if capital else [])}
    assert len({*reply.json.values()}) == 1
    if text:
        assert reply.json["error"] == text
