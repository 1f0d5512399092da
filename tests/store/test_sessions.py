"""Sessions as they are kept: who is first to rotate, and what of them is found."""

from datetime import timedelta

import pytest

from tests.conftest import START
from tracker.core import sessions as rules
from tracker.core.sessions import Origin, Session
from tracker.store import Store, sessions

HOUR = timedelta(hours=1)


@pytest.fixture
def session(store: Store) -> Session:
    plain = rules.opened("s", "ann", Origin("curl", "::1"), HOUR, at=START)
    family = rules.refreshable(plain, rotates=True)
    store.db.users.insert_one({"_id": "ann", "number": 1})
    sessions.insert(store, dict(family))
    return family


def test_who_read_before_another_rotated_changes_nothing(store: Store, session: Session) -> None:
    """Else a slow one would put an older generation back, and a spent token would be good again."""
    first = rules.rotated(session, at=START)
    second = rules.rotated(first, at=START)
    assert sessions.rotate(store, session, first)
    assert sessions.rotate(store, first, second)
    assert not sessions.rotate(store, session, first)
    assert not sessions.rotate(store, first, second)
    assert store.db.sessions.find_one({}) == second


def test_what_was_ended_meanwhile_does_not_come_back(store: Store, session: Session) -> None:
    assert sessions.remove(store, "s", "ann")
    assert not sessions.rotate(store, session, rules.rotated(session, at=START))
    sessions.put_seen(store, session, START + HOUR)
    assert store.db.sessions.count_documents({}) == 0


def test_a_session_is_found_with_its_user_until_it_expires(store: Store, session: Session) -> None:
    held = sessions.with_user(store, "s", START + HOUR - timedelta(milliseconds=1))
    assert held == (session, {"_id": "ann", "number": 1})
    assert sessions.with_user(store, "s", START + HOUR) is None
    assert sessions.of_user(store, "ann", START + HOUR) == []
    assert sessions.with_user(store, "t", START) is None


def test_a_session_without_its_user_is_nobodys(store: Store, session: Session) -> None:
    store.db.users.delete_one({})
    assert sessions.with_user(store, "s", START) is None


def test_all_sessions_end_but_the_one_that_is_kept(store: Store, session: Session) -> None:
    for name in ("t", "u"):
        sessions.insert(store, {**session, "_id": name})
    sessions.insert(store, {**session, "_id": "b", "user": "bob"})
    assert sessions.remove_all(store, "ann", but="t") == 2
    assert store.db.sessions.distinct("_id") == ["b", "t"]
    assert sessions.remove_all(store, "ann") == 1


def test_only_the_newest_hundred_are_listed(store: Store, session: Session) -> None:
    many = [{**session, "_id": f"t{number:03}"} for number in range(120)]
    store.db.sessions.insert_many(many)
    listed = [one["_id"] for one in sessions.of_user(store, "ann", START)]
    assert listed == [f"t{number:03}" for number in range(119, 19, -1)]
