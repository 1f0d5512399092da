"""Flask Task Tracker: signing up and logging in, as its contract has them."""

from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.api.test_twins import at_once
from tests.conftest import Clock
from tests.dialects.flask_tracker.clients import (
    BAD,
    BOTH,
    PASSWORD,
    account,
    log_in,
    refused,
    sign_up,
)
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

pytestmark = BOTH
by_both_names = pytest.mark.parametrize("path", ["/users/signup", "/register"])
by_both_log_ins = pytest.mark.parametrize("path", ["/users/login", "/login"])
ANN = account()


def test_anybody_is_welcome(client: Client, base: str) -> None:
    assert client.get(f"{base}/").json == {"message": "Welcome to the Task Tracker !"}


def test_the_examples_of_the_readme_run_as_printed(client: Client, base: str) -> None:
    gaditya = {"username": "gaditya", "password": "test@123", "email": "gaditya@example.com"}
    reply = client.post(f"{base}/users/signup", {**gaditya, "role": "admin"})
    assert (reply.status, reply.json) == (201, {"message": "User added successfully"})
    said = {"password": "test@123", "email": "gaditya@example.com"}
    token = client.post(f"{base}/users/login", said).json["token"]
    (user,) = client.with_token(token).get(f"{base}/users/get_users").json["users"]
    assert {name: user[name] for name in ("username", "email", "role", "status")} == {
        "username": "gaditya", "email": "gaditya@example.com", "role": "admin", "status": "Y",
    }  # fmt: skip
    assert (user["task_count"], user["name"]) == (0, "gaditya")


@by_both_names
def test_who_signs_up_may_log_in(client: Client, base: str, path: str) -> None:
    reply = client.post(base + path, {**ANN, "status": "Y", "role": "developer", "other": 1})
    assert (reply.status, reply.json) == (201, {"message": "User added successfully"})
    assert log_in(client, base).me["email"] == "ann@example.com"


def test_nobody_else_makes_themselves_admin(client: Client, base: str) -> None:
    for name in ("one", "two"):
        body = {"username": name, "password": PASSWORD, "email": f"{name}@example.com"}
        client.post(f"{base}/users/signup", {**body, "role": "admin"})
    refused(log_in(client, base, "two").get(f"{base}/users/get_users"), 403, "Permission denied")


def test_in_production_nobody_at_all_does(config: Config, world: World, base: str) -> None:
    strict = replace(config, environment="production", public_url="https://t.example")
    client = Client(create_app(strict, world))
    body = {"username": "ann", "password": "a pass phrase 7", "email": "ann@example.com"}
    assert client.post(f"{base}/users/signup", {**body, "role": "admin"}).status == 201
    ann = log_in(client, base, "ann", "a pass phrase 7")
    refused(ann.get(f"{base}/users/get_users"), 403, "Permission denied")


@pytest.mark.parametrize("path", ["/users/signup", "/register"])
def test_a_known_address_and_a_known_name_are_taken(client: Client, base: str, path: str) -> None:
    sign_up(client, base)
    body = {"username": "Ann", "password": PASSWORD, "email": "other@example.com"}
    refused(client.post(base + path, body), 400, "user already Exists")
    body = {"username": "other", "password": PASSWORD, "email": "ANN@example.com"}
    refused(client.post(base + path, body), 400, "user already Exists")


@pytest.mark.parametrize("same", ["username", "email"])
def test_of_twins_who_sign_up_at_once_one_is_added(client: Client, base: str, same: str) -> None:
    names = iter("ab")

    def sign_up_as_a_twin() -> Any:
        name = next(names)
        other = account(name) | {same: ANN[same]}
        return client.post(f"{base}/users/signup", other)

    replies = sorted(at_once(sign_up_as_a_twin, 2), key=lambda reply: reply.status)
    assert replies[0].status == 201
    refused(replies[1], 400, "user already Exists")


@pytest.mark.parametrize("path", ["/users/signup", "/register"])
@pytest.mark.parametrize("field", ["username", "password", "email", "role"])
def test_signing_up_takes_texts(client: Client, base: str, path: str, field: str) -> None:
    for value in BAD:
        body = {"username": "ann", "password": PASSWORD, "email": "ann@example.com", field: value}
        refused(client.post(base + path, body), 400, f"{field} is invalid")


