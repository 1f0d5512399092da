"""Errors: one form (RFC 9457), the right status, no secret told. TESTING is off here."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_restful import Resource
from marshmallow import ValidationError
from werkzeug.exceptions import NotImplemented as NotBuilt

from tests.people import Client
from tracker import errors
from tracker.web import rest
from tracker.web.principal import public

RAISED: dict[str, tuple[Exception, int]] = {
    "unauthenticated": (errors.Unauthenticated(), 401),
    "forbidden": (errors.Forbidden(), 403),
    "not-found": (errors.NotFound("Task not found"), 404),
    "invalid": (errors.Invalid(errors.Fault("/title", "Too long")), 422),
    "too-large": (errors.TooLarge(errors.Fault("", "Too deep")), 422),
    "malformed": (errors.Malformed(), 400),
    "conflict": (errors.Conflict("Subtasks are open", open=["a", "b"]), 409),
    "busy": (errors.Busy(), 409),
    "taken": (errors.Taken(), 400),
    "stale": (errors.Stale(current="n0-1"), 412),
    "unavailable": (errors.Unavailable(), 503),
    "not-built": (NotBuilt(), 501),
    "unexpected": (RuntimeError("the secret is 42"), 500),
    "validation": (ValidationError({"password": "the secret is 42"}), 500),
    "reserved": (errors.Conflict("Not yours", status=200, type="x", detail_of="y"), 409),
}


class Raising(Resource):
    @public
    def get(self, kind: str) -> None:
        raise RAISED[kind][0]


@pytest.fixture
def client(app: Flask) -> Client:
    rest.mount(app, "raising", "/raise", [("/<kind>", Raising)])
    return Client(app)


@pytest.mark.parametrize("kind", RAISED)
def test_every_error_is_a_problem(client: Client, kind: str) -> None:
    reply = client.get(f"/raise/{kind}")
    assert reply.status == reply.json["status"] == RAISED[kind][1]
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance"} <= set(reply.json)
    assert (reply.json["type"], reply.json["instance"]) == ("about:blank", f"/raise/{kind}")
    assert isinstance(reply.json["detail"], str)


def test_a_fault_tells_its_pointer(client: Client) -> None:
    reply = client.get("/raise/invalid")
    assert reply.json["errors"] == [{"pointer": "/title", "detail": "Too long"}]
    assert reply.json["detail"] == "Too long"


def test_what_an_error_carries_is_told_beside_it(client: Client) -> None:
    assert client.get("/raise/conflict").json["open"] == ["a", "b"]
    assert client.get("/raise/stale").json["current"] == "n0-1"


@pytest.mark.parametrize("kind", ["busy", "unavailable"])
def test_what_may_be_tried_again_says_when(client: Client, kind: str) -> None:
    assert int(client.get(f"/raise/{kind}").headers["Retry-After"]) >= 1


@pytest.mark.parametrize("kind", ["unexpected", "validation"])
def test_an_unexpected_fault_is_told_to_the_log_alone(
    client: Client, log_lines: Callable[[], list[dict[str, Any]]], kind: str
) -> None:
    reply = client.get(f"/raise/{kind}")
    assert reply.status == 500
    assert b"secret" not in reply.body
    line = log_lines()[-1]
    assert (line["level"], line["event"], line["status"]) == ("error", "fault", 500)
    assert "the secret is 42" in line["exception"]
    assert line["request_id"] == reply.headers["X-Request-Id"]


def test_an_unknown_address_and_a_wrong_method_have_taskhubs_texts(client: Client) -> None:
    unknown, wrong = client.get("/api/nope"), client.delete("/api/health")
    assert (unknown.status, unknown.json["detail"]) == (404, "Not Found")
    assert (wrong.status, wrong.json["detail"]) == (405, "Method Not Allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
