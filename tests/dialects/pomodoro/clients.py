"""What tests of the dialect `pomodoro` say again and again."""

import json
from http.cookies import SimpleCookie
from typing import Any

from tests.people import PASSWORD, Client, Reply

P = "/pomodoro"
TASKS, CATEGORIES = f"{P}/api/tasks", f"{P}/api/categories"
REGISTER, LOGIN = f"{P}/auth/register", f"{P}/auth/login"
REFRESH, LOGOUT = f"{P}/auth/refresh", f"{P}/auth/logout"
COOKIE = "refresh_token"
ANN = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}
KEYS = {
    "task_id",
    "name",
    "description",
    "pomodoro_count",
    "category_id",
    "owner_id",
    "created_at",
    "updated_at",
}
# What a client may send where a text belongs, and where a whole number does
NO_TEXTS: tuple[Any, ...] = (1, True, {"$ne": None}, ["x"], {})
NO_NUMBERS: tuple[Any, ...] = ("3", 1.5, True, {"$gt": 0}, [1], 2**63, -(2**63) - 1, 10**40)


def register(client: Client, **other: Any) -> Reply:
    return client.post(REGISTER, {**ANN, **other})


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Reply:
    return client.post(LOGIN, data={"username": username, "password": password, **more})


def refresh(client: Client, token: str | None) -> Reply:
    headers = {"Cookie": f"{COOKIE}={token}"} if token is not None else {}
    return client.post(REFRESH, headers=headers)


def cookie(reply: Reply, name: str = COOKIE) -> Any:
    """The one cookie of an answer, with its attributes."""
    (line,) = reply.headers.getlist("Set-Cookie")
    found: SimpleCookie = SimpleCookie(line)
    return found[name]


def sent(client: Client, method: str, path: str, body: Any) -> Reply:
    """A request whose numbers may be of any length."""
    return client.ask(method, path, data=json.dumps(body), content_type="application/json")


def make(client: Client, name: str = "write", **other: Any) -> dict[str, Any]:
    """A new task, as it was answered."""
    reply = client.post(TASKS, {"name": name, "pomodoro_count": 3, "category_id": 1, **other})
    assert reply.status == 201, reply
    task: dict[str, Any] = reply.json
    return task


def names(client: Client, query: str = "") -> list[str]:
    reply = client.get(TASKS + query)
    assert reply.status == 200, reply
    return [task["name"] for task in reply.json]


def refused(reply: Reply, status: int, detail: str) -> None:
    """The answer has this text for its whole body."""
    assert (reply.status, reply.json) == (status, {"detail": detail}), reply.body[:400]
    assert reply.headers["Content-Type"] == "application/json"


def invalid(reply: Reply, *loc: str) -> dict[str, Any]:
    """The answer is a 422 with a list, one item of which is of this place; answers that."""
    assert reply.status == 422, reply.body[:400]
    for item in reply.json["detail"]:
        assert {"type", "loc", "msg", "input"} <= item.keys()
    found = [item for item in reply.json["detail"] if item["loc"] == list(loc)]
    assert found, reply.json
    item: dict[str, Any] = found[0]
    return item
