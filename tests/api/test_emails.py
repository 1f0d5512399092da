"""Confirming an address, asking for the letter again, changing it."""

import threading
from typing import Any

import pytest

from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tests.post import Box
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store

BAD = "The link is wrong, was used, or has expired"


def confirm(client: Client, token: str) -> Reply:
    return client.with_token(None).post("/api/auth/email/confirm", {"token": token})


def resend(client: Client, address: str = "ann@example.com") -> Reply:
    return client.post("/api/auth/email/resend", {"email": address})


def change(client: Client, address: str = "new@example.com", password: str = PASSWORD) -> Reply:
    return client.post("/api/auth/email/change", {"email": address, "password": password})


def log_in(client: Client, address: str) -> Reply:
    body = {"email": address, "password": PASSWORD}
    return client.with_token(None).post("/api/auth/login", body)


@pytest.fixture
def ann(client: Client, world: World) -> Client:
    """Registered; the letter to confirm the address is in the box."""
    ann = client.as_("ann")
    sweeping.run_jobs(world)
    return ann


# confirming


def test_a_link_confirms_the_address(ann: Client, box: Box) -> None:
    assert "email_confirmed_at" not in ann.me
    assert confirm(ann, box.token).status == 204
    assert ann.me["email_confirmed_at"] == "2026-03-04T05:06:07.891000Z"


def test_a_second_opening_is_told_so(ann: Client, box: Box) -> None:
    confirm(ann, box.token)
    again = confirm(ann, box.token)
    assert (again.status, again.json["detail"]) == (400, "The address is confirmed already")


def test_of_20_at_once_one_succeeds(ann: Client, box: Box) -> None:
    start, statuses = threading.Barrier(20), list[int]()

    def race() -> None:
        start.wait()
        statuses.append(confirm(ann, box.token).status)

    threads = [threading.Thread(target=race) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204] + [400] * 19


@pytest.mark.parametrize("token", ["x", "x" * 43, "../x"])
def test_a_wrong_token_is_refused(ann: Client, token: str) -> None:
    refused = confirm(ann, token)
    assert (refused.status, refused.json["detail"]) == (400, BAD)


def test_a_link_ends_after_a_day(ann: Client, box: Box, clock: Clock) -> None:
    clock.advance(hours=24)
    assert confirm(ann, box.token).json["detail"] == BAD


def test_each_link_confirms_its_own_account_alone(
    client: Client, ann: Client, world: World, box: Box
) -> None:
    token, bob = box.token, client.as_("bob")
    assert confirm(client, token).status == 204
    assert "email_confirmed_at" in ann.me
    assert "email_confirmed_at" not in bob.me


def test_a_link_to_a_new_password_confirms_nothing(
    ann: Client, client: Client, world: World, box: Box
) -> None:
    client.post("/api/auth/password/forgot", {"email": "ann@example.com"})
    sweeping.run_jobs(world)
    assert confirm(client, box.token).status == 400
    assert "email_confirmed_at" not in ann.me


def test_a_link_after_a_change_of_address_is_refused(ann: Client, box: Box, store: Store) -> None:
    new = {"email": "new@example.com", "email_key": "new@example.com"}
    store.db.users.update_one({}, {"$set": new})
    assert confirm(ann, box.token).json["detail"] == BAD
    assert "email_confirmed_at" not in ann.me


def test_confirming_brings_no_disabled_user_back(ann: Client, box: Box, store: Store) -> None:
    store.db.users.update_one({}, {"$set": {"state": "disabled"}})
    assert confirm(ann, box.token).status == 400
    assert store.db.users.find_one({})["state"] == "disabled"


# again


def test_the_letter_comes_again_while_it_is_needed(
    ann: Client, client: Client, world: World, box: Box
) -> None:
    first = box.token
    assert resend(client).status == 202
    sweeping.run_jobs(world)
    assert box.token != first
    assert confirm(client, first).status == 204
    box.letters.clear()
    assert resend(client).status == 202
    sweeping.run_jobs(world)
    assert box.letters == []


