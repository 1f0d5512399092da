"""What those who watch are told: each thing once, to those who may see it today, late or not."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.store.staging import commit, retitle
from tracker.errors import Gone, Malformed
from tracker.services import (
    editing,
    making,
    sessions,
    sharing,
    telling,
    trashing,
    watching,
)
from tracker.services.watching import Feed, Proof
from tracker.services.world import World
from tracker.store import drains, leaving
from tracker.store.sessions import insert

ANN, BOB, EVE = ({"_id": name} for name in ("ann", "bob", "eve"))
PEOPLE = ("ann", "bob", "eve")
Heard = dict[str, list[str]]


@pytest.fixture
def hints() -> list[str]:
    return []


@pytest.fixture
def live(world: World, tree: str, hints: list[str], clock: Clock) -> World:
    """ann's tree, which bob may see and eve may not; hints are kept. The tree is a day old."""
    world.store.db.history.update_many({}, {"$set": {"at": clock.now - timedelta(days=1)}})
    return replace(world, hint=hints.append)


@pytest.fixture
def feed(live: World) -> Feed:
    feed = Feed(live)
    feed.begin()
    return feed


def heard(feed: Feed, hints: list[str] | None = None, users: Collection[str] = PEOPLE) -> Heard:
    """What each was told, by a look where the hints point, or at all."""
    found: Heard = {user: [] for user in users}
    for told in feed.look(None if hints is None else telling.read(hints), users):
        for user in told.users:
            found[user] += [f"{m.type} {m.data.get('title')}" for m in told.messages]
    if hints:
        hints.clear()
    return found


def test_what_happens_is_told_to_those_who_may_see_it(
    live: World, feed: Feed, hints: list[str]
) -> None:
    editing.change(live, BOB, "b", {"title": "B"})
    making.create(live, ANN, {"title": "mine"})
    told = heard(feed, hints)
    assert told["bob"] == ["task_updated B"]
    assert sorted(told["ann"]) == ["task_created mine", "task_updated B"]
    assert told["eve"] == []


def test_nothing_is_told_twice(live: World, feed: Feed, hints: list[str]) -> None:
    editing.change(live, ANN, "b", {"title": "B"})
    again = [*hints]
    assert heard(feed, hints)["ann"] == ["task_updated B"]
    assert heard(feed, again)["ann"] == heard(feed)["ann"] == []


def test_a_lost_hint_loses_no_event(live: World, feed: Feed) -> None:
    editing.change(live, ANN, "b", {"title": "B"})
    assert heard(feed)["ann"] == ["task_updated B"]


def test_what_was_drained_late_is_told_all_the_same(live: World, feed: Feed, clock: Clock) -> None:
    """The row of a commit that a crash left carries the time of the commit."""
    paused = commit(live.store, "r", retitle("b", "late"))
    paused["outbox"][0]["at"] = clock.now
    clock.advance(seconds=40)
    editing.change(live, ANN, "c", {"title": "C"})
    live.store.db.history.delete_one({"_id": "r:2"})
    assert heard(feed)["ann"] == ["task_updated C"]
    clock.advance(seconds=40)
    drains.drain(live.store, paused)
    assert heard(feed)["ann"] == ["task_updated late"]


def test_after_an_outage_all_of_it_is_told(live: World, feed: Feed, clock: Clock) -> None:
    """More than fits a page, over hours, several at one moment."""
    (first,) = live.store.db.history.find({"_id": "r:1"})
    count = watching.PAGE + 20
    rows = [
        {**first, "_id": f"r:{n}", "seq": n, "at": clock.now + timedelta(seconds=n // 3)}
        for n in range(2, 2 + count)
    ]
    live.store.db.history.insert_many(rows)
    clock.advance(hours=3)
    assert heard(feed)["ann"] == ["task_created r"] * count
    live.store.db.history.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})


def test_what_was_before_is_not_told(live: World) -> None:
    editing.change(live, ANN, "b", {"title": "B"})
    feed = Feed(live)
    feed.begin()
    assert heard(feed)["ann"] == []


def test_the_memory_ends_with_what_could_come_again(live: World, feed: Feed, clock: Clock) -> None:
    for number in range(10):
        editing.change(live, ANN, "b", {"title": f"B{number}"})
    heard(feed)
    clock.advance(seconds=300)
    heard(feed)
    assert heard(feed)["ann"] == []
    assert len(feed) == 0


def test_who_was_removed_hears_nothing_more_from_that_commit_on(
    live: World, feed: Feed, hints: list[str]
) -> None:
    """Nor of what was before it, where that is told late."""
    editing.change(live, ANN, "b", {"title": "before"})
    sharing.remove(live, ANN, "r", "bob")
    editing.change(live, ANN, "b", {"title": "after"})
    told = heard(feed, hints)
    assert told["bob"] == []
    assert told["ann"] == ["task_updated before", "task_updated r", "task_updated after"]


def test_who_comes_in_hears_of_it(live: World, feed: Feed, hints: list[str]) -> None:
    live.store.db.users.insert_one({"_id": "eve", "state": "active", "number": 3})
    sharing.put(live, ANN, "r", "eve", "viewer")
    assert "task_updated r" in heard(feed, hints)["eve"]


def test_a_notification_is_told_to_its_user_alone(
    live: World, feed: Feed, hints: list[str]
) -> None:
    editing.change(live, ANN, "b", {"assigned_to": "bob"})
    told = heard(feed, hints)
    assert "notification Task Assigned: b" in told["bob"]
    assert not any(line.startswith("notification") for line in told["ann"] + told["eve"])
    assert heard(feed)["bob"] == []


