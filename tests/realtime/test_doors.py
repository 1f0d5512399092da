"""Who is let in: by what they show, from which page, and only where there is room."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from config import Config
from tests.api.asking import refused
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tracker import create_app
from tracker.core.scopes import ACCOUNT, TASKS_READ
from tracker.services.world import World
from tracker.store import Store

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
OURS, FOREIGN = {"Origin": "http://localhost"}, {"Origin": "https://evil.example"}
# the test client has no socket to switch: who was let in comes to this
LET_IN = 500


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def knock(client: Client, path: str = "/ws", **headers: str) -> Reply:
    """A handshake with what the client has for a token, or with these headers."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers={**HANDSHAKE, **sent})


def listen(client: Client, query: str = "", **headers: str) -> int:
    """The status of a request for the stream, which is hung up on at once."""
    sent = {"Authorization": f"Bearer {client.token}"} if client.token else {}
    asked = client.app.test_client(use_cookies=False)
    with asked.get(f"/api/events{query}", headers={**sent, **headers}) as response:
        return response.status_code


def ticket(client: Client) -> str:
    made = client.post("/api/auth/ticket")
    assert (made.status, made.json["expires_in"]) == (201, 30)
    shown: str = made.json["ticket"]
    return shown


def with_scopes(client: Client, *scopes: str) -> Client:
    made = client.post("/api/auth/tokens", {"name": "t", "scopes": list(scopes)})
    return client.with_token(made.json["token"])


def cookie(client: Client, name: str) -> str:
    body = {"email": f"{name}@example.com", "password": PASSWORD, "cookie": True}
    found = client.post("/api/auth/login", body).headers.getlist("Set-Cookie")
    return "; ".join(one.partition(";")[0] for one in found)


# WebSockets


def test_a_token_in_the_path_is_let_in(ann: Client) -> None:
    assert knock(ann.with_token(None), f"/ws/{ann.token}").status == LET_IN


def test_a_ticket_is_let_in_once(ann: Client) -> None:
    shown, nobody = ticket(ann), ann.with_token(None)
    assert knock(nobody, f"/ws?ticket={shown}").status == LET_IN
    refused(knock(nobody, f"/ws?ticket={shown}"), 403)


def test_a_ticket_is_good_for_half_a_minute(ann: Client, clock: Clock) -> None:
    early, late = ticket(ann), ticket(ann)
    clock.advance(seconds=29)
    assert knock(ann.with_token(None), f"/ws?ticket={early}").status == LET_IN
    clock.advance(seconds=1)
    refused(knock(ann.with_token(None), f"/ws?ticket={late}"), 403)


def test_a_ticket_ends_with_its_session(ann: Client) -> None:
    shown = ticket(ann)
    assert ann.post("/api/auth/logout").status == 204
    refused(knock(ann.with_token(None), f"/ws?ticket={shown}"), 403)


def test_no_ticket_is_kept_as_it_is_shown(ann: Client, store: Store) -> None:
    shown = ticket(ann)
    (kept,) = store.db.one_time_tokens.find({"purpose": "live"})
    assert shown not in str(kept)


def test_an_api_token_gets_no_ticket(ann: Client) -> None:
    refused(with_scopes(ann, TASKS_READ, ACCOUNT).post("/api/auth/ticket"), 403)


def test_a_header_is_let_in(ann: Client) -> None:
    assert knock(ann).status == LET_IN
    assert knock(with_scopes(ann, TASKS_READ)).status == LET_IN
    refused(knock(with_scopes(ann, ACCOUNT)), 403)


@pytest.mark.parametrize("path", ["/ws", "/ws/x.y.z", "/ws/trk_x", "/ws?ticket=x", "/ws/%00"])
def test_nobody_is_refused_with_403_as_taskhub_does(client: Client, path: str) -> None:
    problem = refused(knock(client, path), 403)
    assert problem["instance"] in {"/ws", "/ws/*"}


def test_whom_the_token_no_longer_knows_is_refused(ann: Client, store: Store) -> None:
    path = f"/ws/{ann.token}"
    store.db.users.update_one({"username": "ann"}, {"$set": {"state": "disabled"}})
    assert refused(knock(ann.with_token(None), path), 403)["instance"] == "/ws/*"


def test_cookies_are_let_in_from_a_page_of_ours_alone(ann: Client) -> None:
    shown, nobody = cookie(ann, "ann"), ann.with_token(None)
    assert knock(nobody, Cookie=shown, **OURS).status == LET_IN
    refused(knock(nobody, Cookie=shown, **FOREIGN), 403)
    refused(knock(nobody, Cookie=shown), 403)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
def test_a_foreign_page_is_refused_whatever_it_shows(ann: Client, origin: str) -> None:
    refused(knock(ann.with_token(None), f"/ws/{ann.token}", Origin=origin), 403)
    refused(knock(ann, Origin=origin), 403)
    assert listen(ann, Origin=origin) == 403


def test_pages_that_may_call_are_let_in(ann: Client, config: Config, world: World) -> None:
    assert knock(ann, Origin="https://good.example").status == LET_IN
    published = create_app(replace(config, public_url="https://ours.example"), world)
    assert knock(Client(published, ann.token), Origin="https://ours.example").status == LET_IN


