"""API диспетчера задач: access tokens, and the one refresh token of a log-in."""

from dataclasses import replace

from flask import Flask

from config import Config
from tests.conftest import Clock
from tests.dialects.dispatcher.clients import (
    BAD,
    BOTH,
    PASSWORD,
    invalid,
    log_in,
    refused,
    register,
)
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

ASKED = [
    ("GET", "/tasks/"), ("POST", "/tasks/"), ("GET", "/tasks/1"), ("PUT", "/tasks/1"),
    ("DELETE", "/tasks/1"), ("POST", "/auth/logout"),
]  # fmt: skip

pytestmark = BOTH


# refreshing


def test_a_refresh_token_survives_its_use(client: Client, base: str, clock: Clock) -> None:
    register(client, base)
    token = {"refresh_token": log_in(client, base)["refresh_token"]}
    for _ in range(4):
        clock.advance(minutes=14)
        reply = client.post(f"{base}/auth/refresh", token)
        assert reply.status == 200
        assert set(reply.json) == {"access_token", "token_type"}
        assert client.with_token(reply.json["access_token"]).get(f"{base}/tasks/").status == 200


def test_a_refresh_token_ends_a_month_after_the_log_in(
    client: Client, base: str, clock: Clock
) -> None:
    register(client, base)
    token = {"refresh_token": log_in(client, base)["refresh_token"]}
    clock.advance(days=29)
    assert client.post(f"{base}/auth/refresh", token).status == 200
    clock.advance(days=1, minutes=1)
    refused(client.post(f"{base}/auth/refresh", token), 401, "Invalid token")


def test_an_access_token_is_no_refresh_token(client: Client, base: str) -> None:
    ann = register(client, base)
    for token in ("x", ann.token, "a.b.c", "ё"):
        reply = client.post(f"{base}/auth/refresh", {"refresh_token": token})
        refused(reply, 401, "Invalid token")


def test_a_refresh_token_is_a_text(client: Client, base: str) -> None:
    for value in [*BAD, None, ""]:
        invalid(
            client.post(f"{base}/auth/refresh", {"refresh_token": value}), "body", "refresh_token"
        )


# asking


def test_who_shows_no_good_token_is_nobody(client: Client, base: str) -> None:
    for method, path in ASKED:
        body = {"title": "x"} if method in {"POST", "PUT"} else None
        for header in (None, "", "Bearer", "Bearer x", "Basic YTpi", "x", "Bearer ё"):
            headers = {} if header is None else {"Authorization": header}
            reply = client.ask(method, base + path, body, headers=headers)
            refused(reply, 401, "Not authenticated")
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_is_no_credential_here(client: Client, base: str) -> None:
    ann = register(client, base)
    cookies = {"Cookie": f"tracker_access={ann.token}; token={ann.token}"}
    refused(client.get(f"{base}/tasks/", headers=cookies), 401, "Not authenticated")


def test_access_tokens_live_a_quarter_of_an_hour(client: Client, base: str, clock: Clock) -> None:
    ann = register(client, base)
    logged_in = client.with_token(log_in(client, base)["access_token"])
    clock.advance(minutes=15)
    for one in (ann, logged_in):
        refused(one.get(f"{base}/tasks/"), 401, "Not authenticated")


def test_access_tokens_live_as_long_as_the_setting_says(
    config: Config, world: World, base: str, clock: Clock
) -> None:
    client = Client(create_app(replace(config, access_token_minutes=60), world))
    registered, tokens = register(client, base), log_in(client, base)
    shown = {"refresh_token": tokens["refresh_token"]}
    refreshed = client.post(f"{base}/auth/refresh", shown).json["access_token"]
    all_three = (registered.token, tokens["access_token"], refreshed)
    clock.advance(minutes=59)
    for token in all_three:
        assert client.with_token(token).get(f"{base}/tasks/").status == 200
    clock.advance(minutes=1)
    for token in all_three:
        refused(client.with_token(token).get(f"{base}/tasks/"), 401, "Not authenticated")


def test_a_refresh_token_is_no_access_token(client: Client, base: str) -> None:
    register(client, base)
    token = log_in(client, base)["refresh_token"]
    refused(client.with_token(token).get(f"{base}/tasks/"), 401, "Not authenticated")


# ending


def test_logging_out_ends_both_tokens(client: Client, base: str) -> None:
    register(client, base)
    tokens = log_in(client, base)
    ann = client.with_token(tokens["access_token"])
    reply = ann.post(f"{base}/auth/logout")
    assert (reply.status, reply.body) == (204, b"")
    refused(ann.get(f"{base}/tasks/"), 401, "Not authenticated")
    reply = client.post(f"{base}/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    refused(reply, 401, "Invalid token")


def test_a_new_password_ends_the_refresh_token(client: Client, base: str) -> None:
    ann = register(client, base)
    token = {"refresh_token": log_in(client, base)["refresh_token"]}
    body = {"current_password": PASSWORD, "new_password": "another-pass-2"}
    assert ann.post("/api/auth/password/change", body).status == 204
    refused(client.post(f"{base}/auth/refresh", token), 401, "Invalid token")


def test_logging_out_leaves_other_sessions(client: Client, base: str) -> None:
    register(client, base)
    one, other = log_in(client, base), log_in(client, base)
    client.with_token(one["access_token"]).post(f"{base}/auth/logout")
    assert client.with_token(other["access_token"]).get(f"{base}/tasks/").status == 200
    shown = {"refresh_token": other["refresh_token"]}
    assert client.post(f"{base}/auth/refresh", shown).status == 200


def test_shutting_an_account_ends_every_token(client: Client, base: str, app: Flask) -> None:
    ann = register(client, base)
    shown = {"refresh_token": log_in(client, base)["refresh_token"]}
    app.extensions["world"].store.db.users.update_many({}, {"$set": {"state": "disabled"}})
    refused(ann.get(f"{base}/tasks/"), 401, "Not authenticated")
    refused(client.post(f"{base}/auth/refresh", shown), 401, "Invalid token")


def test_an_api_token_reaches_tasks_and_has_no_session_to_end(client: Client, base: str) -> None:
    ann = register(client, base)
    made = ann.post("/api/auth/tokens", {"name": "x", "scopes": ["tasks:read"]}).json
    script = client.with_token(made["token"])
    assert script.get(f"{base}/tasks/").json == []
    refused(script.post(f"{base}/tasks/", {"title": "x"}), 403)
    refused(script.post(f"{base}/auth/logout"), 403)
