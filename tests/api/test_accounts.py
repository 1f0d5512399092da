"""Registering, logging in, one's own profile: TaskHub's statuses and texts."""

import threading
from typing import Any

import pytest

from tests.api.asking import OPERATORS, refused
from tests.people import PASSWORD, SEEN, Client, Reply
from tracker.store import Store

ANN = {"email": "ann@example.com", "username": "ann", "full_name": "Ann", "password": PASSWORD}


OTHER: list[dict[str, str]] = [{}, {"email": "other@example.com"}, {"username": "other"}]


def register(client: Client, **other: Any) -> Reply:
    return client.post("/api/auth/register", {**ANN, **other})


def log_in(client: Client, password: str = PASSWORD, email: str = "ann@example.com") -> Reply:
    return client.post("/api/auth/login", {"email": email, "password": password})


def test_registering_answers_a_token_and_the_user(client: Client) -> None:
    reply = register(client)
    assert reply.status == 201
    assert reply.json["token_type"] == "bearer"
    assert reply.json["user"].keys() == SEEN
    assert client.with_token(reply.json["access_token"]).seen == reply.json["user"]


def test_the_first_user_has_number_one_and_the_next_two(client: Client) -> None:
    assert [client.as_(name).me["number"] for name in ("ann", "bob")] == [1, 2]


def test_times_are_utc_with_z(client: Client) -> None:
    assert client.as_("ann").me["created_at"] == "2026-03-04T05:06:07.891000Z"


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"username": "other"},
        {"email": "other@example.com"},
        {"email": "ANN@Example.com", "username": "other"},
        {"email": "other@example.com", "username": "ANN"},
        {"email": "other@example.com", "username": "\uff21nn"},  # a full-width A
    ],
)
def test_a_name_that_is_taken_gets_400(client: Client, other: dict[str, str]) -> None:
    register(client)
    reply = register(client, **other)
    assert (reply.status, reply.json["detail"]) == (400, "Email or username already exists")


