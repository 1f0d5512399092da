"""One-time tokens: strong, hashed, used once, for one purpose, in time."""

import re
import threading
from datetime import timedelta

import pytest

from tests.conftest import Clock
from tracker.errors import BadLink
from tracker.services import one_time_tokens
from tracker.services.one_time_tokens import Link
from tracker.services.world import World

LINK = Link("reset", timedelta(minutes=60), "/somewhere/")


def issue(world: World) -> str:
    return one_time_tokens.issue(world, LINK, user="u", address="ann@example.com")


def test_a_token_says_whose_it_is_and_for_which_address(world: World) -> None:
    token = issue(world)
    for found in (
        one_time_tokens.look(world, token, "reset"),
        one_time_tokens.use(world, token, "confirm", "reset"),
    ):
        assert (found["user"], found["address"]) == ("u", "ann@example.com")


def test_a_token_has_256_bits_and_needs_no_escaping(world: World) -> None:
    tokens = {issue(world) for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_the_store_holds_no_token(world: World) -> None:
    token = issue(world)
    (row,) = world.store.db.one_time_tokens.find({})
    assert token not in str(row)
    assert re.fullmatch("[0-9a-f]{64}", row["_id"])


def test_a_token_is_used_once(world: World) -> None:
    token = issue(world)
    assert one_time_tokens.used(world, token, "reset") is None
    one_time_tokens.use(world, token, "reset")
    for again in (one_time_tokens.use, one_time_tokens.look):
        with pytest.raises(BadLink):
            again(world, token, "reset")
    assert one_time_tokens.used(world, token, "reset")


def test_of_20_who_use_it_at_once_one_succeeds(world: World) -> None:
    token, start = issue(world), threading.Barrier(20)
    outcomes: list[bool] = []

    def race() -> None:
        start.wait()
        try:
            one_time_tokens.use(world, token, "reset")
        except BadLink:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=race) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 19 + [True]


@pytest.mark.parametrize("deed", [one_time_tokens.look, one_time_tokens.use])
def test_a_token_is_for_one_purpose(world: World, deed: object) -> None:
    token = issue(world)
    with pytest.raises(BadLink):
        deed(world, token, "confirm", "change")  # type: ignore[operator]
    assert one_time_tokens.look(world, token, "reset")


@pytest.mark.parametrize("deed", [one_time_tokens.look, one_time_tokens.use])
def test_a_token_ends_with_its_time(world: World, clock: Clock, deed: object) -> None:
    token = issue(world)
    clock.advance(minutes=59, seconds=59)
    assert one_time_tokens.look(world, token, "reset")
    clock.advance(seconds=1)
    with pytest.raises(BadLink):
        deed(world, token, "reset")  # type: ignore[operator]


@pytest.mark.parametrize("token", ["", "x", "\0", "../x", '{"$ne":1}', "x" * 10_000, "\ud800"])
def test_what_is_no_token_leads_nowhere(world: World, token: str) -> None:
    issue(world)
    with pytest.raises(BadLink):
        one_time_tokens.use(world, token, "reset")
