"""Sessions: opened by logging in, shown, ended; what has ended is refused with the next request."""

from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.api.asking import NOWHERE, OPERATORS, refused
from tests.api.log_ins import LOGOUT, ME, SESSIONS, lives, log_in, refresh
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tracker import create_app
from tracker.errors import Unauthenticated
from tracker.services import sessions
from tracker.services.world import World
from tracker.store import Store
from tracker.web import grants
from tracker.web.tokens import tokens

DAYS_30 = 43_200 * 60


def sid(reply: Any, client: Client) -> str:
    """The id of the session that an answer opened."""
    found = client.with_token(reply.json["access_token"]).get(SESSIONS).json["sessions"]
    return str(next(one["id"] for one in found if one["current"]))


@pytest.mark.parametrize("name", ["ann", "ANN", "\uff21nn"])
def test_one_logs_in_by_user_name(client: Client, name: str) -> None:
    user = client.as_("ann").me
    reply = client.post("/api/auth/login", {"username": name, "password": PASSWORD})
    assert (reply.status, reply.json["user"]["id"]) == (200, user["id"])


def test_an_unknown_user_name_and_a_wrong_password_get_the_same_401(client: Client) -> None:
    client.as_("ann")
    replies = [
        client.post("/api/auth/login", {"username": name, "password": "wrong word"})
        for name in ("ann", "nobody", "ann@example.com")
    ]
    assert len({reply.body for reply in replies}) == 1
    assert refused(replies[0], 401)["detail"] == "Invalid email or password"


@pytest.mark.parametrize(
    "named", [{}, {"email": "ann@example.com", "username": "ann"}, {"username": ""}]
)
def test_a_log_in_takes_one_name(client: Client, named: dict[str, str]) -> None:
    refused(client.post("/api/auth/login", {**named, "password": PASSWORD}), 422)


@pytest.mark.parametrize("field", ["username", "refresh", "cookie"])
def test_what_is_no_plain_value_is_refused(client: Client, field: str) -> None:
    client.as_("ann")
    for value in OPERATORS:
        body = {"email": "ann@example.com", "password": PASSWORD, field: value}
        body.pop("email") if field == "username" else None
        refused(client.post("/api/auth/login", body), 422, f"/{field}")


def test_registering_opens_a_session_too(client: Client) -> None:
    (only,) = client.as_("ann").get(SESSIONS).json["sessions"]
    assert only["current"]


def test_who_does_not_ask_for_a_refresh_token_gets_none(client: Client, clock: Clock) -> None:
    reply = log_in(client)
    assert {*reply.json} == {"access_token", "token_type", "expires_in", "user"}
    assert reply.json["expires_in"] == 1_440 * 60
    clock.advance(minutes=1_440, seconds=-1)
    assert lives(client, reply.json["access_token"])
    clock.advance(seconds=1)
    assert not lives(client, reply.json["access_token"])


@pytest.mark.parametrize("way", ["register", "login"])
def test_who_asks_for_one_gets_it_and_a_short_access_token(
    client: Client, clock: Clock, way: str
) -> None:
    person = {"email": "bob@example.com", "password": PASSWORD}
    named = {"username": "bob", "full_name": "Bob"} if way == "register" else {}
    client.as_("bob") if way == "login" else None
    reply = client.post(f"/api/auth/{way}", {**person, **named, "refresh": True})
    assert reply.json["expires_in"] == 900
    clock.advance(minutes=15)
    assert not lives(client, reply.json["access_token"])
    assert refresh(client, reply.json["refresh_token"]).status == 200


def test_sessions_show_where_one_is_logged_in(client: Client, clock: Clock) -> None:
    ann = client.as_("ann")
    clock.advance(hours=1)
    headers = {"User-Agent": "Phone\x1b " + "x" * 300}
    body = {"email": "ann@example.com", "password": PASSWORD, "refresh": True}
    client.post("/api/auth/login", body, headers=headers, environ_base={"REMOTE_ADDR": "1.2.3.4"})
    phone, first = ann.get(SESSIONS).json["sessions"]
    assert {*phone} == {
        "id", "device", "address", "created_at", "seen_at", "expires_at", "current",
    }  # fmt: skip
    assert phone["device"] == "Phone " + "x" * 194
    assert (phone["address"], phone["current"], first["current"]) == ("1.2.3.4", False, True)
    assert phone["created_at"] == phone["seen_at"] == "2026-03-04T06:06:07.891000Z"
    assert phone["expires_at"] == "2026-04-03T06:06:07.891000Z"
    assert first["expires_at"] == "2026-03-05T05:06:07.891000Z"


def test_when_a_session_was_seen_is_kept_to_a_minute(client: Client, clock: Clock) -> None:
    ann = client.as_("ann")
    clock.advance(seconds=59)
    ann.get(ME)
    assert ann.get(SESSIONS).json["sessions"][0]["seen_at"] == "2026-03-04T05:06:07.891000Z"
    clock.advance(seconds=1)
    ann.get(ME)
    assert ann.get(SESSIONS).json["sessions"][0]["seen_at"] == "2026-03-04T05:07:07.891000Z"


def test_nothing_that_lets_in_is_kept_or_shown(client: Client, store: Store) -> None:
    reply = log_in(client, refresh=True)
    secrets = (reply.json["access_token"], reply.json["refresh_token"].rpartition(".")[2])
    listed = client.as_("ann").get(SESSIONS).body.decode()
    kept = str(list(store.db.sessions.find({})))
    assert [secret for secret in secrets if secret in listed + kept] == []


