"""What watching asks the database: few questions a look, each with an index."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.serving import is_served, queries
from tests.wire import Ear
from tracker.services import making, telling, watching
from tracker.services.watching import Feed, Proof
from tracker.services.world import World

ANN = {"_id": "ann"}


@pytest.fixture
def hints() -> list[str]:
    return []


@pytest.fixture
def live(over_the_wire: World, hints: list[str]) -> World:
    """A world whose hints are kept."""
    for number, user in enumerate(("ann", "bob")):
        person = {"_id": user, "number": number, "state": "active"}
        over_the_wire.store.db.users.insert_one(person)
    return replace(over_the_wire, hint=hints.append)


@pytest.fixture
def feed(live: World, ear: Ear) -> Feed:
    feed = Feed(live)
    feed.begin()
    for number in range(3):
        making.create(live, ANN, {"title": str(number)})
    ear.heard.clear()
    return feed


def asked(ear: Ear) -> list[str]:
    assert [query for command in ear.heard for query in queries(command)]
    unserved = [q for command in ear.heard for q in queries(command) if not is_served(*q)]
    assert unserved == []
    return [f"{body[name]}.{name}" for name, body in ear.heard]


def test_a_look_where_hints_point_takes_two_questions(
    feed: Feed, hints: list[str], ear: Ear
) -> None:
    told = list(feed.look(telling.read(hints), ["ann"]))
    assert len(told) == 3
    assert asked(ear) == ["history.find", "trees.find"]


def test_notices_take_one_more(feed: Feed, hints: list[str], ear: Ear) -> None:
    list(feed.look(telling.read([f"{hints[0]}!"]), ["ann"]))
    assert asked(ear) == ["history.find", "trees.find", "notifications.find"]


def test_a_look_at_all_takes_three(feed: Feed, ear: Ear) -> None:
    assert len(list(feed.look(None, ["ann"]))) == 3
    assert asked(ear) == ["history.find", "trees.find", "notifications.find"]
    ear.heard.clear()
    list(feed.look(None, ["ann"]))
    assert asked(ear) == ["history.find", "notifications.find"]


def test_who_comes_back_asks_four(live: World, feed: Feed, ear: Ear) -> None:
    moment = f"{round(live.now().timestamp() * 1000)}-"
    assert len(watching.missed(live, "ann", moment)) == 3
    assert asked(ear) == ["history.find", "trees.find", "history.find", "notifications.find"]


def test_who_may_stay_is_asked_for_all_at_once(live: World, feed: Feed, ear: Ear) -> None:
    until = live.now() + timedelta(hours=1)
    proofs = {Proof("ann", f"s{number}", None, until) for number in range(50)}
    watching.ended(live, proofs)
    assert asked(ear) == ["sessions.find", "users.find"]
    ear.heard.clear()
    watching.ended(live, {*proofs, Proof("bob", None, "t", None)})
    assert asked(ear) == ["sessions.find", "api_tokens.find", "users.find"]