def test_a_notification_from_before_somebody_came_is_not_told(live: World) -> None:
    editing.change(live, ANN, "b", {"assigned_to": "bob"})
    feed = Feed(live)
    feed.begin()
    assert heard(feed)["bob"] == []


def test_deleting_and_restoring_are_told(live: World, feed: Feed, hints: list[str]) -> None:
    for deed in (trashing.delete, trashing.restore, trashing.delete, trashing.purge):
        deed(live, ANN, "b")
    told = heard(feed, hints)["bob"]
    assert told == ["task_deleted None", "task_created b", *["task_deleted None"] * 2]


def test_of_a_tree_whose_owner_left_no_title_is_told_any_more(live: World, feed: Feed) -> None:
    editing.change(live, ANN, "b", {"title": "secret"})
    trashing.delete(live, ANN, "b")
    leaving.hush_history(live.store, "r")
    assert heard(feed)["bob"] == ["task_deleted None"]
    assert "secret" not in str(list(live.store.db.history.find({})))


def test_where_nobody_is_nothing_is_told(live: World, feed: Feed, hints: list[str]) -> None:
    editing.change(live, ANN, "b", {"title": "B"})
    assert heard(feed, hints, users=()) == {}


# coming back


def missed(world: World, user: str, message_id: str) -> list[str]:
    messages = watching.missed(world, user, message_id)
    return [f"{message.type} {message.data.get('title')}" for message in messages]


def last_id(world: World, user: str) -> str:
    return watching.missed(world, user, f"{round(world.now().timestamp() * 1000)}-")[-1].id


def test_who_comes_back_is_told_what_was_missed(live: World, clock: Clock) -> None:
    editing.change(live, ANN, "b", {"title": "1"})
    seen = last_id(live, "bob")
    clock.advance(minutes=5)
    editing.change(live, ANN, "b", {"title": "2"})
    editing.change(live, ANN, "b", {"assigned_to": "bob"})
    told = missed(live, "bob", seen)
    assert told[:2] == ["task_updated 1", "task_updated 2"]
    assert sorted(told[2:]) == ["notification Task Assigned: 2", "task_updated 2"]
    assert missed(live, "eve", seen) == []


def test_the_minute_before_is_told_again_and_no_more(live: World, clock: Clock) -> None:
    for number, seconds in enumerate((30, 40, 20)):
        editing.change(live, ANN, "b", {"title": str(number)})
        clock.advance(seconds=seconds)
    assert missed(live, "bob", last_id(live, "bob")) == ["task_updated 1", "task_updated 2"]


def test_who_was_removed_misses_nothing(live: World) -> None:
    editing.change(live, ANN, "b", {"title": "1"})
    seen = last_id(live, "bob")
    sharing.remove(live, ANN, "r", "bob")
    assert missed(live, "bob", seen) == []


def test_what_is_a_day_old_is_gone(live: World, clock: Clock) -> None:
    editing.change(live, ANN, "b", {"title": "1"})
    seen = last_id(live, "bob")
    clock.advance(hours=24)
    assert missed(live, "bob", seen) == ["task_updated 1"]
    clock.advance(seconds=1)
    with pytest.raises(Gone):
        missed(live, "bob", seen)


def test_where_too_much_has_happened_it_is_gone(live: World) -> None:
    editing.change(live, ANN, "b", {"title": "0"})
    seen = last_id(live, "bob")
    for number in range(1, 3):
        editing.change(live, ANN, "b", {"title": str(number)})
    assert len(watching.missed(live, "bob", seen, most=3)) == 3
    editing.change(live, ANN, "b", {"title": "one too many"})
    with pytest.raises(Gone):
        watching.missed(live, "bob", seen, most=3)


def test_another_id_is_none(live: World) -> None:
    with pytest.raises(Malformed):
        watching.missed(live, "bob", "x")


# who may stay


@pytest.fixture
def proof(live: World) -> Proof:
    """Of bob, in a session that lives for an hour; his access token for a quarter of one."""
    now = live.now()
    session = {"_id": "s", "user": "bob", "expires_at": now + timedelta(hours=1), "epoch": 0}
    insert(live.store, session)
    return Proof("bob", "s", None, now + timedelta(minutes=15))


def test_who_may_watch_may_stay(live: World, proof: Proof) -> None:
    assert watching.ended(live, {proof}) == set()


Ending = Callable[[World, Clock], object]
ENDINGS: dict[str, Ending] = {
    "log-out": lambda world, clock: sessions.end_all(world, "bob"),
    "end of the token": lambda world, clock: clock.advance(minutes=15),
    "end of the session": lambda world, clock: world.store.db.sessions.update_one(
        {"_id": "s"}, {"$set": {"expires_at": clock.now}}
    ),
    "disabling": lambda world, clock: world.store.db.users.update_one(
        {"_id": "bob"}, {"$set": {"state": "disabled"}}
    ),
    "new password": lambda world, clock: world.store.db.users.update_one(
        {"_id": "bob"}, {"$set": {"epoch": 1}}
    ),
    "end of the person": lambda world, clock: world.store.db.users.delete_one({"_id": "bob"}),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_may_no_longer_watch_may_not_stay(
    live: World, proof: Proof, clock: Clock, ending: str
) -> None:
    other = Proof("ann", None, "t", None)
    live.store.db.api_tokens.insert_one({"_id": "t", "user": "ann", "hash": "h"})
    ENDINGS[ending](live, clock)
    assert watching.ended(live, {proof, other}) == {proof}


def test_an_api_token_that_was_taken_back_ends_it(live: World, proof: Proof) -> None:
    other = Proof("ann", None, "t", None)
    assert watching.ended(live, {proof, other}) == {other}
