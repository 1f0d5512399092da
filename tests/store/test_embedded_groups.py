"""Counting in the embedded store: the answers of a server, of mongomock where we know no better."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mongomock.aggregate import process_pipeline

from tracker.store.embedded import groups, open_store

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
EVER = datetime(1970, 1, 1, tzinfo=UTC)

SEEDS: list[dict[str, Any]] = [
    {"_id": 1, "s": "a", "n": 1, "b": True, "at": NOON, "tags": ["x", "y"]},
    {"_id": 2, "s": "a", "n": 2.5, "b": False, "at": NOON.replace(day=5, hour=1), "tags": ["x"]},
    {"_id": 3, "s": "b", "n": None, "b": True, "at": None, "tags": []},
    {"_id": 4, "s": "b", "b": False},
    {"_id": 5, "s": None, "n": 0, "b": True, "at": NOON.replace(minute=59), "tags": "z"},
]

LATE = {"$and": [{"$gt": ["$at", EVER]}, {"$lt": ["$at", NOON.replace(day=5)]}]}
PIPELINES: list[list[dict[str, Any]]] = [
    [{"$group": {"_id": "$s", "k": {"$sum": 1}}}],
    [{"$group": {"_id": "$s", "k": {"$sum": "$n"}, "low": {"$min": "$at"}}}],
    [{"$group": {"_id": None, "k": {"$sum": 1}, "low": {"$min": "$n"}}}],
    [{"$group": {"_id": {"s": "$s", "b": "$b"}, "k": {"$sum": 1}}}],
    [{"$group": {"_id": {"late": LATE, "one": {"$eq": ["$n", 1]}}, "k": {"$sum": 1}}}],
    [{"$group": {"_id": {"$ne": ["$s", "a"]}, "k": {"$sum": 1}}}],
    [{"$unwind": "$tags"}, {"$group": {"_id": "$tags", "k": {"$sum": 1}}}],
    [{"$match": {"at": {"$gt": EVER}}}, {"$group": {
        "_id": {"$dateToString": {"format": "%Y-%m-%dT%H", "date": "$at"}}, "k": {"$sum": 1}}}],
    [{"$facet": {
        "all": [{"$group": {"_id": None, "k": {"$sum": 1}}}],
        "some": [{"$match": {"b": True}}, {"$group": {"_id": "$b", "k": {"$sum": 1}}}]}}],
    [{"$match": {"s": "none"}}, {"$group": {"_id": "$s", "k": {"$sum": 1}}}],
]  # fmt: skip
NOT_OURS: list[list[dict[str, Any]]] = [
    [],
    [{"$group": {"_id": "$s", "k": {"$avg": "$n"}}}],
    [{"$group": {"_id": "$a.b", "k": {"$sum": 1}}}],
    [{"$group": {"_id": {"$toUpper": "$s"}, "k": {"$sum": 1}}}],
    [{"$group": {"_id": "$s"}}, {"$sort": {"_id": 1}}],
    [{"$unwind": {"path": "$tags"}}, {"$group": {"_id": "$tags"}}],
    [{"$group": {"_id": {"$dateToString": {"format": "%j", "date": "$at"}}}}],
    [{"$count": "k"}],
]


def answer(collection: Any, pipeline: list[dict[str, Any]]) -> list[Any]:
    found: list[Any] = list(collection.aggregate(pipeline))
    return sorted(found, key=str)


@pytest.mark.parametrize("pipeline", PIPELINES, ids=str)
def test_a_group_is_that_of_a_server(tmp_path: Path, wire_store: Any, pipeline: Any) -> None:
    wire_store.db.c.insert_many([dict(seed) for seed in SEEDS])
    with open_store(tmp_path) as db:
        db.c.insert_many([dict(seed) for seed in SEEDS])
        assert answer(db.c, pipeline) == answer(wire_store.db.c, pipeline)
    stages = pipeline[1:] if "$match" in pipeline[0] else pipeline
    groups.grouped([], stages)  # ours, and not mongomock's


@pytest.mark.parametrize("stages", NOT_OURS, ids=str)
def test_what_we_do_not_know_is_left_to_mongomock(stages: Any) -> None:
    with pytest.raises(groups.Unknown):
        groups.grouped(SEEDS, stages)
    process_pipeline([], None, stages, None)


def test_no_document_is_changed_by_being_counted(tmp_path: Path) -> None:
    with open_store(tmp_path) as db:
        db.c.insert_many([dict(seed) for seed in SEEDS])
        for pipeline in PIPELINES:
            for found in db.c.aggregate(pipeline):
                found["_id"] = "changed"
        assert list(db.c.find({})) == SEEDS
