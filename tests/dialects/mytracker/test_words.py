"""MyTracker: how a refusal looks, and that nothing sent to either of its APIs is a 500."""

from dataclasses import replace
from itertools import product
from typing import Any

import jwt
import pytest
from flask import Flask

from config import Config
from tests.dialects.mytracker.bots import PASSWORD, Bot, refused
from tests.dialects.mytracker.later.bots import KEY
from tracker import create_app
from tracker.dialects import mounting
from tracker.dialects.mytracker import DIALECT
from tracker.errors import Unavailable
from tracker.services.world import World

JUNK: tuple[Any, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b'{"title": {"$ne": null}, "tg_name": {"$gt": ""}, "email": {"$gt": ""}, "password": {}}',
    b'{"title": "\\u0000", "tg_name": "\\u0000", "email": "\\u0000", "password": "\\u0000"}',
    b'{"title": "\\ud800", "tg_name": "\\ud800", "email": "\\ud800", "password": "\\ud800"}',
    b'{"title": 1e400, "deadline": NaN, "task_id": -0.0, "parent_id": true}',
    b'{"task_id": ' + b"9" * 5000 + b"}",
    b'{"title": "a", "title": "b"}',
    b"[" * 5000 + b"]" * 5000,
    b"email=x&password=y",
    b"\xff\xfe",
)
ASKED = {
    "/profile": (
        ("POST", "/request/registration"),
        ("POST", "/login"),
        ("POST", "/confirm/change_password/x"),
    ),
    "/bot": (
        ("POST", "/check_is_active"),
        ("POST", "/create_task"),
        ("PATCH", "/update_task/1"),
        ("PATCH", "/finish_task/999"),
        ("DELETE", "/delete_task/999"),
    ),
    "/v1": (
        ("POST", "/auth/register"),
        ("POST", "/tasks"),
        ("PATCH", "/tasks/1"),
        ("PATCH", "/tasks/999/finish"),
        ("PATCH", "/tasks/999/finish/force"),
        ("DELETE", "/tasks/999"),
    ),
}
KINDS = ("application/json", "application/x-www-form-urlencoded", "text/plain", "")


@pytest.fixture
def app(config: Config, world: World) -> Flask:
    return create_app(replace(config, mytracker_bot_secret=KEY), world)


def test_a_database_that_is_away_is_503(app: Flask) -> None:
    with app.test_request_context("/api/bot/my_tasks"):
        response = mounting.refuse([DIALECT], Unavailable())
    assert response.status_code == 503
    assert response.json == {"detail": Unavailable.detail}
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("base", ["/profile", "/bot", "/v1"])
def test_nothing_that_is_sent_ends_as_a_500(bot: Bot, base: str) -> None:
    """Only a PATCH of a task takes a body of nothing, and changes nothing by it."""
    ann = bot.logged_in()
    ann.made()
    if base == "/v1":
        ends = int(bot.world.clock().timestamp()) + 5
        ann.token = jwt.encode({"tg_name": "ann", "exp": ends}, KEY, "HS256")
    for (method, path), data, kind in product(ASKED[base], JUNK, KINDS):
        reply = ann.ask(method, base + path, data=data, content_type=kind or None)
        if (path, data, reply.status) != ("/update_task/1", b"", 200):
            assert 400 <= reply.status < 500, (path, data, kind, reply)
            assert reply.json.keys() == {"detail"}


def test_a_fault_says_what_is_wrong_where_and_what_was_sent_there(bot: Bot) -> None:
    faults = refused(bot.register(tg_name=5, first_name=["x"], password="short"), 422)
    said = {tuple(one["loc"]): (one["type"], one["input"]) for one in faults}
    assert said == {
        ("body", "tg_name"): ("string_type", 5),
        ("body", "first_name"): ("string_type", None),
        ("body", "password"): ("value_error", None),
    }
    (missing,) = refused(bot.post("/bot/check_is_active", {}), 422)
    assert (missing["type"], missing["loc"]) == ("missing", ["body", "tg_name"])
    ann = bot.logged_in()
    (number,) = refused(ann.get("/bot/my_task/abc"), 422)
    assert (number["type"], number["loc"]) == ("int_parsing", ["path", "task_id"])
    assert number["input"] == "abc"
    (page,) = refused(ann.get("/bot/my_tasks?page=0"), 422)
    assert (page["loc"], page["input"]) == (["query", "page"], "0")


def test_no_password_is_said_again(bot: Bot) -> None:
    ann = bot.logged_in()
    body = {"current_password": PASSWORD, "new_password": "tiny-77"}
    reply = ann.post("/profile/confirm/change_password/x", body)
    refused(reply, 422)
    assert b"tiny-77" not in reply.body
    assert PASSWORD.encode() not in reply.body


def test_a_method_that_is_not_there_is_405(bot: Bot) -> None:
    for method, path in (
        ("PUT", "/bot/my_tasks"),
        ("POST", "/bot/my_task/1"),
        ("GET", "/bot/create_task"),
        ("GET", "/bot/finish_task/1"),
        ("GET", "/profile/login"),
        ("PUT", "/v1/tasks"),
    ):
        reply = bot.ask(method, path)
        refused(reply, 405)
        assert "OPTIONS" in reply.headers["Allow"]