def test_asking_again_tells_nothing(client: Client, ann: Client, world: World, box: Box) -> None:
    replies = [resend(client), resend(client, "nobody@example.com")]
    confirm(client, box.token)
    replies.append(resend(client))
    assert len({(reply.status, reply.body) for reply in replies}) == 1
    shown = [{n: v for n, v in reply.headers if n != "X-Request-Id"} for reply in replies]
    assert shown[0] == shown[1] == shown[2]


# changing


def test_the_old_address_stays_until_the_new_one_is_confirmed(
    ann: Client, world: World, box: Box
) -> None:
    assert change(ann).status == 202
    assert (ann.me["email"], ann.me["new_email"]) == ("ann@example.com", "new@example.com")
    assert log_in(ann, "ann@example.com").status == 200
    assert log_in(ann, "new@example.com").status == 401
    sweeping.run_jobs(world)
    assert (box.last.template, box.last.to) == ("confirm", "new@example.com")
    assert confirm(ann, box.token).status == 204
    assert ann.me["email"] == "new@example.com"
    assert "new_email" not in ann.me
    assert log_in(ann, "ann@example.com").status == 401
    assert log_in(ann, "new@example.com").status == 200


def test_the_old_address_is_told_of_the_new_one(ann: Client, world: World, box: Box) -> None:
    change(ann)
    sweeping.run_jobs(world)
    confirm(ann, box.token)
    sweeping.run_jobs(world)
    assert (box.last.template, box.last.to) == ("email_changed", "ann@example.com")


def test_a_change_of_address_needs_the_password(ann: Client, world: World, box: Box) -> None:
    box.letters.clear()
    refused = change(ann, password="wrong")
    assert (refused.status, refused.json["detail"]) == (403, "Wrong password")
    assert "new_email" not in ann.me
    sweeping.run_jobs(world)
    assert box.letters == []
    assert ann.put("/api/auth/me", {"email": "new@example.com"}).status == 422


def test_only_the_newest_wish_can_be_confirmed(ann: Client, world: World, box: Box) -> None:
    change(ann, "first@example.com")
    sweeping.run_jobs(world)
    first = box.token
    change(ann, "second@example.com")
    assert confirm(ann, first).json["detail"] == BAD
    sweeping.run_jobs(world)
    assert confirm(ann, box.token).status == 204
    assert ann.me["email"] == "second@example.com"


def test_a_wish_that_was_changed_before_its_letter_left_gets_none(
    ann: Client, world: World, box: Box
) -> None:
    change(ann, "first@example.com")
    change(ann, "second@example.com")
    sweeping.run_jobs(world)
    assert {letter.to for letter in box.letters[1:]} == {"second@example.com"}


def test_nobody_learns_by_a_change_whether_an_address_is_known(
    client: Client, ann: Client, world: World, box: Box
) -> None:
    client.as_("bob")
    known, unknown = change(ann, "bob@example.com"), change(ann, "nobody@example.com")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    change(ann, "bob@example.com")
    sweeping.run_jobs(world)
    assert box.last.to == "bob@example.com"
    refused = confirm(ann, box.token)
    assert (refused.status, refused.json["detail"]) == (400, "Email or username already exists")
    assert ann.me["email"] == "ann@example.com"


def test_who_has_no_address_may_add_one(ann: Client, world: World, box: Box, store: Store) -> None:
    """As people of doors do that ask for a user name alone."""
    store.db.users.update_one({}, {"$unset": {"email": "", "email_key": ""}})
    change(ann)
    sweeping.run_jobs(world)
    assert confirm(ann, box.token).status == 204
    assert ann.me["email"] == "new@example.com"
    sweeping.run_jobs(world)
    assert box.last.template == "confirm", "there is no old address to tell"


@pytest.mark.parametrize(
    "body",
    [
        {"email": "new@example.com"},
        {"password": PASSWORD},
        {"email": "new@example.com\r\nBcc: all@example.com", "password": PASSWORD},
        {"email": {"$gt": ""}, "password": PASSWORD},
    ],
)
def test_what_is_not_well_formed_is_422(ann: Client, body: dict[str, Any]) -> None:
    assert ann.post("/api/auth/email/change", body).status == 422
