"""Pomodoro FastAPI: logging in by a form, and the access token."""

from dataclasses import replace

import pytest

from config import Config
from tests.conftest import Clock
from tests.dialects.pomodoro.clients import (
    COOKIE,
    LOGIN,
    TASKS,
    P,
    cookie,
    invalid,
    log_in,
    refresh,
    refused,
    register,
)
from tests.people import PASSWORD, Client
from tracker import create_app
from tracker.core.tries import RULES
from tracker.services.world import World
from tracker.store import Store, accounts

# logging in


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@example.com", "Ann@Example.com"])
@pytest.mark.parametrize("path", [LOGIN, f"{P}/login", f"{LOGIN}/"])
def test_one_logs_in_by_address_or_user_name(client: Client, name: str, path: str) -> None:
    register(client)
    reply = client.post(path, data={"username": name, "password": PASSWORD})
    assert reply.status == 200
    assert reply.json.keys() == {"access_token", "token_type"}
    assert reply.json["token_type"] == "bearer"
    assert client.with_token(reply.json["access_token"]).get(TASKS).status == 200
    assert cookie(reply).value not in reply.body.decode()


@pytest.mark.parametrize("password", ["pass\0word", "  blanks  ", "a+b%20&c=d;e", "пароль 12"])
def test_a_password_may_hold_any_characters(client: Client, password: str) -> None:
    assert register(client, password=password).status == 201
    assert log_in(client, "ann", password).status == 200
    refused(log_in(client, "ann", password[:-1]), 401, "Invalid credentials")


def test_a_form_of_oauth_logs_in(client: Client) -> None:
    register(client)
    more = {"grant_type": "password", "scope": "", "client_id": "x", "client_secret": "y"}
    assert log_in(client, "ann", **more).status == 200


def test_json_does_not_log_in(client: Client) -> None:
    register(client)
    assert client.post(LOGIN, {"username": "ann", "password": PASSWORD}).status == 422


@pytest.mark.parametrize("field", ["username", "password"])
def test_a_form_without_a_field_is_refused(client: Client, field: str) -> None:
    form = {"username": "ann", "password": PASSWORD}
    del form[field]
    assert invalid(client.post(LOGIN, data=form), "body", field)["type"] == "missing"
    invalid(client.post(LOGIN), "body", field)


def test_nobody_learns_who_is_known(client: Client) -> None:
    register(client)
    wrong = [log_in(client, "ann", "wrong"), log_in(client, "ann@example.com", "")]
    for reply in [*wrong, log_in(client, "nobody"), log_in(client, "nobody@example.com")]:
        refused(reply, 401, "Invalid credentials")


def test_nobody_stands_in_the_way_by_taking_an_address_for_a_name(client: Client) -> None:
    register(client)
    register(client, username="ann@example.com", email="eve@example.com", password="other one")
    assert log_in(client, "ann@example.com").status == 200
    refused(log_in(client, "ann@example.com", "other one"), 401, "Invalid credentials")


def test_who_is_disabled_stays_outside(client: Client, store: Store) -> None:
    reply = register(client)
    user = accounts.find_by_email(store, "ann@example.com")
    assert user
    accounts.change(store, user["_id"], {"state": "disabled"})
    refused(log_in(client, "ann"), 401, "Invalid credentials")
    refused(client.with_token(reply.json["access_token"]).get(TASKS), 401, "Invalid token")
    refused(refresh(client, cookie(reply).value), 401, "Invalid token")


def test_too_many_tries_are_held_back(client: Client) -> None:
    register(client)
    for _ in range(RULES["login"].both):
        refused(log_in(client, "ann", "wrong"), 401, "Invalid credentials")
    reply = log_in(client, "ann")
    assert reply.status == 429
    assert isinstance(reply.json["detail"], str)
    assert int(reply.headers["Retry-After"]) > 0


def test_an_account_of_another_door_logs_in_here(client: Client) -> None:
    client.as_("bob")
    assert log_in(client, "bob").status == 200
    assert log_in(client, "bob@example.com").status == 200


def test_an_account_of_this_door_logs_in_natively(client: Client) -> None:
    register(client)
    body = {"email": "ann@example.com", "password": PASSWORD}
    assert client.post("/api/auth/login", body).status == 200


# the access token


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x.y.z", "Basic eDp5", "zz", "Bearer  "])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_good_token_there_are_no_tasks(client: Client, sent: str, method: str) -> None:
    reply = client.ask(method, TASKS, headers={"Authorization": sent} if sent else {})
    refused(reply, 401, "Invalid token")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_the_access_token_lives_a_quarter_of_an_hour(client: Client, clock: Clock) -> None:
    ann = client.with_token(register(client).json["access_token"])
    clock.advance(minutes=14, seconds=59)
    assert ann.get(TASKS).status == 200
    clock.advance(seconds=1)
    refused(ann.get(TASKS), 401, "Invalid token")


def test_the_access_token_lives_as_long_as_the_setting_says(
    config: Config, world: World, clock: Clock
) -> None:
    client = Client(create_app(replace(config, access_token_minutes=60), world))
    first = register(client)
    replies = (first, log_in(client, "ann"), refresh(client, cookie(first).value))
    clock.advance(minutes=59)
    for reply in replies:
        assert client.with_token(reply.json["access_token"]).get(TASKS).status == 200
    clock.advance(minutes=1)
    for reply in replies:
        refused(client.with_token(reply.json["access_token"]).get(TASKS), 401, "Invalid token")


def test_it_goes_in_the_header_alone(client: Client) -> None:
    reply = register(client)
    sent = {"Cookie": f"{COOKIE}={cookie(reply).value}; token={reply.json['access_token']}"}
    refused(client.get(TASKS, headers=sent), 401, "Invalid token")
