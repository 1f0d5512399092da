"""API диспетчера задач: registering and logging in by user names."""

import io
from typing import Any

import pytest
from flask import Flask

from tests.dialects.dispatcher.clients import (
    BAD,
    BOTH,
    PASSWORD,
    invalid,
    log_in,
    make,
    refused,
    register,
)
from tests.people import Client, Reply

pytestmark = BOTH


# registering


def test_registering_needs_a_name_and_a_password_and_no_address(client: Client, base: str) -> None:
    ann = register(client, base)
    assert ann.get(f"{base}/tasks/").json == []
    assert ann.me["email"] is None


def test_a_name_is_taken_whatever_its_case(client: Client, base: str) -> None:
    register(client, base, "Анна")
    reply = client.post(f"{base}/auth/register", {"username": "аННА", "password": PASSWORD})
    refused(reply, 409, "User already exists")


@pytest.mark.parametrize("field", ["username", "password"])
def test_registering_takes_texts_of_a_length(client: Client, base: str, field: str) -> None:
    for value in [*BAD, None, "", "x"]:
        body = {"username": "ann", "password": PASSWORD, field: value}
        invalid(client.post(f"{base}/auth/register", body), "body", field)


@pytest.mark.parametrize("name", [" ann", "ann ", "a" * 51, "a\nb", "\u0000\u0000\u0000"])
def test_a_user_name_has_3_to_50_characters_and_no_blanks_at_its_ends(
    client: Client, base: str, name: str
) -> None:
    reply = client.post(f"{base}/auth/register", {"username": name, "password": PASSWORD})
    invalid(reply, "body", "username")


@pytest.mark.parametrize("name", ["ann", "Вася Пупкин", "я" * 50, "x@y", "完了了"])
def test_any_letters_make_a_user_name(client: Client, base: str, name: str) -> None:
    register(client, base, name)
    log_in(client, base, name)


@pytest.mark.parametrize("length", [8, 128])
def test_a_password_has_8_to_128_characters(client: Client, base: str, length: int) -> None:
    def sent(password: str) -> Reply:
        body = {"username": f"ann{len(password)}", "password": password}
        return client.post(f"{base}/auth/register", body)

    assert sent("п" * length).status == 201
    invalid(sent("п" * (length + (1 if length > 8 else -1))), "body", "password")


def test_a_password_may_hold_any_characters(client: Client, base: str) -> None:
    for number, password in enumerate(("pass\0word", "  blanks  ", "п\nароль\t1", "e\u0301" * 8)):
        body = {"username": f"ann{number}", "password": password}
        assert client.post(f"{base}/auth/register", body).status == 201
        assert client.post(f"{base}/auth/login", body).status == 200
        wrong = {**body, "password": password.strip()[:-1]}
        refused(client.post(f"{base}/auth/login", wrong), 401, "Invalid credentials")


def test_what_registering_does_not_know_it_passes_over(client: Client, base: str) -> None:
    body = {"username": "ann", "password": PASSWORD, "role": "admin", "email": "x"}
    reply = client.post(f"{base}/auth/register", body)
    assert reply.status == 201
    ann = client.with_token(reply.json["access_token"])
    assert ann.me["email"] is None
    assert ann.get("/api/admin/users").status == 403


def test_what_is_missing_is_named(client: Client, base: str) -> None:
    for path, fields in (
        ("register", ("username", "password")),
        ("login", ("username", "password")),
        ("refresh", ("refresh_token",)),
    ):
        for field in fields:
            reply = client.post(f"{base}/auth/{path}", {})
            invalid(reply, "body", field)
            assert reply.json["detail"][0]["type"] == "missing"


def test_a_refused_password_is_not_told(client: Client, base: str) -> None:
    reply = client.post(f"{base}/auth/register", {"username": "ann", "password": "secret1"})
    assert b"secret1" not in reply.body


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"username": "ann", "password": PASSWORD}},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"[1]", "content_type": "application/json"},
        {"data": b"", "content_type": "application/json"},
        {"data": b"null", "content_type": "application/json"},
        {"data": b'{"username": NaN}', "content_type": "application/json"},
        {"data": b'{"a":' * 300 + b"1" + b"}" * 300, "content_type": "application/json"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["register", "login", "refresh"])
def test_what_is_no_json_object_is_422(client: Client, base: str, path: str, sent: Any) -> None:
    reply = client.post(f"{base}/auth/{path}", **sent)
    found = refused(reply, 422)
    assert found[0]["loc"][0] == "body"
    assert PASSWORD not in reply.body.decode()


# logging in


def test_unknown_name_and_wrong_password_are_refused_alike(client: Client, base: str) -> None:
    register(client, base)
    for name in ("ann", "nobody"):
        reply = client.post(f"{base}/auth/login", {"username": name, "password": "wrong"})
        refused(reply, 401, "Invalid credentials")
        assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("field", ["username", "password"])
def test_logging_in_takes_texts_alone(client: Client, base: str, field: str) -> None:
    register(client, base)
    for value in [*BAD, None]:
        body = {"username": "ann", "password": PASSWORD, field: value}
        invalid(client.post(f"{base}/auth/login", body), "body", field)


def test_a_name_logs_in_whatever_its_case_and_its_spelling(client: Client, base: str) -> None:
    register(client, base, "Сергей")
    for name in ("сергей", "СЕРГЕЙ", "Сергеи\u0306"):
        log_in(client, base, name)
    reply = client.post(f"{base}/auth/login", {"username": " Сергей", "password": PASSWORD})
    refused(reply, 401, "Invalid credentials")


def test_tokens_come_in_the_body_and_in_no_cookie(client: Client, base: str) -> None:
    register(client, base)
    reply = client.post(f"{base}/auth/login", {"username": "ann", "password": PASSWORD})
    assert "Set-Cookie" not in reply.headers


def test_a_disabled_account_is_told_so(client: Client, base: str, app: Flask) -> None:
    register(client, base)
    app.extensions["world"].store.db.users.update_many({}, {"$set": {"state": "disabled"}})
    reply = client.post(f"{base}/auth/login", {"username": "ann", "password": PASSWORD})
    refused(reply, 403)


def test_too_many_wrong_tries_are_told_when_to_come_again(client: Client, base: str) -> None:
    body = {"username": "ann", "password": "wrong"}
    statuses = [client.post(f"{base}/auth/login", body).status for _ in range(11)]
    assert statuses[-1] == 429
    reply = client.post(f"{base}/auth/login", body)
    refused(reply, 429)
    assert int(reply.headers["Retry-After"]) > 0


def test_nothing_secret_stands_in_the_log(client: Client, base: str, log: io.BytesIO) -> None:
    ann = register(client, base)
    tokens = log_in(client, base)
    client.post(f"{base}/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    client.post(f"{base}/auth/login", {"username": "ann", "password": "wr0ng-secret"})
    make(ann, base, title="hush")
    written = log.getvalue().decode()
    assert "registered" in written
    for secret in (PASSWORD, "wr0ng-secret", "hush", ann.token, *tokens.values()):
        assert secret == "bearer" or str(secret) not in written
