"""Guessing is held back by account and by address, and the owner of an account still gets in."""

import threading
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uuid_utils

from config import Config
from tests.api.asking import refused
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tests.wire import Ear
from tracker import create_app
from tracker.core.tries import RULES
from tracker.errors import TooMany, Unavailable
from tracker.services import throttling
from tracker.services.world import World
from tracker.store import Store, assemble

LOGIN = RULES["login"]
HOME, AWAY = "203.0.113.7", "198.51.100.9"
TO_THE_END_OF_THE_WINDOW = 533  # from 05:06:07.891 to 05:15


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def log_in(
    client: Client, password: str = PASSWORD, *, to: str = "ann@example.com", at: str = HOME
) -> Reply:
    body = {"email": to, "password": password}
    return client.with_token(None).post("/api/auth/login", body, environ_base={"REMOTE_ADDR": at})


def statuses(replies: Any) -> list[int]:
    return [reply.status for reply in replies]


def headers(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "X-Request-Id"}


def test_a_hundred_wrong_tries_from_one_address_end_in_429(ann: Client) -> None:
    found = statuses(log_in(ann, f"wrong {n}") for n in range(100))
    assert found == [401] * LOGIN.both + [429] * (100 - LOGIN.both)
    refusal = log_in(ann)
    problem = refused(refusal, 429)
    assert problem["detail"] == "Too many tries; try again later"
    assert int(refusal.headers["Retry-After"]) == TO_THE_END_OF_THE_WINDOW


def test_the_owner_still_gets_in_from_elsewhere(ann: Client) -> None:
    for n in range(100):
        log_in(ann, f"wrong {n}")
    assert log_in(ann, at=AWAY).status == 200


def test_the_owner_still_gets_in_while_many_addresses_guess(ann: Client) -> None:
    """Each address has a few tries left, so that nobody can lock an account."""
    guesses = [log_in(ann, "wrong", at=f"10.0.{n}.1") for n in range(LOGIN.account + 10)]
    assert statuses(guesses) == [401] * len(guesses)
    assert log_in(ann, at=AWAY).status == 200
    late = statuses(log_in(ann, "wrong", at="10.1.0.1") for _ in range(LOGIN.narrowed + 1))
    assert late == [401] * LOGIN.narrowed + [429]


def test_an_address_that_guesses_at_many_accounts_is_held_back(ann: Client) -> None:
    guesses = [log_in(ann, "x", to=f"p{n}@example.com") for n in range(LOGIN.address + 1)]
    assert statuses(guesses) == [401] * LOGIN.address + [429]
    assert log_in(ann).status == 429


def test_known_and_unknown_accounts_are_held_back_alike(ann: Client) -> None:
    """Status, body and headers, try by try: neither answers nor counters tell."""
    for n in range(LOGIN.both + 2):
        known = log_in(ann, "wrong", at=f"10.0.0.{n % 2}")
        unknown = log_in(ann, "wrong", to="nobody@example.com", at=f"10.0.1.{n % 2}")
        assert (known.status, known.json) == (unknown.status, unknown.json)
        assert headers(known) == headers(unknown)


def test_an_address_written_otherwise_is_the_same_account(ann: Client) -> None:
    names = ["ann@example.com", "ANN@Example.com"]
    found = statuses(log_in(ann, "wrong", to=names[n % 2]) for n in range(LOGIN.both + 1))
    assert found[-1] == 429


def test_the_networks_of_a_provider_count_as_one_address(ann: Client) -> None:
    own = [f"2001:db8:1:2::{n:x}" for n in range(LOGIN.both + 1)]
    assert statuses(log_in(ann, "wrong", at=at) for at in own)[-1] == 429
    assert log_in(ann, at="2001:db8:1:3::1").status == 200


def test_good_tries_do_not_count(ann: Client, store: Store) -> None:
    assert statuses(log_in(ann) for _ in range(LOGIN.both + 5)) == [200] * (LOGIN.both + 5)
    assert store.db.throttles.count_documents({"_id": {"$regex": "^login:"}}) == 0


def test_a_window_ends(ann: Client, clock: Clock) -> None:
    for _ in range(LOGIN.both + 1):
        refusal = log_in(ann, "wrong")
    clock.advance(seconds=int(refusal.headers["Retry-After"]) - 1)
    assert log_in(ann).status == 429
    clock.advance(seconds=1)
    assert log_in(ann).status == 200


def test_a_restart_forgets_nothing_and_workers_share_the_counters(
    ann: Client, config: Config, store: Store, clock: Clock
) -> None:
    """Another process: an application and a store of its own, on the same data."""
    for _ in range(LOGIN.both):
        log_in(ann, "wrong")
    other = World(assemble(store.db), clock, lambda: str(uuid_utils.uuid7()))
    assert log_in(Client(create_app(config, other)), "wrong").status == 429


def test_of_letters_asked_for_at_one_moment_no_more_go_out_than_the_limit(world: World) -> None:
    start, passed = threading.Barrier(10), []

    def attempt() -> None:
        start.wait()
        with (
            suppress(TooMany),
            throttling.throttled(world, "forgot", address=HOME, account="ann"),
        ):
            passed.append(True)

    threads = [threading.Thread(target=attempt) for _ in range(start.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) <= RULES["forgot"].both


def test_right_passwords_at_one_moment_do_not_stand_in_each_other_s_way(world: World) -> None:
    with ExitStack() as tries:
        for _ in range(LOGIN.address + 1):
            tries.enter_context(throttling.throttled(world, "login", address=HOME, account="ann"))


@pytest.mark.parametrize("fault", [Unavailable, ValueError])
def test_what_we_could_not_do_does_not_count(world: World, fault: type[Exception]) -> None:
    with suppress(fault), throttling.throttled(world, "login", address=HOME, account="ann"):
        raise fault
    assert world.store.db.throttles.count_documents({}) == 0


def test_registering_is_held_back_by_address(client: Client, clock: Clock) -> None:
    most = RULES["register"].address
    found = []
    for n in range(most + 1):
        body = {"email": f"p{n}@example.com", "username": f"p{n:04}", "full_name": "P"}
        found.append(client.post("/api/auth/register", {**body, "password": PASSWORD}).status)
    assert found == [201] * most + [429]
    clock.advance(hours=1)
    assert client.as_("ann").me["username"] == "ann"


def test_no_counter_tells_whose_it_is(ann: Client, store: Store) -> None:
    log_in(ann, "wrong")
    told = str(list(store.db.throttles.find({})))
    assert "ann" not in told
    assert HOME not in told


def test_holding_back_takes_one_round_trip_and_one_more_for_a_wrong_try(
    wire_store: Store, clock: Clock, config: Config, ear: Ear
) -> None:
    world = World(wire_store, clock, lambda: str(uuid_utils.uuid7()))
    ann = Client(create_app(config, world)).as_("ann")
    found = []
    for password in (PASSWORD, "wrong"):
        ear.heard.clear()
        log_in(ann, password)
        found.append(sum(body[name] == "throttles" for name, body in ear.heard))
    assert found == [1, 2]
