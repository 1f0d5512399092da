"""Indexes of the embedded store: unique values are kept so by every write, expired documents go."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.store.embedded import Database, open_store

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path) as found:
        yield found


def test_unique_values_are_kept_unique_by_every_kind_of_write(db: Database) -> None:
    db.c.create_index("mail", unique=True, sparse=True)
    db.c.insert_many([{"_id": 1, "mail": "a"}, {"_id": 2, "mail": "b"}, {"_id": 3}, {"_id": 4}])
    tries: list[Callable[[], Any]] = [
        lambda: db.c.insert_one({"_id": 5, "mail": "a"}),
        lambda: db.c.update_one({"_id": 2}, {"$set": {"mail": "a"}}),
        lambda: db.c.update_one({"_id": 5}, {"$set": {"mail": "a"}}, upsert=True),
        lambda: db.c.update_many({"_id": {"$in": [3, 4]}}, {"$set": {"mail": "c"}}),
        lambda: db.c.replace_one({"_id": 3}, {"mail": "b"}),
        lambda: db.c.find_one_and_update({"_id": 3}, {"$set": {"mail": "b"}}),
    ]
    before = list(db.c.find({}))
    for attempt in tries:
        with pytest.raises(DuplicateKeyError):
            attempt()
        assert list(db.c.find({})) == before
    db.c.delete_one({"_id": 1})
    db.c.update_one({"_id": 3}, {"$set": {"mail": "a"}})  # free again


def test_index_over_documents_that_break_it_is_refused(db: Database) -> None:
    db.c.insert_many([{"_id": 1, "a": 1, "b": [1, 2]}, {"_id": 2, "a": 1, "b": [2, 3]}])
    for keys in ("a", "b", [("a", 1), ("b", 1)], "absent"):
        with pytest.raises(DuplicateKeyError):
            db.c.create_index(keys, unique=True)
    assert db.c.create_index([("a", 1), ("_id", -1)], unique=True) == "a_1__id_-1"


def test_index_information_tells_what_was_declared(db: Database) -> None:
    models = [IndexModel("n", unique=True), IndexModel("at", expireAfterSeconds=0)]
    assert db.c.create_indexes(models) == db.c.create_indexes(models) == ["n_1", "at_1"]
    assert db.c.index_information() == {
        "_id_": {"v": 2, "key": [("_id", 1)]},
        "n_1": {"v": 2, "key": [("n", 1)], "unique": True},
        "at_1": {"v": 2, "key": [("at", 1)], "expireAfterSeconds": 0},
    }
    db.c.drop_index("n_1")
    assert "n_1" not in db.c.index_information()


def test_what_has_expired_goes_with_a_later_write(tmp_path: Path) -> None:
    now = [NOON]
    with open_store(tmp_path, clock=lambda: now[0]) as db:
        db.c.create_index("at", expireAfterSeconds=10)
        db.c.insert_many(
            [{"_id": 1, "at": NOON}, {"_id": 2, "at": NOON + timedelta(days=1)}, {"_id": 3}]
        )
        now[0] += timedelta(minutes=5)
        db.other.insert_one({})
        assert [row["_id"] for row in db.c.find({})] == [2, 3]
