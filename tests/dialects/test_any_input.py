"""Whatever is sent to a dialect, it is answered in its words, and is no fault of ours."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any, NamedTuple

import jwt
import pytest
from flask import Flask
from werkzeug.routing import Rule

from config import Config
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tracker.dialects.operations import Declared

KEY = "a key of the bot alone, longer than 32 bytes"
NAMES = {"email": "ann@example.com", "username": "ann", "full_name": "Ann", "tg_name": "ann"}
# JSON of every type, and what servers fall over
VALUES = (
    "null", "true", "-1", "1.5", "1" + "0" * 40, '""', '"x\\u0000"',
    '"0001-01-01T00:00:00+14:00"', '"%s"' % ("x" * 20_000), '["x"]', '{"$ne": null}',
)  # fmt: skip
UNREADABLE = (
    b"", b"null", b'"x"', b"[" * 20_000, b'{"a":' * 20_000, b"\xff\xfe{\x00}\x00",
    b'{"title": "\\ud800"}', b'{"a": 1, "a": 2}', b"x" * 1_100_000,
)  # fmt: skip
IDS = (
    "0", "-1", "007", "9" * 18, "9" * 5_000, "1.5", "x", "%00", "%ff", "%D9%A3", "a%2Fb",
    "01890000-0000-7000-8000-000000000000",
)  # fmt: skip
QUERIES = ("", "0", "1", "9" * 40, "x", "%00", "%ff", "x" * 3_000)
REPEATED = f"{'9' * 40}=1&{'9' * 40}=2"
WORDS = ({"detail"}, {"error", "message"})
# what would be taken, so that one wrong field is all that is wrong
GOOD: dict[str, Any] = {
    "title": "t", "summary": "t", "name": "t", "description": "d", "creation_date": "2026-03-01",
    "deadline": "2099-01-01", "pomodoro_count": 1, "category_id": 1, "password": "a new one",
    "newPassword": "another one", "oldPassword": "wrong", "current_password": "wrong",
    "new_password": "another one", "refresh_token": "x", "type": "daily", "username": "bob",
    "email": "bob@example.com", "tg_name": "bob",
}  # fmt: skip


class Door(NamedTuple):
    """A method of a resource, the rules that lead to it, and what it takes."""

    method: str
    rules: list[Rule]
    declared: Declared

    @property
    def dialect(self) -> str:
        return self.rules[0].endpoint.partition(".")[0].removeprefix("as_")


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=None, mytracker_bot_secret=KEY)


def test_whatever_is_sent_is_answered_in_the_words_of_the_door(
    client: Client, clock: Clock
) -> None:
    assert client.post("/api/auth/register", {**NAMES, "password": PASSWORD}).status == 201
    asked = set()
    for door in doors(client.app):
        clock.advance(minutes=61)  # so that nobody is held back
        ann, headers = logged_in(client, clock, door)
        task = ann.post("/api/tasks", {"title": "t"}).json
        right = str(task["number"]) if door.declared.number else task["id"]
        for rule, (path, rest) in zip(cycle(door.rules), requests(door), strict=False):
            where = re.sub(r"<[^>]*>", path or right, rule.rule) + rest.pop("query", "")
            method, more = rest.pop("method", door.method), rest.pop("headers", {})
            reply = client.ask(method, where, headers={**headers, **more}, **rest)
            in_its_words(door, reply, (method, where[:99], str(rest)[:99]))
            asked.add((rule.rule, door.method))
    assert asked == {
        (rule.rule, method)
        for rule in filter(is_theirs, client.app.url_map.iter_rules())
        for method in {*(rule.methods or ())} - {"HEAD", "OPTIONS"}
    }


def doors(app: Flask) -> Iterator[Door]:
    """Every method of every dialect, once, with all its rules."""
    found: dict[tuple[Any, str, str], list[Rule]] = {}
    for rule in filter(is_theirs, app.url_map.iter_rules()):
        view: Any = app.view_functions[rule.endpoint]
        resource = view.view_class
        arguments = ",".join(rule.arguments)
        for method in resource.methods:
            found.setdefault((resource, method, arguments), []).append(rule)
    for (resource, method, _), rules in found.items():
        yield Door(method, rules, getattr(resource, method.lower()).operation)


def is_theirs(rule: Rule) -> bool:
    return bool(rule.endpoint.startswith("as_"))


def logged_in(client: Client, clock: Clock, door: Door) -> tuple[Client, dict[str, str]]:
    """Somebody, and what says at this door who they are: for the later bot a token of its own."""
    body = {"username": "ann", "password": PASSWORD}
    token = client.post("/api/auth/login", body).json["access_token"]
    claims = {"tg_name": "ann", "exp": clock.now.timestamp() + 5}
    cookie = jwt.encode(claims, KEY) if "v1" in door.dialect else token
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"token={cookie}"}
    return client.with_token(token), headers


def requests(door: Door) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """What stands in the path, None for what is there, and the rest as a test client takes it."""
    declared = door.declared
    for method in ("HEAD", "OPTIONS", "TRACE"):
        yield None, {"method": method}
    for accept in ("text/html", ";;;,q=x"):
        yield None, {"headers": {"Accept": accept}, **sent(declared, {})}
    for query in (REPEATED, "%ff=%ff&&=="):
        yield None, {"query": f"?{query}"}
    for path in IDS if door.rules[0].arguments else ():
        yield path, sent(declared, {})
    for schema in filter(None, (declared.query, declared.asked)):
        for name in keys(schema):
            yield None, {"query": f"?{name}=1&{name}=1"}
            for value in QUERIES:
                yield None, {"query": f"?{name}={value}"}
    if declared.body:
        for name in keys(declared.body):
            for value in VALUES:
                yield None, sent(declared, {name: value})
        for data in UNREADABLE:
            yield None, {"data": data, "content_type": "application/json"}
        yield None, {"data": b"{}", "content_type": "text/plain"}


def sent(declared: Declared, wrong: dict[str, str]) -> dict[str, Any]:
    """A body that would be taken, but for some fields; these are JSON already."""
    if declared.body is None:
        return {}
    good = {name: json.dumps(GOOD[name]) for name in keys(declared.body) if name in GOOD}
    if declared.form:
        return {"data": {**good, **wrong}}
    pairs = (f'"{name}": {value}' for name, value in {**good, **wrong}.items())
    return {"data": f"{{{', '.join(pairs)}}}", "content_type": "application/json"}


def keys(schema: Any) -> list[str]:
    return [field.data_key or name for name, field in schema.fields.items()]


def in_its_words(door: Door, reply: Reply, about: Any) -> None:
    assert reply.status < 500, (door, about, reply)
    is_page = reply.headers["Content-Type"].startswith("text/html")
    if reply.status < 400 or is_page or about[0] == "HEAD":
        return
    assert reply.headers["Content-Type"] == "application/json", (door, about, reply)
    mine = WORDS["flask" in door.dialect]
    # of two dialects: whose an id is, its kind says
    speak = WORDS if about[1].startswith("/tasks") else (mine,)
    assert any(words <= reply.json.keys() for words in speak), (door, about, reply)
    kind = list if reply.status == 422 else str
    assert isinstance(reply.json.get("detail", kind()), kind), (door, about, reply)