@pytest.mark.parametrize("path", ["/users/signup", "/register"])
def test_signing_up_names_what_is_missing(client: Client, base: str, path: str) -> None:
    body = {"username": "ann", "password": PASSWORD, "email": "ann@example.com"}
    for field in body:
        for left in ({k: v for k, v in body.items() if k != field}, {**body, field: None}):
            refused(client.post(base + path, left), 400, f"{field} is required")
    refused(client.post(base + path, {}), 400, "No input data provided")
    refused(client.post(base + path, {**body, "password": "1234567"}), 400, "password is invalid")
    refused(client.post(base + path, {**body, "email": "nobody"}), 400, "email is invalid")


@by_both_log_ins
def test_both_log_ins_answer_a_token(client: Client, base: str, path: str) -> None:
    sign_up(client, base)
    reply = client.post(base + path, {"email": "ANN@example.com", "password": PASSWORD})
    assert (reply.status, [*reply.json]) == (200, ["token"])
    assert client.with_token(reply.json["token"]).get(f"{base}/tasks/recent").status == 200


@pytest.mark.parametrize("path", ["/users/login", "/login"])
def test_unknown_address_and_wrong_password_fail_alike(
    client: Client, base: str, path: str
) -> None:
    sign_up(client, base)
    for email in ("ann@example.com", "nobody@example.com", "no address"):
        reply = client.post(base + path, {"email": email, "password": "no"})
        refused(reply, 401, "Login failed", capital=True)


@pytest.mark.parametrize("path", ["/users/login", "/login"])
@pytest.mark.parametrize("field", ["email", "password"])
def test_an_operator_logs_nobody_in(client: Client, base: str, path: str, field: str) -> None:
    sign_up(client, base)
    for value in BAD:
        body = {"email": "ann@example.com", "password": PASSWORD, field: value}
        refused(client.post(base + path, body), 400, f"{field} is invalid")
        del body[field]
        refused(client.post(base + path, body), 400, f"{field} is required")


@by_both_log_ins
@pytest.mark.parametrize("state", ["disabled", "unconfirmed"])
def test_a_shut_account_is_told_so_to_who_knows_its_password(
    client: Client, world: World, base: str, path: str, state: str
) -> None:
    ann = sign_up(client, base)
    world.store.db.users.update_one({"username": "ann"}, {"$set": {"state": state}})
    reply = client.post(base + path, {"email": "ann@example.com", "password": PASSWORD})
    refused(reply, 403, "Account is disabled")
    reply = client.post(base + path, {"email": "ann@example.com", "password": "no"})
    refused(reply, 401, "Login failed", capital=True)
    refused(ann.get(f"{base}/tasks/recent"), 401, "Invalid Token", capital=True)


def test_a_token_lives_a_day_as_there_is_no_way_to_refresh_it(
    client: Client, base: str, clock: Clock
) -> None:
    ann = sign_up(client, base)
    clock.advance(hours=23, minutes=59)
    assert ann.get(f"{base}/tasks").status == 200
    clock.advance(minutes=2)
    refused(ann.get(f"{base}/tasks"), 401, "Invalid Token", capital=True)


def test_a_token_lives_as_long_as_the_setting_says(
    config: Config, world: World, base: str, clock: Clock
) -> None:
    client = Client(create_app(replace(config, access_token_minutes=10), world))
    ann = sign_up(client, base)
    clock.advance(minutes=9)
    assert ann.get(f"{base}/tasks/recent").status == 200
    clock.advance(minutes=2)
    refused(ann.get(f"{base}/tasks/recent"), 401, "Invalid Token", capital=True)


def test_a_token_is_good_in_every_process_until_somebody_logs_out(
    client: Client, config: Config, world: World, base: str
) -> None:
    ann = sign_up(client, base)
    other = Client(create_app(config, world)).with_token(ann.token)
    assert other.get(f"{base}/tasks/recent").status == 200
    assert other.post("/api/auth/logout").status in {200, 204}
    refused(ann.get(f"{base}/tasks/recent"), 401, "Invalid Token", capital=True)


def test_a_password_is_taken_as_it_is_sent_whatever_is_in_it(client: Client, base: str) -> None:
    password = " nul\0tab\tü "
    assert client.post(f"{base}/users/signup", account(password=password)).status == 201
    log_in(client, base, password=password)
