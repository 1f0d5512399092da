"""What it costs the database to know who asks, and an index for every query about sessions and
tokens.
"""

import io
from collections.abc import Callable
from typing import Any

import pytest
import uuid_utils

from config import Config
from tests.api.log_ins import LOGOUT, ME, REFRESH, SESSIONS, TOKENS, log_in, page, refresh
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tests.store.serving import is_served, queries
from tests.wire import Ear
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store

LOGIN = {"email": "ann@example.com", "password": PASSWORD, "refresh": True}


@pytest.fixture
def client(config: Config, wire_store: Store, clock: Clock, log: io.BytesIO) -> Client:
    world = World(wire_store, clock, lambda: str(uuid_utils.uuid7()))
    return Client(create_app(config, world, log_to=log)).as_("ann")


@pytest.fixture
def asked(ear: Ear) -> Callable[[Callable[[], Any]], list[str]]:
    """The commands that a deed sends, but for those that count tries."""

    def hear(deed: Callable[[], Any]) -> list[str]:
        ear.heard.clear()
        deed()
        names = [f"{body[name]}.{name}" for name, body in ear.heard]
        return [name for name in names if not name.startswith("throttles.")]

    return hear


Asked = Callable[[Callable[[], Any]], list[str]]


def test_who_asks_is_one_read_whatever_they_show(client: Client, asked: Asked) -> None:
    made = client.post(TOKENS, {"name": "x", "scopes": ["account"]}).json["token"]
    entered = page(log_in(client, cookie=True))
    nobody, script = client.with_token(None), client.with_token(made)
    script.get(ME)
    assert asked(lambda: client.get(ME)) == ["sessions.aggregate"]
    assert asked(lambda: nobody.get(ME, headers=entered)) == ["sessions.aggregate"]
    assert asked(lambda: script.get(ME)) == ["api_tokens.aggregate"]


def test_once_a_minute_it_is_noted_that_they_asked(
    client: Client, asked: Asked, clock: Clock
) -> None:
    clock.advance(minutes=1)
    assert asked(lambda: client.get(ME)) == ["sessions.aggregate", "sessions.update"]
    assert asked(lambda: client.get(ME)) == ["sessions.aggregate"]


def test_a_forged_token_costs_no_read(client: Client, asked: Asked) -> None:
    forged = [f"{client.token}x", "trk_x", "x"]
    assert asked(lambda: [client.with_token(token).get(ME) for token in forged]) == []
    assert asked(lambda: refresh(client, "x")) == []


def test_a_log_in_takes_three_and_a_refresh_two(client: Client, asked: Asked) -> None:
    nobody = client.with_token(None)
    came = asked(lambda: nobody.post("/api/auth/login", LOGIN))
    assert came == ["users.find", "sessions.insert", "users.find"]
    token = log_in(client, refresh=True).json["refresh_token"]
    assert asked(lambda: refresh(client, token)) == ["sessions.aggregate", "sessions.update"]
    assert asked(lambda: refresh(client, token)) == ["sessions.aggregate"]


def test_every_query_has_a_declared_index(client: Client, ear: Ear, clock: Clock) -> None:
    ear.heard.clear()
    _in_and_out(client, clock)
    unserved = [q for command in ear.heard for q in queries(command) if not is_served(*q)]
    heard = {f"{body[name]}.{name}" for name, body in ear.heard}
    assert unserved == []
    for collection in ("sessions", "api_tokens"):
        wanted = {f"{collection}.{name}" for name in ("find", "aggregate", "update", "delete")}
        assert wanted <= heard


def _in_and_out(ann: Client, clock: Clock) -> None:
    nobody = ann.with_token(None)
    by_name = {"username": "ann", "password": PASSWORD, "refresh": True}
    given = nobody.post("/api/auth/login", by_name).json
    for seconds in (0, 0, 11):
        clock.advance(seconds=seconds)
        nobody.post(REFRESH, {"refresh_token": given["refresh_token"]})
    made = ann.post(TOKENS, {"name": "x", "scopes": ["account"]}).json
    newest = ann.with_token(made["token"]).get(SESSIONS).json["sessions"][0]["id"]
    assert len(ann.get(TOKENS).json["tokens"]) == 1
    assert ann.delete(f"{TOKENS}/{made['id']}").status == 204
    for path in (LOGOUT, f"{LOGOUT}?all=true"):
        token = log_in(ann).json["access_token"]
        assert ann.with_token(token).post(path).status == 204
    assert log_in(ann, "bob").status == 200
    assert ann.as_("bob").delete(f"{SESSIONS}/{newest}").status == 404
