"""Headers that stand on every answer, and what CORS lets through."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from config import Config
from tests.people import Client, Reply
from tracker import create_app
from tracker.services.world import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
LINE = "time level event method route status ms request_id user address"
GOOD = "https://good.example"


def answers(app: Flask, client: Client) -> list[Reply]:
    """One answer of each rule and method, and of each refusal that comes before a view."""
    routes = [
        client.ask(method, rule.rule.replace("<name>", "swagger-ui.css").replace("<task_id>", "x"))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
    ]
    large = client.post("/api/auth/login", {"email": "x" * 2_000_000})
    refused = [client.get("/nope"), client.ask("TRACE", "/api/health"), client.delete("/docs")]
    return [*routes, large, *refused]


def test_every_answer_carries_the_headers(app: Flask, client: Client) -> None:
    for reply in answers(app, client):
        assert {name: reply.headers.get(name) for name in ALWAYS} == ALWAYS
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Vary"] == "Origin"
        assert reply.headers["X-Request-Id"]
        assert "Server" not in reply.headers


def test_the_api_allows_pages_nothing_and_is_not_stored(client: Client) -> None:
    for path in ("/api/health", "/api/auth/me", "/api/nope"):
        reply = client.get(path)
        assert reply.headers["Content-Security-Policy"] == STRICT
        assert reply.headers["Cache-Control"] == "no-store"


def test_only_production_demands_https(client: Client, config: Config, world: World) -> None:
    production = Client(create_app(replace(config, environment="production"), world))
    assert "Strict-Transport-Security" not in client.get("/api/health").headers
    assert production.get("/api/nope").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_listed_origin_may_read_and_send_credentials(client: Client) -> None:
    for path in ("/api/health", "/api/nope"):
        headers = client.get(path, headers={"Origin": GOOD}).headers
        assert headers["Access-Control-Allow-Origin"] == GOOD
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert "ETag" in headers["Access-Control-Expose-Headers"]


def test_a_preflight_is_answered_without_a_token(client: Client) -> None:
    asked = {"Origin": GOOD, "Access-Control-Request-Method": "PUT"}
    reply = client.ask("OPTIONS", "/api/auth/me", headers=asked)
    methods = reply.headers["Access-Control-Allow-Methods"].split(", ")
    headers = reply.headers["Access-Control-Allow-Headers"].split(", ")
    assert reply.status == 200
    assert {"PUT", "PATCH", "DELETE"} <= set(methods)
    assert {"Authorization", "If-Match"} <= set(headers)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://good.example",
        "https://good.example.evil",
        "https://evilgood.example",
        "https://good.example:444",
        "https://GOOD.example",
        "https://good.example/",
        "*",
        "",
    ],
)
def test_every_other_origin_is_told_nothing(client: Client, origin: str) -> None:
    headers = client.get("/api/health", headers={"Origin": origin}).headers
    assert not [name for name, _ in headers if name.startswith("Access-Control")]
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize("given", ["abc", "A-1_b.c:d", "x" * 128])
def test_a_harmless_request_id_comes_back(client: Client, given: str) -> None:
    reply = client.get("/api/health", headers={"X-Request-Id": given})
    assert reply.headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a\u00e9", '"}', "a\x1b[31m", "<script>"])
def test_any_other_request_id_is_replaced(client: Client, given: str) -> None:
    found = client.get("/api/health", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert found != given
    assert len(found) == 36


def test_a_request_is_one_log_line_without_secrets(
    client: Client, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    ann = client.as_("ann")
    ann.get("/api/auth/me?token=canary%0a%1b[31m", headers={"X-Request-Id": "mine"})
    line = log_lines()[-1]
    assert set(line) == {*LINE.split()}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/auth/me", 422)
    assert (line["request_id"], line["user"]) == ("mine", ann.me["id"])


def test_no_secret_reaches_the_log(client: Client, log: Any) -> None:
    ann = client.as_("ann")
    ann.put("/api/auth/me", {"full_name": "x\ncanary\x1b[31m"})
    client.post("/api/auth/login", {"email": "ann@example.com", "password": "correct horse"})
    text = log.getvalue().decode()
    for secret in ("canary", "correct horse", str(ann.token), "ann@", "argon2"):
        assert secret not in text
    assert text.count('"event":"request"') == 3
