"""Registering: by any name, at any door, with or without a confirmed address."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tests.post import Box
from tracker.core.passwords import Rule
from tracker.errors import Invalid, Taken
from tracker.services import letters, registering, sweeping
from tracker.services.letters import CONFIRM, KNOWN
from tracker.services.passwords import Passwords, well_known
from tracker.services.registering import Door
from tracker.services.world import World
from tracker.store import Store

ANN = {"email": "ann@example.com", "username": "ann", "full_name": "Ann", "password": PASSWORD}
OPEN, CLOSED = Door(Rule(8, 128), False), Door(Rule(8, 25), True)


def register(client: Client, **other: Any) -> Reply:
    return client.post("/api/auth/register", {**ANN, **other})


def templates(world: World, box: Box) -> list[str]:
    """The letters that leave now."""
    box.letters.clear()
    sweeping.run_jobs(world)
    return [letter.template for letter in box.letters]


@pytest.fixture
def passwords() -> Passwords:
    return Passwords("cheap")


@pytest.fixture
def strict(config: Config) -> Config:
    return replace(config, require_confirmation=True)


@pytest.fixture
def closed(strict: Config, world: World) -> Client:
    """A service where an address must be confirmed first."""
    from tracker import create_app

    return Client(create_app(strict, world))


# names


@pytest.mark.parametrize(
    ("names", "full_name"),
    [
        ({"email": "ann@example.com"}, "ann"),
        ({"username": "Ann"}, "Ann"),
        ({"tg_name": "ann_t"}, "ann_t"),
        ({"email": "a@example.com", "username": "Ann", "tg_name": "ann_t"}, "ann_t"),
        ({"email": None, "username": "Ann"}, "Ann"),
    ],
)
def test_any_name_is_enough(
    world: World, passwords: Passwords, names: dict[str, Any], full_name: str
) -> None:
    user = registering.register(world, passwords, {**names, "password": PASSWORD}, OPEN)
    given = {name: value for name, value in names.items() if value is not None}
    assert {name: user[name] for name in ("email", "username", "tg_name") if name in user} == given
    assert (user["state"], user["role"], user["full_name"]) == ("active", "user", full_name)
    stored = world.store.db.users.find_one({"_id": user["_id"]})
    assert None not in stored.values(), "absent means absent"


def test_many_have_no_address(world: World, passwords: Passwords) -> None:
    for name in ("ann", "bob", "cid"):
        registering.register(world, passwords, {"username": name, "password": PASSWORD}, OPEN)
    assert world.store.db.users.count_documents({}) == 3


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        ({"email": "ANN@example.com"}, ("email",)),
        ({"username": "Ann"}, ("username",)),
        ({"tg_name": "ANN_T", "email": "new@example.com"}, ("tg_name",)),
        ({"email": "ann@example.com", "username": "ANN", "tg_name": "new"}, ("email", "username")),
    ],
)
def test_who_asks_is_told_by_the_service_which_name_is_taken(
    world: World, passwords: Passwords, names: dict[str, str], taken: tuple[str, ...]
) -> None:
    """Each door words it in its own way, or not at all."""
    registering.register(world, passwords, {**ANN, "tg_name": "ann_t"}, OPEN)
    with pytest.raises(Taken) as refusal:
        registering.register(world, passwords, {**names, "password": PASSWORD}, OPEN)
    assert refusal.value.names == taken
    assert world.store.db.users.count_documents({}) == 1


def test_telegram_names_are_optional_and_unique(client: Client) -> None:
    ann = register(client, tg_name="Ann_T")
    assert ann.status == 201
    assert client.with_token(ann.json["access_token"]).me["tg_name"] == "Ann_T"
    other = {"email": "b@example.com", "username": "bob"}
    refused = register(client, **other, tg_name="ann_t")
    assert (refused.status, refused.json["detail"]) == (400, "Email or username already exists")
    assert "names" not in refused.json
    assert register(client, **other).status == 201


# passwords


@pytest.mark.parametrize("length", [7, 26])
def test_each_door_has_its_own_bounds(world: World, passwords: Passwords, length: int) -> None:
    with pytest.raises(Invalid):
        registering.register(world, passwords, {**ANN, "password": "x" * length}, CLOSED)
    assert world.store.db.users.count_documents({}) == 0


@pytest.mark.parametrize(("setting", "status"), [("refuse", 422), ("allow", 201), ("", 201)])
def test_common_passwords_are_refused_where_the_setting_says_so(
    config: Config, world: World, setting: str, status: int
) -> None:
    from tracker import create_app

    client = Client(create_app(replace(config, common_passwords=setting), world))
    reply = register(client, password="Password123")
    assert reply.status == status
    if status == 422:
        assert [fault["pointer"] for fault in reply.json["errors"]] == ["/password"]
        assert "assword123" not in reply.body.decode()
    assert register(client, email="b@example.com", username="bob").status == 201


def test_the_passwords_of_the_walk_throughs_are_not_among_the_common_ones() -> None:
    assert {"password123", "12345678", "qwertyuiop"} <= well_known()
    assert not {"walk-pass-1", "test@123", PASSWORD} & well_known()


# letters


def test_a_new_address_gets_a_link_to_confirm_it(client: Client, world: World, box: Box) -> None:
    register(client)
    assert templates(world, box) == ["confirm"]
    letter = box.last
    assert (letter.to, letter.name, letter.subject) == ("ann@example.com", "Ann", CONFIRM.subject)
    assert letter.path
    assert letter.path.startswith("/account/confirm/")
    assert templates(world, box) == []


def test_who_has_no_address_gets_no_letter(world: World, passwords: Passwords, box: Box) -> None:
    registering.register(world, passwords, {"username": "ann", "password": PASSWORD}, CLOSED)
    assert templates(world, box) == []
    assert world.store.db.users.find_one({})["state"] == "active"


def test_a_door_may_send_a_letter_of_its_own(world: World, passwords: Passwords, box: Box) -> None:
    link = letters.Link("confirm", letters.CONFIRM.link.lives, "/theirs/")  # type: ignore[union-attr]
    own = CONFIRM._replace(subject="Confirm registration", link=link)
    registering.register(world, passwords, ANN, CLOSED._replace(letter=own))
    templates(world, box)
    assert box.last.subject == "Confirm registration"
    assert str(box.last.path).startswith("/theirs/")


# with confirmation


def test_where_confirmation_is_required_nobody_is_let_in_before(
    closed: Client, world: World, box: Box
) -> None:
    assert register(closed).status == 202
    log_in = {"email": "ann@example.com", "password": PASSWORD}
    early = closed.post("/api/auth/login", log_in)
    assert (early.status, "not confirmed" in early.json["detail"]) == (403, True)
    templates(world, box)
    assert closed.post("/api/auth/email/confirm", {"token": box.token}).status == 204
    assert closed.post("/api/auth/login", log_in).status == 200


def test_nobody_learns_whether_an_address_was_known(closed: Client) -> None:
    unknown = register(closed)
    known = register(closed, username="other")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert told(known) == told(unknown)


def told(reply: Reply) -> dict[str, str]:
    """The headers of an answer, without the id of its request."""
    return {name: value for name, value in reply.headers if name != "X-Request-Id"}


def test_that_a_user_name_is_taken_is_told_whether_the_address_is_known_or_not(
    closed: Client, world: World, box: Box
) -> None:
    register(closed)
    templates(world, box)
    for email in ("ann@example.com", "new@example.com"):
        assert register(closed, email=email).status == 400
    assert templates(world, box) == []


def test_the_owner_of_a_known_address_is_told(closed: Client, world: World, box: Box) -> None:
    register(closed)
    templates(world, box)
    register(closed, username="other", full_name="Mallory")
    assert templates(world, box) == ["confirm"], "it waits to be confirmed: the link again"
    closed.post("/api/auth/email/confirm", {"token": box.token})
    register(closed, username="other", full_name="Mallory")
    assert templates(world, box) == ["known"]
    known = (box.last.id, "known", KNOWN.subject, "ann@example.com", "Ann", None, None, {})
    assert box.last == known


def test_as_much_is_written_for_a_known_address_as_for_a_new_one(
    closed: Client, world: World
) -> None:
    db = world.store.db
    rows = []
    for username in ("ann", "bob", "cid"):
        before = db.users.count_documents({}) + db.jobs.count_documents({})
        register(closed, username=username)
        rows.append(db.users.count_documents({}) + db.jobs.count_documents({}) - before)
    assert rows == [2, 2, 2]


def test_of_racing_twins_one_wins_and_the_other_is_answered_alike(
    closed: Client, store: Store
) -> None:
    start, replies = threading.Barrier(4), list[Reply]()

    def race(name: str) -> None:
        start.wait()
        replies.append(register(closed, username=name))

    threads = [threading.Thread(target=race, args=(name,)) for name in ("ann", "bob", "cid", "dan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} <= {202, 503}  # 503: more hash at once than may
    assert store.db.users.count_documents({}) == 1


def test_an_account_that_is_not_confirmed_in_time_is_removed(
    closed: Client, world: World, clock: Clock
) -> None:
    register(closed)
    clock.advance(days=6, hours=23)
    assert sweeping.sweep(world).lapsed == 0
    clock.advance(hours=2)
    assert sweeping.sweep(world).lapsed == 1
    assert register(closed).status == 202
    assert world.store.db.users.count_documents({}) == 1


def test_an_account_that_was_confirmed_stays(
    closed: Client, world: World, box: Box, clock: Clock
) -> None:
    register(closed)
    templates(world, box)
    closed.post("/api/auth/email/confirm", {"token": box.token})
    world.store.db.users.update_one({}, {"$set": {"state": "disabled"}})
    clock.advance(days=30)
    assert sweeping.sweep(world).lapsed == 0
