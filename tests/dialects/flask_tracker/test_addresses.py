"""Flask Task Tracker: its addresses, and its words where nothing else helps."""

from dataclasses import replace
from itertools import product

import pymongo
import pytest

from config import Config
from tests.dialects.flask_tracker.clients import BOTH, NOWHERE, PASSWORD, add, refused, sign_up
from tests.people import Client
from tracker import create_app
from tracker.services.world import World
from tracker.store import assemble

pytestmark = BOTH


def test_both_spellings_answer_directly(client: Client, base: str) -> None:
    """At the root `/tasks` with the slash is another dialect's."""
    ann = sign_up(client, base)
    task = f"/tasks/{add(ann, base)}"
    asked = [("GET", "/users/get_user", None, 403), ("PUT", task, {"summary": "x"}, 200),
        ("PATCH", f"{task}/status", {"status": "x"}, 200), ("POST", "/login", {}, 400),
        ("GET", "/scheduler/scheduler_jobs", None, 200),
        *([("GET", "/tasks", None, 200)] if base else [])]  # fmt: skip
    for (method, path, body, status), slash in product(asked, ("", "/")):
        assert ann.ask(method, base + path + slash, body).status == status, path + slash


def test_unknown_addresses_and_methods_are_refused_in_its_words(client: Client, base: str) -> None:
    for path in ("/users/nothing", "/users", "/scheduler", f"/tasks/{NOWHERE}/nothing"):
        refused(client.get(base + path), 404, "Not Found")
    for method, path in (("DELETE", "/users/login"), ("POST", "/"), ("GET", "/register")):
        reply = client.ask(method, base + path)
        refused(reply, 405, "Method Not Allowed")
        assert "OPTIONS" in reply.headers["Allow"]


@pytest.mark.parametrize("path", ["/users/signup", "/register", "/users/login", "/login",
    "/users/change_password", "/users/forget_password"])  # fmt: skip
def test_what_is_not_json_is_415_and_what_cannot_be_read_400(
    client: Client, base: str, path: str
) -> None:
    refused(client.post(base + path, data="x", content_type="text/plain"), 415)
    refused(client.post(base + path, data={"email": "x"}), 415)
    for data in (b"{", b"", b"[]", b"null", b'{"a":NaN}', b'{"a":' * 300 + b"1" + b"}" * 300):
        refused(client.post(base + path, data=data, content_type="application/json"), 400)


def test_a_body_beyond_the_limit_is_413(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    body = {"summary": "x", "description": "x" * 1_100_000}
    refused(ann.post(f"{base}/tasks/add_task", body), 413)


def test_who_asks_too_often_is_told_so_in_its_words(
    config: Config, world: World, base: str
) -> None:
    client = Client(create_app(replace(config, rate_limit_anonymous=1), world))
    assert client.get(f"{base}/").status == 200
    reply = client.get(f"{base}/")
    refused(reply, 429)
    assert int(reply.headers["Retry-After"]) > 0


def test_a_database_that_is_away_is_503(config: Config, world: World, base: str) -> None:
    nowhere = pymongo.MongoClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=1)
    with nowhere:
        away = assemble(nowhere["away"], patience=0.1)
        client = Client(create_app(config, replace(world, store=away)))
        body = {"email": "ann@example.com", "password": PASSWORD}
        reply = client.post(f"{base}/users/login", body)
    refused(reply, 503)
    assert int(reply.headers["Retry-After"]) > 0
