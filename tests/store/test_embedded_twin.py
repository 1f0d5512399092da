"""The embedded store answers as a server does: a table of operations, run on both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from tracker.store.embedded import open_store

START = datetime(2026, 3, 4, tzinfo=UTC)

SEEDS: list[dict[str, Any]] = [
    {
        "_id": 1,
        "n": 1,
        "s": "one",
        "tags": ["a", "b"],
        "root": {"x": {"t": "x"}},
        "hops": 1,
        "rev": 3,
    },
    {
        "_id": 2,
        "n": None,
        "s": "two",
        "ops": [{"id": 1}, {"id": 2}],
        "root": {},
        "hops": 0,
        "rev": 9,
    },
    {"_id": 3, "s": "three", "tags": [], "members": [{"user": "u"}, {"user": "v"}], "at": START},
]


def one(id: int) -> dict[str, int]:
    return {"_id": id}


# Left out, as the test server differs from MongoDB there: it counts refused inserts as done,
# creates fields below null, and finds null below the elements of a list of plain values.
OPERATIONS: list[Callable[[Any], Any]] = [
    lambda c: c.update_one({"_id": 1, "rev": 3}, {"$set": {"root.x.t": "y", "rev": 4}}).raw_result[
        "n"
    ],
    lambda c: c.update_one({"_id": 1, "rev": 4}, {"$set": {"rev": 5}}).matched_count,
    lambda c: c.update_one(one(1), {"$set": {"n": 1}}).modified_count,
    lambda c: (
        c.update_one(one(2), {"$push": {"ops": {"id": 3}}, "$unset": {"root": ""}}).modified_count
    ),
    lambda c: (
        c.update_one(one(2), {"$push": {"ops": {"$each": [1, 2], "$slice": -2}}}).modified_count
    ),
    lambda c: c.update_one(one(2), {"$pull": {"ops": {"id": {"$in": [1]}}}}).modified_count,
    lambda c: c.update_one(one(1), {"$addToSet": {"tags": "b"}}).modified_count,
    lambda c: c.update_one(one(1), {"$addToSet": {"tags": {"$each": ["b", "c"]}}}).modified_count,
    lambda c: (
        c.update_one(
            one(3), {"$max": {"at": START + timedelta(1)}, "$min": {"low": 1}}
        ).matched_count
    ),
    lambda c: c.update_one(one(3), {"$rename": {"s": "t"}}).modified_count,
    lambda c: (
        c.update_one(
            {"_id": 3, "members.user": "v"}, {"$set": {"members.$.role": "x"}}
        ).modified_count
    ),
    lambda c: (
        c.update_one(one(9), {"$set": {"a": 1}, "$setOnInsert": {"b": 2}}, upsert=True).upserted_id
    ),
    lambda c: (
        c.update_one(
            {"_id": 9, "q": "z", "n": {"$gt": 1}}, {"$inc": {"k": 1}}, upsert=True
        ).upserted_id
    ),
    lambda c: (
        c.update_one(
            {"_id": 8, "q": "z", "n": {"$gt": 1}}, {"$inc": {"k": 1}}, upsert=True
        ).upserted_id
    ),
    lambda c: c.update_one(one(1), {"$inc": {"s": 1}}),
    lambda c: c.update_one(one(1), {"$set": {"s.below": 1}}),
    lambda c: c.update_one(one(1), {"$push": {"s": 1}}),
    lambda c: c.update_one(one(1), {"$set": {"root": 1, "root.x": 1}}),
    lambda c: c.update_one(one(1), {"$set": {"_id": 5}}),
    lambda c: c.update_one(one(1), {"no": "operator"}),
    lambda c: c.update_many({"hops": {"$gte": 0}}, {"$inc": {"hops": 1}}).modified_count,
    lambda c: c.replace_one(one(1), {"only": "this"}).modified_count,
    lambda c: c.replace_one(one(1), {"_id": 2, "only": "this"}),
    lambda c: (
        c.replace_one({"_id": 7, "$or": [{"rev": {"$lt": 2}}]}, {"rev": 2}, upsert=True).upserted_id
    ),
    lambda c: c.replace_one({"_id": 1, "$or": [{"rev": {"$lt": 2}}]}, {"rev": 2}, upsert=True),
    lambda c: c.replace_one({}, {"$set": 1}),
    lambda c: c.insert_one({"_id": 1}),
    lambda c: c.insert_many([{"_id": 4}, {"_id": 1}, {"_id": 5}], ordered=False),
    lambda c: c.insert_many([{"_id": 4}, {"_id": 1}, {"_id": 5}]),
    lambda c: c.insert_many([{"_id": 4, "t": (1, 2)}, {"_id": 5}]).inserted_ids,
    lambda c: c.delete_one({"s": {"$in": ["one", "two"]}}).deleted_count,
    lambda c: c.delete_many({"_id": {"$nin": [2]}}).deleted_count,
    lambda c: c.find_one_and_update({"n": None}, {"$set": {"n": 0}}, sort=[("_id", -1)]),
    lambda c: c.find_one_and_update(one(6), {"$inc": {"n": 1}}, upsert=True, return_document=True),
    lambda c: c.find_one_and_update(one(1), {"$inc": {"n": 1}}, {"n": 1}, return_document=True),
    lambda c: (
        c.bulk_write([InsertOne({"_id": 4}), DeleteMany({"_id": {"$lt": 3}})]).bulk_api_result
    ),
    lambda c: c.bulk_write(
        [
            ReplaceOne({"_id": 1, "rev": {"$lt": 2}}, {"rev": 2}, upsert=True),
            UpdateMany({}, {"$set": {"seen": True}}),
            UpdateOne(one(6), {"$set": {"rev": 1}}, upsert=True),
        ],
        ordered=False,
    ),
    lambda c: (c.create_index("s", unique=True), c.insert_one({"_id": 4, "s": "one"})),
    lambda c: (c.create_index("s", unique=True), c.insert_many([{"_id": 4}, {"_id": 5}])),
    lambda c: (
        c.create_index("k", unique=True, sparse=True),
        c.insert_many([{"_id": 4}, {"_id": 5}]).inserted_ids,
    ),
    lambda c: (
        c.create_index("k", unique=True, sparse=True),
        c.insert_many([{"_id": 4, "k": None}, {"_id": 5, "k": None}]),
    ),
    lambda c: c.create_index([("hops", 1), ("rev", -1)], unique=True),
    lambda c: c.create_index("n", unique=True),
    lambda c: [c.create_index("s", unique=True), c.index_information()],
    lambda c: c.count_documents({"tags": "a"}),
    lambda c: [c.count_documents({"n": None}), c.count_documents({"n": {"$exists": False}})],
    lambda c: [c.count_documents({"n": {"$ne": None}}), c.count_documents({"n": {"$lt": "z"}})],
    lambda c: [c.count_documents({"members.user": u}) for u in ("u", "w")],
    lambda c: [
        c.count_documents({"members.0.user": "u"}),
        c.count_documents({"tags": {"$size": 2}}),
    ],
    lambda c: [
        c.count_documents({"ops": {"$elemMatch": {"id": 2}}}),
        c.count_documents({"s.x": None}),
    ],
    lambda c: [
        c.count_documents({"root.x": None}),
        c.count_documents({"tags": {"$nin": ["a", None]}}),
    ],
    lambda c: [d["_id"] for d in c.find({}, sort=[("n", 1), ("_id", -1)])],
    lambda c: [d["_id"] for d in c.find({}, sort=[("tags", -1), ("_id", 1)], skip=1, limit=1)],
    lambda c: c.find_one(one(1), {"root.x": 1, "s": 1}),
    lambda c: c.find_one(one(1), {"root": 0, "tags": 0}),
    lambda c: [c.find_one(one(1), {"_id": 1}), c.find_one(one(1), {"_id": 0, "s": 1})],
    lambda c: [c.find_one(one(3), ["at"]), c.find_one(one(3), {}), c.find_one(1, {"s": True})],
    lambda c: sorted(c.distinct("tags")),
    lambda c: list(c.find({"at": {"$gte": START - timedelta(1)}}, {"at": 1})),
]


def outcome(db: Any, operation: Callable[[Any], Any]) -> tuple[Any, list[Any]]:
    """What an operation answers or raises, and what it leaves behind."""
    db.c.insert_many([dict(seed) for seed in SEEDS])
    try:
        answer = operation(db.c)
    except BulkWriteError as e:
        codes = [(error["index"], error["code"]) for error in e.details["writeErrors"]]
        answer = codes, [e.details[name] for name in ("nMatched", "nModified", "nUpserted")]
    except (PyMongoError, ValueError) as e:
        answer = type(e).__name__
    if hasattr(answer, "bulk_api_result"):
        answer = {k: v for k, v in answer.bulk_api_result.items() if k != "writeConcernErrors"}
    return answer, list(db.c.find({}, sort=[("_id", 1)]))


@pytest.mark.parametrize("number", range(len(OPERATIONS)))
def test_operation_does_what_it_does_over_the_wire(
    wire_client: Any, tmp_path: Path, number: int
) -> None:
    name = f"test_operation_{number}"
    with open_store(tmp_path) as db:
        ours = outcome(db, OPERATIONS[number])
    try:
        theirs = outcome(wire_client[name], OPERATIONS[number])
    finally:
        wire_client.drop_database(name)
    assert ours == theirs
