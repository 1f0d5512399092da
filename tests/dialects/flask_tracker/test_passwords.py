"""Flask Task Tracker: changing a password, and forgetting it."""

import io

import pytest

from tests.dialects.flask_tracker.clients import (
    BAD,
    BOTH,
    PASSWORD,
    add,
    log_in,
    refused,
    sign_up,
)
from tests.people import Client
from tests.post import Box
from tracker.services import sweeping
from tracker.services.world import World

pytestmark = BOTH
CHANGE, FORGET = "/users/change_password", "/users/forget_password"
DONE = {"message": "Password changed successfully"}
NEW = "test@1234"
both_spellings = pytest.mark.parametrize(
    ("old", "new"), [("oldPassword", "newPassword"), ("old_password", "new_password")]
)


@both_spellings
def test_a_password_is_changed_by_a_token(client: Client, base: str, old: str, new: str) -> None:
    ann, path = sign_up(client, base), base + CHANGE
    other = log_in(client, base)
    reply = ann.post(path, {old: "zz", new: NEW})
    refused(reply, 400, "Please provide valid old password", capital=True)
    for short in ("1234567", "x" * 129):
        refused(ann.post(path, {old: PASSWORD, new: short}), 400, "newPassword is invalid")
    reply = ann.post(path, {old: PASSWORD, new: NEW})
    assert (reply.status, reply.json) == (200, DONE)
    log_in(client, base, password=NEW)
    assert ann.get(f"{base}/tasks/recent").status == 200
    refused(other.get(f"{base}/tasks/recent"), 401, "Invalid Token", capital=True)


@both_spellings
def test_a_password_is_changed_by_an_address(client: Client, base: str, old: str, new: str) -> None:
    ann = sign_up(client, base)
    reply = client.post(base + CHANGE, {"email": "ANN@example.com", old: PASSWORD, new: NEW})
    assert (reply.status, reply.json) == (200, DONE)
    refused(ann.get(f"{base}/tasks/recent"), 401, "Invalid Token", capital=True)
    log_in(client, base, password=NEW)
    reply = client.post(f"{base}/login", {"email": "ann@example.com", "password": PASSWORD})
    refused(reply, 401, "Login failed", capital=True)


def test_a_token_says_whose_password_not_the_address_beside_it(client: Client, base: str) -> None:
    sign_up(client, base)
    bob = sign_up(client, base, "bob")
    body = {"email": "ann@example.com", "oldPassword": PASSWORD, "newPassword": NEW}
    assert bob.post(base + CHANGE, body).json == DONE
    log_in(client, base)
    log_in(client, base, "bob", NEW)


@pytest.mark.parametrize("header", ["Bearer zz", "zz", "Bearer"])
def test_a_token_that_is_none_changes_nothing(client: Client, base: str, header: str) -> None:
    sign_up(client, base)
    body = {"email": "ann@example.com", "oldPassword": PASSWORD, "newPassword": NEW}
    reply = client.post(base + CHANGE, body, headers={"Authorization": header})
    refused(reply, 401, "Invalid Token", capital=True)
    log_in(client, base)


def test_an_api_token_changes_no_password(client: Client, base: str) -> None:
    made = sign_up(client, base).post("/api/auth/tokens", {"name": "t", "scopes": ["tasks:write"]})
    body = {"oldPassword": PASSWORD, "newPassword": NEW}
    reply = client.with_token(made.json["token"]).post(base + CHANGE, body)
    refused(reply, 403, "Permission denied")
    log_in(client, base)


def test_without_a_token_unknown_address_and_wrong_password_are_alike(
    client: Client, base: str
) -> None:
    sign_up(client, base)
    for email in ("ann@example.com", "nobody@example.com"):
        body = {"email": email, "oldPassword": "zz", "newPassword": "test@1234"}
        refused(client.post(f"{base}/users/change_password", body), 401, "Invalid credentials")
    body = {"oldPassword": "zz", "newPassword": "test@1234"}
    refused(client.post(f"{base}/users/change_password", body), 401, "Token is missing")


