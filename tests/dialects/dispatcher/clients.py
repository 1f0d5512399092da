"""What tests of the dialect `dispatcher` say again and again. Each runs at the root and below the
prefix: `pytestmark = BOTH`.
"""

from typing import Any

import pytest

from tests.people import Client, Reply

PASSWORD = "walk-pass-1"
BAD = [{"$ne": None}, {}, [], ["x"], 1, 1.5, True]
BOTH = pytest.mark.parametrize("base", ["", "/dispatcher"])
HUGE = "9" * 5000


def register(client: Client, base: str, name: str = "ann") -> Client:
    reply = client.post(f"{base}/auth/register", {"username": name, "password": PASSWORD})
    assert reply.status == 201, reply
    assert set(reply.json) == {"access_token", "token_type"}
    assert reply.json["token_type"] == "bearer"
    return client.with_token(reply.json["access_token"])


def log_in(client: Client, base: str, name: str = "ann") -> dict[str, Any]:
    reply = client.post(f"{base}/auth/login", {"username": name, "password": PASSWORD})
    assert reply.status == 200, reply
    tokens: dict[str, Any] = reply.json
    assert set(tokens) == {"access_token", "refresh_token", "token_type"}
    return tokens


def make(ann: Client, base: str, **body: Any) -> dict[str, Any]:
    reply = ann.post(f"{base}/tasks/", {"title": "x", **body})
    assert reply.status == 201, reply
    task: dict[str, Any] = reply.json
    return task


def refused(reply: Reply, status: int, text: str | None = None) -> Any:
    assert reply.status == status, (reply.status, reply.body[:300])
    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json) == {"detail"}
    if text:
        assert reply.json["detail"] == text
    return reply.json["detail"]


def invalid(reply: Reply, *loc: Any) -> None:
    found = refused(reply, 422)
    assert [*loc] in [one["loc"] for one in found], found
    assert all({"type", "loc", "msg", "input"} <= set(one) for one in found)
    assert PASSWORD not in reply.body.decode()
