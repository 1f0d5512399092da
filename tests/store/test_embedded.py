"""The embedded store answers like PyMongo, hands out copies, and never shows half a change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from bson.errors import InvalidDocument
from pymongo import DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, InvalidOperation, WriteError

from tracker.store.embedded import Database, open_store

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path, clock=lambda: NOON) as found:
        yield found


def test_failing_operator_leaves_the_document_as_it_was(db: Database, tmp_path: Path) -> None:
    db.c.insert_one({"_id": 1, "a": "old", "s": "text"})
    with pytest.raises(WriteError):
        db.c.update_one({"_id": 1}, {"$set": {"a": "new"}, "$inc": {"s": 1}})
    assert db.c.find_one({"_id": 1}) == {"_id": 1, "a": "old", "s": "text"}
    assert db.c.find_one({"a": "new"}) is None
    db.close()
    with open_store(tmp_path) as again:
        assert again.c.find_one({"_id": 1}) == {"_id": 1, "a": "old", "s": "text"}


def test_update_many_that_fails_at_one_document_changes_none(db: Database) -> None:
    db.c.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": "text"}, {"_id": 3, "n": 3}])
    with pytest.raises(WriteError):
        db.c.update_many({}, {"$inc": {"n": 1}})
    assert [row["n"] for row in db.c.find({})] == [1, "text", 3]


@pytest.mark.parametrize(
    "update",
    [
        {"$set": {"scalar.below": 1}},
        {"$push": {"none.below": 1}},
        {"$set": {"a": 1, "a.b": 2}},
        {"$set": {"a": 1}, "$unset": {"a.b": ""}},
        {"$set": {"_id": 2}},
        {"$push": {"scalar": 1}},
        {"$inc": {"n": "1"}},
        {"$mull": {"n": 2}},
    ],
)
def test_update_that_mongodb_refuses_is_refused(db: Database, update: dict[str, Any]) -> None:
    before = {"_id": 1, "scalar": 5, "none": None, "a": {"b": 1}, "n": 1}
    db.c.insert_one(before)
    with pytest.raises(WriteError):
        db.c.update_one({"_id": 1}, update)
    assert db.c.find_one() == before


def test_documents_are_copies_on_the_way_in_and_on_the_way_out(db: Database) -> None:
    given = {"_id": 1, "list": [{"x": 1}], "tree": {"a": {}}}
    db.c.insert_one(given)
    given["list"][0]["x"] = 2  # type: ignore[index]
    change = {"$set": {"more": {"y": [1]}}}
    db.c.update_one({"_id": 1}, change)
    change["$set"]["more"]["y"].append(2)
    for projection in (
        None,
        {"list": 1, "tree": 1, "more": 1},
        {"list.x": 1, "tree": 1, "more": 1},
    ):
        found = db.c.find_one({"_id": 1}, projection)
        assert found == {"_id": 1, "list": [{"x": 1}], "tree": {"a": {}}, "more": {"y": [1]}}
        found["list"][0]["x"] = found["tree"]["a"] = found["more"]["y"] = "changed"


def test_times_are_aware_and_in_milliseconds(db: Database) -> None:
    summer = timezone(timedelta(hours=2))
    db.c.insert_one({"_id": 1, "t": datetime(2026, 3, 4, 14, 0, 0, 123_999, tzinfo=summer)})
    found = db.c.find_one({"t": {"$lt": datetime(2026, 3, 4, 12, 0, 1)}})  # naive is UTC
    assert found
    assert found["t"] == datetime(2026, 3, 4, 12, 0, 0, 123_000, tzinfo=UTC)
    assert found["t"].utcoffset() == timedelta(0)


def test_current_date_is_the_clock(db: Database) -> None:
    db.c.update_one({"_id": 1}, {"$currentDate": {"at": True}}, upsert=True)
    assert db.c.find_one() == {"_id": 1, "at": NOON}


def test_what_bson_cannot_hold_is_refused_and_not_kept(db: Database) -> None:
    for bad in ({"n": 2**63}, {"s": "\ud800"}, {"k\0": 1}, {"o": object()}):
        with pytest.raises((OverflowError, InvalidDocument, UnicodeEncodeError)):
            db.c.insert_one({"_id": 1, **bad})
    with pytest.raises(WriteError):
        db.c.insert_one({"_id": 1, "big": "x" * 17_000_000})
    assert db.c.count_documents({}) == 0


def test_true_and_one_are_different_ids_and_values(db: Database) -> None:
    db.c.insert_many([{"_id": 1, "v": True}, {"_id": True, "v": 1}])
    assert db.c.find_one({"_id": 1.0})["v"] is True  # type: ignore[index]
    assert [row["_id"] for row in db.c.find({"v": 1})] == [True]
    assert db.c.count_documents({"v": {"$in": [True]}}) == 1
    with pytest.raises(DuplicateKeyError):
        db.c.insert_one({"_id": 1.0})


def guarded(row: dict[str, Any]) -> ReplaceOne[dict[str, Any]]:
    hops, rev = row["hops"], row["rev"]
    older = [{"hops": {"$lt": hops}}, {"hops": hops, "rev": {"$lt": rev}}]
    return ReplaceOne({"_id": row["_id"], "$or": older}, row, upsert=True)


def test_guarded_upsert_takes_newer_rows_and_reports_older_ones(db: Database) -> None:
    db.c.insert_one({"_id": "a", "hops": 1, "rev": 5, "left": "behind"})
    requests = [
        guarded({"_id": "a", "hops": 1, "rev": 4}),
        guarded({"_id": "b", "hops": 0, "rev": 1}),
        guarded({"_id": "a", "hops": 2, "rev": 1}),
    ]
    with pytest.raises(BulkWriteError) as caught:
        db.c.bulk_write(requests, ordered=False)
    report = caught.value.details
    assert [(e["index"], e["code"]) for e in report["writeErrors"]] == [(0, 11000)]
    assert (report["nMatched"], report["upserted"]) == (1, [{"index": 1, "_id": "b"}])
    found = list(db.c.find({}, sort=[("_id", 1)]))
    assert found == [{"_id": "a", "hops": 2, "rev": 1}, {"_id": "b", "hops": 0, "rev": 1}]


def test_ordered_bulk_stops_at_the_first_error_and_keeps_what_came_before(db: Database) -> None:
    requests = [
        InsertOne({"_id": 1}),
        UpdateOne({"_id": 1}, {"$set": {"n": 1}}),
        InsertOne({"_id": 1}),
        DeleteOne({"_id": 1}),
    ]
    with pytest.raises(BulkWriteError) as caught:
        db.c.bulk_write(requests)
    assert [e["index"] for e in caught.value.details["writeErrors"]] == [2]
    assert db.c.find_one() == {"_id": 1, "n": 1}


def test_bulk_of_nothing_or_of_something_else_is_refused(db: Database) -> None:
    with pytest.raises(InvalidOperation):
        db.c.bulk_write([])
    with pytest.raises(TypeError):
        db.c.bulk_write([{"insert": 1}])
    with pytest.raises(NotImplementedError):
        db.c.bulk_write([UpdateOne({}, {"$set": {"a": 1}}, sort={"a": 1})])


def test_counter_answers_before_and_after(db: Database) -> None:
    count = {"$inc": {"n": 2}}
    assert db.c.find_one_and_update({"_id": "x"}, count, upsert=True) is None
    assert db.c.find_one_and_update({"_id": "x"}, count) == {"_id": "x", "n": 2}
    after = ReturnDocument.AFTER
    assert db.c.find_one_and_update({"_id": "x"}, count, {"_id": 0}, return_document=after) == {
        "n": 6
    }
    assert db.c.find_one_and_update({"_id": "y"}, count) is None


def test_page_is_filtered_sorted_and_cut(db: Database) -> None:
    db.c.insert_many([{"_id": n, "due": None if n % 3 else NOON + timedelta(n)} for n in range(10)])
    page = db.c.find(
        {"_id": {"$gte": 1}}, {"due": 1}, sort=[("due", -1), ("_id", 1)], skip=1, limit=4
    )
    assert [row["_id"] for row in page] == [6, 3, 1, 2]
    chained = db.c.find({"_id": {"$gte": 1}}).sort([("due", -1), ("_id", 1)]).skip(1).limit(4)
    assert [row["_id"] for row in chained.hint("x").max_time_ms(5).batch_size(2)] == [6, 3, 1, 2]
    assert db.c.count_documents({"due": None}, hint="due_1") == 6
    assert db.c.count_documents({}, limit=3) == 3
    assert db.c.distinct("due", {"_id": {"$lt": 4}}) == [None, NOON, NOON + timedelta(3)]


def test_answer_kept_for_the_count_is_forgotten_at_a_write(db: Database) -> None:
    db.c.insert_many([{"_id": 1, "a": 1}, {"_id": 2, "a": 1}])
    assert db.c.count_documents({"a": 1}) == 2
    db.c.update_one({"_id": 1}, {"$set": {"a": 2}})
    assert db.c.count_documents({"a": 1}) == 1
    db.c.delete_many({"a": 1})
    assert db.c.count_documents({"a": 1}) == 0


def test_aggregation_groups_what_matches(db: Database) -> None:
    db.c.insert_many(
        [{"g": "a", "t": NOON}, {"g": "a", "t": NOON}, {"g": "b", "t": NOON}, {"g": "c"}]
    )
    db.names.insert_one({"_id": "a", "name": "first"})
    stages: list[dict[str, Any]] = [
        {"$match": {"t": {"$gte": NOON}}},
        {"$group": {"_id": "$g", "n": {"$sum": 1}, "t": {"$max": "$t"}}},
        {"$lookup": {"from": "names", "localField": "_id", "foreignField": "_id", "as": "names"}},
        {"$sort": {"_id": 1}},
    ]
    assert list(db.c.aggregate(stages)) == [
        {"_id": "a", "n": 2, "t": NOON, "names": [{"_id": "a", "name": "first"}]},
        {"_id": "b", "n": 1, "t": NOON, "names": []},
    ]
