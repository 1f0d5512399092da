"""Pomodoro FastAPI: registering."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.dialects.pomodoro.clients import (
    ANN,
    NO_TEXTS,
    REGISTER,
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
from tests.post import Box
from tracker import create_app
from tracker.services import sweeping
from tracker.services.world import World

# names and passwords


@pytest.mark.parametrize("path", [REGISTER, f"{P}/register", f"{REGISTER}/", f"{P}/register/"])
def test_who_registers_is_logged_in(client: Client, path: str) -> None:
    reply = client.post(path, ANN)
    assert reply.status == 201
    assert reply.json.keys() == {"user", "access_token", "token_type"}
    assert reply.json["token_type"] == "bearer"
    user = reply.json["user"]
    assert user == {"user_id": user["user_id"], "username": "ann", "email": "ann@example.com"}
    assert type(user["user_id"]) is int
    assert client.with_token(reply.json["access_token"]).get(TASKS).json == []
    assert refresh(client, cookie(reply).value).status == 200


def test_an_address_is_known_in_whatever_case(client: Client) -> None:
    register(client)
    again = register(client, username="other", email="ANN@example.com")
    refused(again, 409, "User with this email already exists")


def test_a_user_name_that_is_taken_is_not_called_an_address(client: Client) -> None:
    register(client)
    again = register(client, username="Ann", email="other@example.com")
    refused(again, 409, "User with this username already exists")


def test_where_both_are_taken_it_is_the_address(client: Client) -> None:
    register(client)
    refused(register(client), 409, "User with this email already exists")


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_a_field_of_another_type_is_refused(client: Client, field: str) -> None:
    for value in NO_TEXTS:
        invalid(register(client, **{field: value}), "body", field)


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_a_field_that_is_missing_is_refused(client: Client, field: str) -> None:
    body = {name: value for name, value in ANN.items() if name != field}
    assert invalid(client.post(REGISTER, body), "body", field)["type"] == "missing"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not-an-address"),
        ("email", ""),
        ("username", ""),
        ("username", "  "),
        ("username", "xx"),
        ("username", "a\nb"),
        ("username", "x" * 101),
        ("password", "x" * 7),
        ("password", "x" * 129),
    ],
)
def test_what_no_account_can_have_is_refused(client: Client, field: str, value: str) -> None:
    invalid(register(client, **{field: value}), "body", field)


@pytest.mark.parametrize("field", ["username", "password"])
def test_the_longest_and_the_shortest_are_taken(client: Client, field: str) -> None:
    bounds = {"username": (3, 100), "password": (8, 128)}
    for number, length in enumerate(bounds[field]):
        names = {"username": f"ann{number}", "email": f"ann{number}@example.com"}
        assert register(client, **{**names, field: "п" * length}).status == 201


def test_a_password_is_never_repeated(client: Client, log: Any) -> None:
    secret = "s3cr3t!"
    reply = register(client, password=secret)
    assert invalid(reply, "body", "password")["input"] is None
    assert secret not in reply.body.decode()
    log_in(client, "ann", f"{secret}-and-more")
    register(client, password=f"{secret}-and-more")
    assert secret not in log.getvalue().decode()


def test_other_keys_are_passed_over(client: Client) -> None:
    reply = register(client, role="admin", is_superuser=True)
    assert reply.status == 201
    token = reply.json["access_token"]
    assert client.with_token(token).get("/api/admin/users").status == 403


def test_a_form_does_not_register(client: Client) -> None:
    assert client.post(REGISTER, data=ANN).status == 422


# what else holds


def test_tokens_wait_with_who_must_confirm_an_address(
    config: Config, world: World, box: Box
) -> None:
    """Registering answers as ever, for clients read its keys; what it gave is good from then on."""
    client = Client(create_app(replace(config, require_confirmation=True), world))
    reply = register(client)
    assert (reply.status, {*reply.json}) == (201, {"user", "access_token", "token_type"})
    ann, token = client.with_token(reply.json["access_token"]), cookie(reply).value
    refused(log_in(client, "ann"), 401, "Invalid credentials")
    refused(ann.get(TASKS), 401, "Invalid token")
    refused(refresh(client, token), 401, "Invalid token")
    sweeping.run_jobs(world)
    assert client.post("/api/auth/email/confirm", {"token": box.token}).status == 204
    assert ann.get(TASKS).json == []
    assert refresh(client, token).status == 200
    assert log_in(client, "ann").status == 200


def test_a_listed_origin_may_read_with_its_cookie(client: Client) -> None:
    sent = {"Origin": "https://good.example"}
    reply = client.post(REGISTER, ANN, headers=sent)
    assert reply.headers["Access-Control-Allow-Origin"] == "https://good.example"
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"
    other = log_in(client, "ann")
    assert "Access-Control-Allow-Origin" not in other.headers


def test_what_is_sent_stands_in_no_log(
    client: Client, log_lines: Callable[[], list[dict[str, Any]]], log: Any
) -> None:
    reply = register(client)
    token = reply.json["access_token"]
    client.with_token(token).post(TASKS, {"name": "hush", "pomodoro_count": 1, "category_id": 0})
    assert log_lines()
    for secret in (PASSWORD, token, cookie(reply).value, "hush"):
        assert secret not in log.getvalue().decode()