def test_logging_out_ends_the_session_and_no_other(client: Client) -> None:
    here, there = log_in(client, refresh=True).json, log_in(client, refresh=True).json
    assert client.with_token(here["access_token"]).post(LOGOUT).status == 204
    refused(client.with_token(here["access_token"]).get(ME), 401)
    refused(refresh(client, here["refresh_token"]), 401)
    assert lives(client, there["access_token"])
    refused(client.with_token(here["access_token"]).post(LOGOUT), 401)


def test_logging_out_everywhere_ends_all_of_ones_own(client: Client) -> None:
    replies = [client.as_("ann").token or "", *(log_in(client).json["access_token"] for _ in "ab")]
    bob = client.as_("bob").token or ""
    assert client.with_token(replies[1]).post(f"{LOGOUT}?all=true").status == 204
    assert [lives(client, token) for token in replies] == [False] * 3
    assert lives(client, bob)


@pytest.mark.parametrize("query", ["?all=yes", "?all=", "?everywhere=true"])
def test_a_log_out_is_not_guessed_at(client: Client, query: str) -> None:
    refused(client.as_("ann").post(LOGOUT + query), 422)
    assert client.as_("ann").get(ME).status == 200


def test_one_session_is_ended_from_another(client: Client) -> None:
    lost = log_in(client, refresh=True)
    ann = client.as_("ann")
    assert ann.delete(f"{SESSIONS}/{sid(lost, client)}").status == 204
    assert not lives(client, lost.json["access_token"])
    refused(refresh(client, lost.json["refresh_token"]), 401)
    assert ann.get(ME).status == 200


def test_a_session_of_somebody_else_is_not_there(client: Client) -> None:
    bob = client.as_("bob").get(SESSIONS).json["sessions"][0]["id"]
    for session in (bob, NOWHERE):
        problem = refused(client.as_("ann").delete(f"{SESSIONS}/{session}"), 404)
        assert problem["detail"] == "Session not found"
    refused(client.as_("ann").delete(f"{SESSIONS}/x"), 422)
    assert client.as_("bob").get(ME).status == 200


def test_what_one_process_ends_is_refused_by_another_that_had_it_in_use(
    client: Client, config: Config, world: World
) -> None:
    """A token is remembered as genuine; that its session lives is not."""
    elsewhere = Client(create_app(config, world))
    token = log_in(client).json["access_token"]
    assert lives(elsewhere, token)
    client.with_token(token).post(LOGOUT)
    assert not lives(elsewhere, token)


@pytest.mark.parametrize("state", ["disabled", "unconfirmed", "deleting"])
def test_who_may_not_come_in_cannot_refresh_either(
    client: Client, store: Store, state: str
) -> None:
    reply = log_in(client, refresh=True)
    store.db.users.update_one({}, {"$set": {"state": state}})
    refused(client.with_token(reply.json["access_token"]).get(ME), 401)
    refused(refresh(client, reply.json["refresh_token"]), 401)


def test_a_session_that_expired_is_refused_though_it_is_still_stored(
    client: Client, clock: Clock, store: Store
) -> None:
    reply = log_in(client, refresh=True)
    clock.advance(seconds=DAYS_30)
    refused(refresh(client, reply.json["refresh_token"]), 401)
    assert store.db.sessions.count_documents({"refresh": {"$exists": True}}) == 1


def test_a_token_in_the_session_of_somebody_else_gets_401(client: Client, store: Store) -> None:
    bob = client.as_("bob").get(SESSIONS).json["sessions"][0]["id"]
    ann = client.as_("ann").me["id"]
    session = store.db.sessions.find_one({"user": ann})
    assert session
    with client.app.test_request_context():
        mixed = tokens().issue({**session, "_id": bob}).text
    assert not lives(client, mixed)


def test_a_password_that_changes_during_a_log_in_opens_no_session(
    client: Client, store: Store, world: World
) -> None:
    """The log-in has compared the old one; the change has ended all sessions; then it goes on."""
    ann = store.db.users.find_one({"_id": client.as_("ann").me["id"]})
    store.db.users.update_one({}, {"$set": {"password": "another"}})
    sessions.end_all(world, ann["_id"])
    with client.app.test_request_context(), pytest.raises(Unauthenticated):
        grants.refreshable(ann)
    assert store.db.sessions.count_documents({}) == 0


def test_the_life_of_refresh_tokens_is_a_setting(
    config: Config, world: World, clock: Clock
) -> None:
    client = Client(create_app(replace(config, refresh_token_minutes=10), world))
    reply = log_in(client, refresh=True)
    assert reply.json["expires_in"] == 600
    clock.advance(minutes=9)
    reply = refresh(client, reply.json["refresh_token"])
    assert reply.json["expires_in"] == 60
    clock.advance(minutes=1)
    refused(refresh(client, reply.json["refresh_token"]), 401)


def test_no_answer_about_sessions_is_stored_on_the_way(client: Client) -> None:
    reply = log_in(client, refresh=True)
    answers = [reply, refresh(client, reply.json["refresh_token"]), refresh(client, "x")]
    answers += [client.as_("ann").get(SESSIONS), client.as_("ann").post(LOGOUT)]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
