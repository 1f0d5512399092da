"""X-Forwarded-For counts for as many proxies as are set, and for nothing else."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from config import Config
from tests.api.test_throttling import LOGIN
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

PROXY = "10.0.0.1"
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "666",
}

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def behind(config: Config, world: World, log: BytesIO) -> Callable[[int], Client]:
    """An application behind so many proxies."""

    def client(hops: int) -> Client:
        settings = replace(config, trusted_proxies=hops, rate_limit_anonymous=3)
        return Client(create_app(settings, world, log_to=log))

    return client


def ask(client: Client, *entries: str, path: str = "/docs") -> int:
    sent = {"X-Forwarded-For": ", ".join(entries)} if entries else {}
    return client.get(path, headers=sent, environ_base={"REMOTE_ADDR": PROXY}).status


@pytest.mark.parametrize(
    ("hops", "entries", "address"),
    [
        (0, [], PROXY),
        (0, ["6.6.6.6"], PROXY),
        (1, [], PROXY),
        (1, ["1.2.3.4"], "1.2.3.4"),
        (1, ["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        (2, ["1.2.3.4"], PROXY),
        (2, ["6.6.6.6", "1.2.3.4", "10.0.0.2"], "1.2.3.4"),
        (1, ["2001:db8::1"], "2001:db8::1"),
        (1, ["::ffff:1.2.3.4"], "1.2.3.4"),
        (1, ["<script>\x1b[31m"], "unknown"),
        (1, ["1" * 10_000], "unknown"),
    ],
)
def test_the_log_has_the_address_that_the_last_trusted_proxy_saw(
    behind: Callable[[int], Client], log_lines: Lines, hops: int, entries: list[str], address: str
) -> None:
    assert ask(behind(hops), *entries) == 200
    assert log_lines()[-1]["address"] == address


@pytest.mark.parametrize("hops", [0, 1])
def test_a_forged_entry_does_not_change_what_counts(
    behind: Callable[[int], Client], hops: int
) -> None:
    client = behind(hops)
    mine = ["1.2.3.4"] * hops
    found = [ask(client, f"6.6.6.{n}", *mine) for n in range(5)]
    assert found == [200] * 3 + [429] * 2


def test_a_forged_address_gives_no_more_guesses(client: Client) -> None:
    body = {"email": "ann@example.com", "password": "wrong"}
    for n in range(LOGIN.both + 1):
        sent = {**FORGED, "X-Forwarded-For": f"6.6.6.{n}"}
        reply = client.post("/api/auth/login", body, headers=sent)
    assert reply.status == 429


def test_nothing_that_is_forged_comes_back(client: Client, log: BytesIO) -> None:
    for path in ("/docs", "/openapi.json", "/api/nowhere"):
        reply = client.get(path, headers=FORGED)
        told = reply.body + str(reply.headers).encode() + log.getvalue()
        assert not [word for word in (b"evil", b"6.6.6.6", b"gopher") if word in told]