@pytest.mark.parametrize(
    "spoiled",
    [
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Version": "12"},
        {"Connection": "keep-alive"},
        {"Upgrade": "h2c"},
    ],
)
def test_what_is_no_handshake_is_never_a_fault_of_ours(
    ann: Client, spoiled: dict[str, str]
) -> None:
    """What only the server's socket would tell is seen in test_embedded."""
    reply = ann.get("/ws", headers={**HANDSHAKE, **spoiled})
    assert reply.status in {400, LET_IN}
    assert (reply.status == 400) == ("Connection" in spoiled or "Upgrade" in spoiled)


# the stream


def test_the_stream_is_told_to_who_shows_who_they_are(ann: Client) -> None:
    assert listen(ann) == 200
    assert listen(ann.with_token(None), f"?ticket={ticket(ann)}") == 200
    assert listen(ann.with_token(None), Cookie=cookie(ann, "ann")) == 200
    assert listen(with_scopes(ann, TASKS_READ)) == 200


def test_the_stream_is_told_to_nobody_else(ann: Client) -> None:
    nobody = ann.with_token(None)
    assert listen(nobody) == 401
    assert listen(nobody, "?ticket=x") == 401
    assert listen(with_scopes(ann, ACCOUNT)) == 403
    assert listen(nobody, Cookie=cookie(ann, "ann"), **FOREIGN) == 403
    assert listen(nobody, f"?token={ann.token}") == 401


def test_a_client_that_takes_no_stream_is_told_so(ann: Client) -> None:
    assert listen(ann, Accept="application/json") == 406
    assert listen(ann, Accept="text/event-stream") == 200


def test_asking_for_the_head_alone_holds_nothing_open(ann: Client, app: Flask) -> None:
    reply = ann.ask("HEAD", "/api/events")
    assert (reply.status, reply.headers["Content-Type"]) == (
        200,
        "text/event-stream; charset=utf-8",
    )
    assert app.extensions["live"].count == 0


# room


@pytest.fixture
def small(config: Config, world: World) -> Callable[[int | None], Client]:
    """ann's client of an application that may hold so many connections."""

    def make(sockets: int | None) -> Client:
        return Client(create_app(replace(config, live_sockets=sockets), world)).as_("ann")

    return make


def test_where_there_is_no_room_one_is_told_to_come_again(
    small: Callable[[int | None], Client],
) -> None:
    ann = small(1)
    with ann.app.test_client().get("/api/events", headers=_bearer(ann)) as first:
        assert first.status_code == 200
        for reply in (knock(ann), ann.get("/api/events")):
            problem = refused(reply, 503)
            assert int(reply.headers["Retry-After"]) > 0
            assert "No room" in problem["detail"]
    assert listen(ann) == 200


def test_a_process_that_holds_none_says_who_does(small: Callable[[int | None], Client]) -> None:
    problem = refused(knock(small(0)), 503)
    assert "realtime" in problem["detail"]


@pytest.mark.parametrize(
    ("given", "sockets"),
    [
        ({}, 32),
        ({"mongodb_uri": "mongodb://x/y"}, 32),
        ({"mongodb_uri": "mongodb://x/y", "redis_url": "redis://x"}, 0),
        ({"mongodb_uri": "mongodb://x/y", "redis_url": "redis://x", "live_sockets": 7}, 7),
        ({"live_sockets": 0}, 0),
    ],
)
def test_a_web_process_holds_few_and_none_beside_a_worker(
    given: dict[str, Any], sockets: int
) -> None:
    assert Config(**given).sockets == sockets


def test_one_person_has_ten_at_most(ann: Client) -> None:
    open_ones = [ann.app.test_client().get("/api/events", headers=_bearer(ann)) for _ in range(10)]
    refused(knock(ann), 429)
    assert listen(ann.as_("bob")) == 200
    open_ones.pop().close()
    assert listen(ann) == 200
    for one in open_ones:
        one.close()


def test_tries_count_as_requests_do(config: Config, world: World) -> None:
    """For the person, once that is known; else for the address."""
    app = create_app(replace(config, rate_limit_anonymous=3, rate_limit_user=2), world)
    nobody = Client(app)
    ann = nobody.as_("ann")
    assert [knock(ann).status for _ in range(3)] == [LET_IN, LET_IN, 429]
    assert [knock(nobody, "/ws/x").status for _ in range(3)] == [403, 403, 429]


def test_no_token_and_no_ticket_is_logged(
    ann: Client, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    shown = ticket(ann)
    knock(ann.with_token(None), f"/ws/{ann.token}")
    knock(ann.with_token(None), f"/ws?ticket={shown}")
    ann.get(f"/ws/{ann.token}")  # no handshake
    listen(ann.with_token(None), f"?ticket={ticket(ann)}")
    told = str(log_lines())
    assert "/ws/<token>" in told
    assert str(ann.token) not in told
    assert shown not in told


def test_the_proof_is_good_as_long_as_the_token(ann: Client, clock: Clock, app: Flask) -> None:
    """15 minutes for a client that refreshes, though its session lives on."""
    body = {"email": "ann@example.com", "password": PASSWORD, "refresh": True}
    short = ann.with_token(ann.post("/api/auth/login", body).json["access_token"])
    with short.app.test_client().get("/api/events", headers=_bearer(short)):
        (line,) = app.extensions["live"].lines()
    assert line.proof.ends_at == clock.now.replace(microsecond=0) + timedelta(minutes=15)
    with short.app.test_client().get(f"/api/events?ticket={ticket(short)}"):
        (line,) = app.extensions["live"].lines()
    assert line.proof.ends_at > clock.now + timedelta(days=20)


def _bearer(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}
