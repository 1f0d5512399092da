"""Letters: queued with a deed, written when they leave, for who has the address then."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
import uuid_utils

from config import Config
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tests.post import Box
from tests.store.serving import is_served, queries
from tests.wire import Ear
from tracker import create_app
from tracker.errors import Hopeless, Unavailable
from tracker.services import letters, sweeping
from tracker.services.letters import CONFIRM, EMAIL_CHANGED, PASSWORD_CHANGED, RESET
from tracker.services.world import World
from tracker.store import Store

ANN = {
    "_id": "u1", "number": 1, "email": "ann@example.com", "email_key": "ann@example.com",
    "full_name": "Ann", "state": "active",
}  # fmt: skip


@pytest.fixture
def ann(world: World) -> None:
    world.store.db.users.insert_one(ANN.copy())


def send(world: World) -> tuple[int, int]:
    return tuple(sweeping.run_jobs(world))  # type: ignore[return-value]


def test_a_letter_that_could_not_be_sent_is_sent_later(
    world: World, ann: None, box: Box, clock: Clock
) -> None:
    """Each try carries a link of its own, under one id: whichever arrives leads on."""
    letters.ask(world, RESET, "ann@example.com")
    box.faults.append(Unavailable("The mail server did not take the letter: SMTPDataError 451"))
    assert send(world) == (0, 1)
    (job,) = world.store.db.jobs.find({})
    assert job["last_error"].endswith("451")
    clock.advance(seconds=30)
    assert send(world) == (1, 0)
    assert (box.last.id, box.last.to) == (job["_id"], "ann@example.com")


def test_a_letter_that_is_refused_for_good_is_given_up(world: World, ann: None, box: Box) -> None:
    letters.ask(world, RESET, "ann@example.com")
    box.faults.append(Hopeless("The mail server refused the letter: 550"))
    assert send(world) == (0, 1)
    assert send(world) == (0, 0)
    assert box.letters == []


def test_where_there_is_no_post_letters_wait(world: World, ann: None, box: Box) -> None:
    letters.ask(world, RESET, "ann@example.com")
    assert send(replace(world, post=None)) == (0, 0)
    assert send(world) == (1, 0)


@pytest.mark.parametrize("kind", [PASSWORD_CHANGED, EMAIL_CHANGED])
def test_news_go_to_the_address_of_that_time(
    world: World, ann: None, box: Box, kind: letters.Kind
) -> None:
    letters.tell(world, kind, ANN, ANN["email"])  # type: ignore[arg-type]
    letters.tell(world, kind, ANN, None)
    world.store.db.users.delete_many({})
    assert send(world) == (1, 0)
    assert (box.last.to, box.last.name, box.last.path) == ("ann@example.com", "Ann", None)


def test_who_has_the_address_when_a_letter_leaves_must_be_who_was_meant(
    world: World, ann: None, box: Box
) -> None:
    letters.ask(world, CONFIRM, "ann@example.com", user="somebody who is gone")
    assert send(world) == (1, 0)
    assert box.letters == []


def test_the_name_of_a_reader_is_taken_from_the_account(world: World, ann: None, box: Box) -> None:
    letters.ask(world, RESET, "ANN@EXAMPLE.com")
    send(world)
    assert (box.last.name, box.last.to) == ("Ann", "ann@example.com")


def test_every_query_about_letters_has_its_index(
    wire_store: Store, config: Config, clock: Clock, ear: Ear
) -> None:
    box = Box()
    world = World(wire_store, clock, lambda: str(uuid_utils.uuid7()), box)
    app = create_app(replace(config, require_confirmation=True), world, log_to=io.BytesIO())
    ear.heard.clear()
    _do_everything(Client(app), lambda: send(world), box)
    asked = [query for command in ear.heard for query in queries(command)]
    assert {"jobs", "one_time_tokens", "users"} <= {collection for collection, _ in asked}
    assert [query for query in asked if not is_served(*query)] == []


def _do_everything(client: Client, deliver: Callable[[], object], box: Box) -> None:
    def post(path: str, **body: str) -> None:
        client.post(f"/api/auth/{path}", body)
        deliver()

    ann = {"email": "ann@example.com", "full_name": "Ann", "password": PASSWORD}
    post("register", **ann, username="ann")
    post("register", **ann, username="other")
    post("email/confirm", token=box.token)
    post("email/confirm", token=box.token)
    log_in = {"email": "ann@example.com", "password": PASSWORD}
    client = client.with_token(client.post("/api/auth/login", log_in).json["access_token"])
    post("email/change", email="new@example.com", password=PASSWORD)
    post("email/confirm", token=box.token)
    post("email/resend", email="new@example.com")
    post("password/change", current_password=PASSWORD, new_password="another one")
    post("password/forgot", email="new@example.com")
    token = next(letter.path for letter in box.letters if letter.template == "reset")
    post("password/reset", token=str(token).rpartition("/")[2], password=PASSWORD)
    assert [letter.template for letter in box.letters].count("password_changed") == 2