def test_of_racing_registrations_exactly_one_wins(client: Client, store: Store) -> None:
    start, statuses = threading.Barrier(6), []

    def race(number: int) -> None:
        start.wait()
        statuses.append(register(client, **OTHER[number % 3]).status)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 400, 503}  # 503: more hash at once than the service takes
    assert statuses.count(201) == store.db.users.count_documents({}) >= 1
    for key in ("email_key", "username_key"):
        assert len(store.db.users.distinct(key)) == store.db.users.count_documents({})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x"),
        ("email", "ann@"),
        ("email", "ann@example.com\r\nBcc: all@example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("email", None),
        ("username", "ab"),
        ("username", "a" * 101),
        ("username", "a\nb"),
        ("username", 123),
        ("full_name", ""),
        ("full_name", "   "),
        ("full_name", "a" * 256),
        ("full_name", "a\0b"),
        ("password", "12345"),
        ("password", "x" * 129),
        ("password", "x" * 900_000),
        ("password", {"$ne": None}),
    ],
)
def test_a_value_out_of_bounds_gets_422_naming_it(client: Client, field: str, value: Any) -> None:
    reply = register(client, **{field: value})
    assert reply.status == 422
    assert reply.json["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize("field", ["email", "username", "full_name", "password"])
def test_every_field_of_a_registration_is_required(client: Client, field: str) -> None:
    body = {key: value for key, value in ANN.items() if key != field}
    reply = client.post("/api/auth/register", body)
    assert [fault["pointer"] for fault in reply.json["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("field", ["id", "state", "is_admin", "number", "created_at"])
def test_fields_that_the_server_owns_are_refused(client: Client, store: Store, field: str) -> None:
    assert register(client, **{field: "admin"}).status == 422
    assert store.db.users.count_documents({}) == 0
    assert client.as_("ann").put("/api/auth/me", {field: "admin"}).status == 422


def test_logging_in_answers_as_registering_does(client: Client) -> None:
    user = register(client).json["user"]
    reply = log_in(client)
    assert (reply.status, reply.json["user"], reply.json["token_type"]) == (200, user, "bearer")
    assert log_in(client, email="Ann@EXAMPLE.com").json["user"] == user


def test_a_wrong_password_and_an_unknown_address_get_the_same_401(client: Client) -> None:
    register(client)
    wrong, unknown = log_in(client, "nope"), log_in(client, email="nobody@example.com")
    assert wrong.status == unknown.status == 401
    assert wrong.json == unknown.json
    assert wrong.json["detail"] == "Invalid email or password"


def test_passwords_that_differ_in_their_last_character_differ(client: Client) -> None:
    register(client, password="x" * 127 + "y")
    assert log_in(client, "x" * 128).status == 401
    assert log_in(client, "x" * 127 + "y").status == 200


def test_a_password_is_taken_byte_for_byte(client: Client) -> None:
    register(client, password="  pa\0ss \u00e9 ")
    assert log_in(client, "pa\0ss \u00e9").status == 401
    assert log_in(client, "  pa\0ss e\u0301 ").status == 401
    assert log_in(client, "  pa\0ss \u00e9 ").status == 200


def test_a_form_at_login_gets_422(client: Client) -> None:
    form = {"email": "ann@example.com", "password": PASSWORD}
    assert client.ask("POST", "/api/auth/login", data=form).status == 422


def test_a_disabled_user_is_told_with_the_right_password(client: Client, store: Store) -> None:
    register(client)
    store.db.users.update_one({"email_key": "ann@example.com"}, {"$set": {"state": "disabled"}})
    reply = log_in(client)
    assert (reply.status, reply.json["detail"]) == (403, "Account is disabled")
    assert log_in(client, "nope").status == 401


def test_disabling_a_user_ends_their_token_at_once(client: Client, store: Store) -> None:
    ann = client.as_("ann")
    assert ann.get("/api/auth/me").status == 200
    store.db.users.update_one({}, {"$set": {"state": "disabled"}})
    reply = ann.get("/api/auth/me")
    assert (reply.status, reply.json["detail"]) == (401, "Could not validate credentials")


def test_a_user_who_is_gone_gets_401(client: Client, store: Store) -> None:
    ann = client.as_("ann")
    store.db.users.delete_one({})
    assert ann.get("/api/auth/me").status == 401


def test_a_profile_changes_only_in_what_is_given(client: Client) -> None:
    ann = client.as_("ann")
    before = ann.me
    url = "https://example.com/a.png"
    changed = ann.put("/api/auth/me", {"avatar_url": url, "full_name": None})
    assert changed.status == 200
    assert changed.json == ann.me == {**before, "avatar_url": url}
    renamed = ann.put("/api/auth/me", {"full_name": "Ann B", "avatar_url": None})
    assert renamed.json == {**changed.json, "full_name": "Ann B"}
    assert ann.put("/api/auth/me", {}).json == ann.me


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": ""},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "data:text/html,x"},
        {"avatar_url": "//example.com/x"},
        {"avatar_url": "https://"},
        {"avatar_url": "https://example.com/a b"},
        {"avatar_url": "https://example.com/" + "a" * 2_048},
        {"avatar_url": {"$gt": ""}},
        {"email": "new@example.com"},
    ],
)
def test_a_bad_profile_gets_422_and_changes_nothing(client: Client, body: dict[str, Any]) -> None:
    ann = client.as_("ann")
    before = ann.me
    assert ann.put("/api/auth/me", body).status == 422
    assert ann.me == before


ZONE = "Europe/Berlin"


def test_a_person_lives_in_utc_until_they_say_where(client: Client) -> None:
    ann = client.as_("ann")
    assert ann.me["time_zone"] == "UTC"
    assert ann.put("/api/auth/me", {"time_zone": ZONE}).json["time_zone"] == ZONE
    assert ann.put("/api/auth/me", {"time_zone": None}).json["time_zone"] == ZONE
    assert ann.patch("/api/auth/me", {"full_name": "Ann B"}).json["time_zone"] == ZONE
    assert ann.patch("/api/auth/me", {"time_zone": None}).json == ann.me
    assert ann.me["time_zone"] == "UTC"


def test_a_merge_patch_clears_what_may_be_absent_and_a_name_may_not(client: Client) -> None:
    ann = client.as_("ann")
    before = ann.me
    url = "https://example.com/a.png"
    assert ann.patch("/api/auth/me", {"avatar_url": url, "require_if_match": True}).json == {
        **before, "avatar_url": url, "require_if_match": True,
    }  # fmt: skip
    assert ann.patch("/api/auth/me", {"avatar_url": None, "require_if_match": None}).json == before
    assert ann.patch("/api/auth/me", {"full_name": None}).status == 422
    assert ann.patch("/api/auth/me", {}).json == ann.me == before


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "zone",
    ["", "Berlin", "europe/berlin", "+02:00", "../UTC", "localtime", "Europe", 1, *OPERATORS],
)
def test_a_zone_has_an_iana_name(client: Client, verb: str, zone: Any) -> None:
    ann = client.as_("ann")
    refused(ann.ask(verb, "/api/auth/me", {"time_zone": zone}), 422, "/time_zone")
    assert ann.me["time_zone"] == "UTC"


def test_no_answer_shows_a_hash(client: Client) -> None:
    replies = [register(client), log_in(client), client.as_("bob").get("/api/auth/me")]
    for secret in (b"argon2", b"_key", PASSWORD.encode()):
        assert not any(secret in reply.body for reply in replies)
