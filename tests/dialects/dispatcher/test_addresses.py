"""API диспетчера задач: its addresses, and its words where nothing else helps."""

from itertools import product

from config import Config
from tests.dialects.dispatcher.clients import (
    BOTH,
    PASSWORD,
    invalid,
    make,
    refused,
    register,
)
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

JUNK = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"title": {"$ne": null}, "username": {"$gt": ""}, "password": {"$gt": ""}}',
    b'{"title": "\\u0000", "status": "\\u0000"}',
    b'{"title": "\\ud800"}',
    b'{"title": ' + b"9" * 5000 + b"}",
    b'{"title": "x", "title": "y"}',
    b"username=%00&password=%ff",
    b"\xff\xfe",
)
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "")

pytestmark = BOTH


def test_both_spellings_answer_directly(client: Client, base: str) -> None:
    """At the root `/tasks` without the slash is another dialect's."""
    ann = register(client, base)
    paths = ["/auth/login", "/auth/login/", "/tasks/"] + (["/tasks"] if base else [])
    for path in paths:
        body = {"username": "ann", "password": PASSWORD} if "auth" in path else None
        reply = ann.ask("POST" if body else "GET", base + path, body)
        assert reply.status == 200, path


def test_other_methods_are_refused_at_both_spellings(client: Client, base: str) -> None:
    ann = register(client, base)
    for path in ["/tasks/", "/tasks/1", "/tasks/1/", "/auth/login/"] + (["/tasks"] if base else []):
        reply = ann.patch(base + path, {})
        refused(reply, 405, "Method Not Allowed")
        assert "OPTIONS" in reply.headers["Allow"]


def test_an_id_that_is_no_number_is_422_below_the_prefix(client: Client, base: str) -> None:
    ann = register(client, base)
    for task_id in ("x", "1.5", "٣", "1e3", "01890000-0000-7000-8000-000000000000"):
        for method in ("GET", "PUT", "DELETE"):
            body = {"title": "x"} if method == "PUT" else None
            reply = ann.ask(method, f"/dispatcher/tasks/{task_id}", body)
            invalid(reply, "path", "task_id")


def test_at_the_root_an_id_that_is_no_number_is_nobodys(client: Client, base: str) -> None:
    ann = register(client, base)
    for task_id in ("x", "-1", "1.5", "٣"):
        refused(ann.get(f"/tasks/{task_id}"), 404, "Not Found")


def test_unknown_addresses_and_methods_are_refused_in_its_words(client: Client, base: str) -> None:
    refused(client.get(f"{base}/auth/nothing"), 404, "Not Found")
    reply = client.delete(f"{base}/auth/login")
    refused(reply, 405)
    assert "POST" in reply.headers["Allow"]


def test_a_body_beyond_the_limit_is_413(client: Client, base: str) -> None:
    ann = register(client, base)
    refused(ann.post(f"{base}/tasks/", {"title": "x", "description": "x" * 1_100_000}), 413)


def test_nothing_that_is_sent_ends_as_a_500(client: Client, base: str) -> None:
    """Far fewer tries than hold anybody back; the limits have tests of their own."""
    ann = register(client, base)
    task = f"/tasks/{make(ann, base)['id']}"
    paths = ("/auth/register", "/auth/login", "/auth/refresh", "/tasks/", task)
    for path, data, kind in product(paths, JUNK, KINDS):
        method = "PUT" if path == task else "POST"
        reply = ann.ask(method, base + path, data=data, content_type=kind or None)
        changed_nothing = (path, data, reply.status) == (task, b"{}", 200)
        assert changed_nothing or 400 <= reply.status < 500, (path, data, kind, reply)
        assert changed_nothing or "detail" in reply.json


def test_a_database_that_is_away_is_503(config: Config, away: World, base: str) -> None:
    body = {"username": "ann", "password": PASSWORD}
    reply = Client(create_app(config, away)).post(f"{base}/auth/login", body)
    refused(reply, 503)
    assert int(reply.headers["Retry-After"]) > 0
