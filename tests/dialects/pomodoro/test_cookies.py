"""Pomodoro FastAPI: the refresh cookie, and logging out."""

from dataclasses import replace

import pytest

from config import Config
from tests.conftest import Clock
from tests.dialects.pomodoro.clients import (
    COOKIE,
    LOGOUT,
    REFRESH,
    TASKS,
    P,
    cookie,
    log_in,
    refresh,
    refused,
    register,
)
from tests.people import PASSWORD, Client
from tracker import create_app
from tracker.services.world import World

# the refresh cookie


def test_the_cookie_is_for_this_door_and_no_script(client: Client, config: Config) -> None:
    first, second = register(client), log_in(client, "ann")
    for reply in (first, second, refresh(client, cookie(second).value)):
        found = cookie(reply)
        assert (found["path"], found["samesite"], found["httponly"]) == (P, "Lax", True)
        assert int(found["max-age"]) == config.refresh_token_minutes * 60
        assert not found["secure"]
        assert not found["domain"]
        assert found.value not in reply.body.decode()


def test_the_cookie_is_secure_in_production(config: Config, world: World) -> None:
    strict = replace(config, environment="production", public_url="https://x.example.org")
    reply = register(Client(create_app(strict, world)))
    assert cookie(reply)["secure"]


def test_the_cookie_has_the_name_that_is_set(config: Config, world: World) -> None:
    client = Client(create_app(replace(config, refresh_cookie="rt"), world))
    token = cookie(register(client), "rt").value
    assert client.post(REFRESH, headers={"Cookie": f"rt={token}"}).status == 200
    refused(refresh(client, token), 401, "Invalid token")


@pytest.mark.parametrize("path", [REFRESH, f"{P}/refresh", f"{REFRESH}/"])
def test_refreshing_answers_new_tokens(client: Client, clock: Clock, path: str) -> None:
    first = register(client)
    clock.advance(minutes=1)
    reply = client.post(path, headers={"Cookie": f"{COOKIE}={cookie(first).value}"})
    assert reply.status == 200
    assert reply.json.keys() == {"access_token", "token_type"}
    assert cookie(reply).value != cookie(first).value
    assert int(cookie(reply)["max-age"]) == int(cookie(first)["max-age"]) - 60
    assert client.with_token(reply.json["access_token"]).get(TASKS).status == 200


def test_a_lost_answer_is_given_again(client: Client, clock: Clock) -> None:
    token = cookie(register(client)).value
    once = refresh(client, token)
    clock.advance(seconds=10)
    again = refresh(client, token)
    assert again.status == 200
    assert cookie(again).value == cookie(once).value


def test_an_old_cookie_ends_the_session(client: Client, clock: Clock) -> None:
    first = register(client)
    second = refresh(client, cookie(first).value)
    clock.advance(seconds=11)
    refused(refresh(client, cookie(first).value), 401, "Invalid token")
    refused(refresh(client, cookie(second).value), 401, "Invalid token")
    refused(client.with_token(second.json["access_token"]).get(TASKS), 401, "Invalid token")


def test_a_cookie_ends_with_its_session(client: Client, clock: Clock, config: Config) -> None:
    token = cookie(register(client)).value
    clock.advance(minutes=config.refresh_token_minutes)
    refused(refresh(client, token), 401, "Invalid token")


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "0" * 5000])
def test_no_cookie_of_ours_refreshes_nothing(client: Client, token: str | None) -> None:
    refused(refresh(client, token), 401, "Invalid token")


def test_an_access_token_does_not_refresh(client: Client) -> None:
    refused(refresh(client, register(client).json["access_token"]), 401, "Invalid token")


def test_a_new_password_ends_the_cookie(client: Client) -> None:
    first, second = register(client), log_in(client, "ann")
    body = {"current_password": PASSWORD, "new_password": "another one"}
    ann = client.with_token(first.json["access_token"])
    assert ann.post("/api/auth/password/change", body).status == 204
    refused(refresh(client, cookie(second).value), 401, "Invalid token")


# logging out


@pytest.mark.parametrize("path", [LOGOUT, f"{P}/logout"])
def test_logging_out_ends_both_tokens(client: Client, path: str) -> None:
    reply = register(client)
    ann = client.with_token(reply.json["access_token"])
    out = ann.post(path)
    assert (out.status, out.body) == (204, b"")
    gone = cookie(out)
    assert (gone.value, gone["path"], gone["max-age"]) == ("", P, "0")
    refused(ann.get(TASKS), 401, "Invalid token")
    refused(refresh(client, cookie(reply).value), 401, "Invalid token")
    refused(ann.post(path), 401, "Invalid token")


def test_logging_out_leaves_other_sessions(client: Client) -> None:
    reply, other = register(client), log_in(client, "ann")
    client.with_token(reply.json["access_token"]).post(LOGOUT)
    assert client.with_token(other.json["access_token"]).get(TASKS).status == 200


def test_without_a_session_nobody_logs_out(client: Client) -> None:
    ann = client.with_token(register(client).json["access_token"])
    for sent in ({}, {"Authorization": "Bearer x"}):
        refused(client.post(LOGOUT, headers=sent), 401, "Invalid token")
    made = ann.post("/api/auth/tokens", {"name": "x", "scopes": ["tasks:read"]}).json
    reply = client.with_token(made["token"]).post(LOGOUT)
    assert (reply.status, {*reply.json}) == (403, {"detail"})
    assert ann.get(TASKS).status == 200