def test_what_is_wrong_with_a_new_password_does_not_tell_whose_it_would_be(
    client: Client, base: str
) -> None:
    sign_up(client, base)
    for email in ("ann@example.com", "nobody@example.com"):
        body = {"email": email, "oldPassword": PASSWORD, "newPassword": "1234567"}
        refused(client.post(base + CHANGE, body), 400, "newPassword is invalid")


def test_changing_a_password_names_what_is_missing(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    for body, text in (
        ({}, "oldPassword is required"),
        ({"newPassword": NEW}, "oldPassword is required"),
        ({"oldPassword": PASSWORD, "newPassword": None}, "newPassword is required"),
        ({"old_password": PASSWORD}, "newPassword is required"),
    ):
        refused(ann.post(base + CHANGE, body), 400, text)
        refused(client.post(base + CHANGE, {"email": "ann@example.com", **body}), 400, text)


@pytest.mark.parametrize("field", ["email", "oldPassword", "newPassword"])
def test_changing_a_password_takes_texts(client: Client, base: str, field: str) -> None:
    for value in BAD:
        body = {"email": "ann@example.com", "oldPassword": "x", "newPassword": "test@1234"}
        reply = client.post(f"{base}/users/change_password", {**body, field: value})
        refused(reply, 400, f"{field} is invalid")


def test_changing_a_password_is_held_back_like_a_log_in(client: Client, base: str) -> None:
    body = {"email": "ann@example.com", "oldPassword": "x", "newPassword": "test@1234"}
    for _ in range(10):
        client.post(f"{base}/users/change_password", body)
    reply = client.post(f"{base}/users/change_password", body)
    refused(reply, 429)
    assert int(reply.headers["Retry-After"]) > 0


def test_so_it_is_by_a_token(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    for _ in range(10):
        assert ann.post(base + CHANGE, {"oldPassword": "x", "newPassword": NEW}).status == 400
    reply = ann.post(base + CHANGE, {"oldPassword": PASSWORD, "newPassword": NEW})
    refused(reply, 429)
    assert int(reply.headers["Retry-After"]) > 0


def test_a_forgotten_password_is_replaced_by_a_mailed_link_alone(
    client: Client, base: str, world: World, box: Box
) -> None:
    sign_up(client, base)
    sweeping.run_jobs(world)
    box.letters.clear()
    said = {"message": "If this address is known, a mail with a link is on its way"}
    for email in ("ann@example.com", "nobody@example.com"):
        reply = client.post(base + FORGET, {"email": email})
        assert (reply.status, reply.json) == (200, said)
    sweeping.run_jobs(world)
    assert [letter.to for letter in box.letters] == ["ann@example.com"]
    log_in(client, base)
    body = {"token": box.token, "password": NEW}
    assert client.post("/api/auth/password/reset", body).status in {200, 204}
    log_in(client, base, password=NEW)
    assert client.post("/api/auth/password/reset", body).status == 400


def test_forgetting_takes_an_address(client: Client, base: str) -> None:
    for body in ({}, {"email": None}):
        refused(client.post(base + FORGET, body), 400, "email is required")
    for value in (*BAD, "", "nobody", "a\0@example.com"):
        refused(client.post(base + FORGET, {"email": value}), 400, "email is invalid")


def test_no_password_and_no_token_reaches_the_log(
    client: Client, base: str, log: io.BytesIO
) -> None:
    ann = sign_up(client, base)
    add(ann, base, description="a word of mine")
    body = {"email": "ann@example.com", "password": "wrong word"}
    assert client.post(f"{base}/users/login", body).status == 401
    ann.post(base + CHANGE, {"oldPassword": "bad word", "newPassword": NEW})
    ann.post(base + CHANGE, {"oldPassword": PASSWORD, "newPassword": NEW})
    ann.get(f"{base}/tasks/get_tasks")
    text = log.getvalue().decode()
    assert '"route":' in text
    secrets = [PASSWORD, NEW, "wrong word", "bad word", "a word of mine", ann.token or ""]
    assert [secret for secret in secrets if secret in text] == []
