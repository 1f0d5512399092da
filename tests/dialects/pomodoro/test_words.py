"""Pomodoro FastAPI: what it says where nothing helps, and that nothing sent to it is a 500."""

from itertools import product
from typing import Any

import pytest

from config import Config
from tests.dialects.pomodoro.clients import (
    ANN,
    LOGIN,
    LOGOUT,
    REFRESH,
    REGISTER,
    TASKS,
    P,
    make,
    refused,
)
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

JUNK: tuple[Any, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{}",
    b'{"name": {"$ne": null}, "username": {"$gt": ""}, "password": {"$gt": ""}}',
    b'{"name": "\\u0000", "pomodoro_count": 1e400, "category_id": -0.0}',
    b'{"name": "\\ud800", "pomodoro_count": 1, "category_id": 1}',
    b'{"category_id": ' + b"9" * 5000 + b"}",
    b"username=%00&password=%ff",
    b"username=x&password=y&username=z",
    b"\xff\xfe",
)
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "")


@pytest.mark.parametrize("path", [REGISTER, LOGIN])
def test_a_database_that_is_away_is_503(config: Config, away: World, path: str) -> None:
    sent = {"data": {**ANN}} if path == LOGIN else {"body": ANN}
    reply = Client(create_app(config, away)).post(path, **sent)
    refused(reply, 503, "Database error")
    assert int(reply.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", [REGISTER, LOGIN, REFRESH, LOGOUT, TASKS, "task"])
def test_nothing_that_is_sent_ends_as_a_500(client: Client, path: str) -> None:
    """Far fewer tries than hold anybody back; the limits have tests of their own."""
    ann = client.as_("ann")
    method = "PATCH" if path == "task" else "POST"
    path = f"{TASKS}/{make(ann)['task_id']}" if path == "task" else path
    asks = client if path == LOGOUT else ann
    for data, kind in product(JUNK, KINDS):
        reply = asks.ask(method, path, data=data, content_type=kind or None)
        changed_nothing = (method, data, reply.status) == ("PATCH", b"{}", 200)
        assert changed_nothing or 400 <= reply.status < 500, (data, kind, reply)
        assert changed_nothing or "detail" in reply.json


def test_a_user_is_never_answered_with_more_than_three_keys(client: Client) -> None:
    reply = client.post(REGISTER, ANN)
    assert reply.json["user"].keys() == {"user_id", "username", "email"}
    assert b"argon2" not in reply.body


# what is not served


@pytest.mark.parametrize("path", [P, f"{P}/", f"{P}/nothing", f"{P}/api", f"{TASKS}/1/x"])
def test_what_is_not_served_has_the_words_of_this_door(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 404
    assert reply.json.keys() == {"detail"}


def test_another_method_is_refused_with_those_that_are_served(client: Client) -> None:
    reply = client.put(TASKS, {})
    assert (reply.status, reply.json.keys()) == (405, {"detail"})
    assert "POST" in reply.headers["Allow"]


def test_nothing_of_this_door_is_at_the_root(client: Client, ann: Client) -> None:
    make(ann)
    assert "tasks" in ann.get("/api/tasks").json
    assert ann.post("/api/tasks", {"name": "write"}).status == 422
    assert client.get("/api/categories").status in {401, 404}
