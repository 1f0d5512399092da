"""Every index stands in one table, is made from it, and serves what the service asks."""

from typing import Any

import pytest

from tests.store.serving import is_served, queries
from tracker.store import Store, indexes


def _names(store: Store, collection: str) -> set[str]:
    return set(store.db[collection].index_information()) - {"_id_"}


@pytest.mark.parametrize("collection", indexes.TABLE)
def test_a_prepared_store_has_the_indexes_of_the_table(store: Store, collection: str) -> None:
    wanted = {model.document["name"] for model in indexes.TABLE[collection]}
    assert _names(store, collection) == wanted


def test_making_indexes_again_is_safe_and_counts_them(store: Store) -> None:
    wanted = sum(len(models) for models in indexes.TABLE.values())
    assert indexes.create(store.db) == wanted
    assert indexes.create(store.db) == wanted


def test_what_is_unique_and_optional_is_sparse(store: Store) -> None:
    store.db.users.insert_many([{"_id": 1, "number": 1}, {"_id": 2, "number": 2}])
    optional = [model.document for model in indexes.TABLE["users"] if model.document.get("unique")]
    assert all(index.get("sparse") or "number" in index["key"] for index in optional)


def test_every_sort_key_has_its_index_and_ends_in_the_id() -> None:
    keys = [list(model.document["key"]) for model in indexes.TABLE["task_paths"]]
    for name in indexes.SORTED:
        assert ["space", name, "_id"] in keys
        assert ["root", name, "_id"] in keys


@pytest.mark.parametrize(
    ("collection", "wanted"),
    [
        ("trees", {"_id": "x", "rev": 3}),
        ("trees", {"dirty": True, "_id": {"$nin": []}}),
        ("trees", {"$or": [{"members.user": "x"}, {"dirty": True, "owner": "x"}]}),
        ("task_paths", {"gone": False, "$and": [{"space": "x"}, {"due_date": {"$lt": 1}}]}),
        ("task_paths", {"$and": [{"$or": [{"space": "x"}, {"root": {"$in": ["y"]}}]}]}),
        ("task_paths", {"parent": "x"}),
        ("task_paths", {"trashed_at": {"$lt": 1}, "gone": False}),
    ],
)
def test_a_declared_query_is_served(collection: str, wanted: dict[str, Any]) -> None:
    assert is_served(collection, wanted)


@pytest.mark.parametrize(
    ("collection", "wanted"),
    [
        ("trees", {}),
        ("trees", {"rev": 3}),
        ("trees", {"dirty": None}),
        ("trees", {"_id": {"$nin": []}}),
        ("trees", {"_id": {"$gt": ""}}),
        ("trees", {"dirty": {"$ne": True}}),
        ("trees", {"$or": [{"members.user": "x"}, {"size": 1}]}),
        ("task_paths", {"gone": False, "$and": [{"title": "x"}]}),
        ("task_paths", {"created_at": 1}),
        ("task_paths", {"text": {"$regex": "x"}}),
        ("nobody_declared", {"x": 1}),
    ],
)
def test_an_undeclared_query_is_not_served(collection: str, wanted: dict[str, Any]) -> None:
    assert not is_served(collection, wanted)


def test_the_filters_of_every_kind_of_command_are_seen() -> None:
    assert queries(("find", {"find": "a", "filter": {"x": 1}})) == [("a", {"x": 1})]
    assert queries(("find", {"find": "a"})) == [("a", {})]
    many = {"update": "a", "updates": [{"q": {"x": 1}}, {"q": {"y": 2}}]}
    assert queries(("update", many)) == [("a", {"x": 1}), ("a", {"y": 2})]
    assert queries(("delete", {"delete": "a", "deletes": [{"q": {}}]})) == [("a", {})]
    counted = {"aggregate": "a", "pipeline": [{"$match": {"x": 1}}, {"$group": {}}]}
    assert queries(("aggregate", counted)) == [("a", {"x": 1})]
    assert queries(("findAndModify", {"findAndModify": "a", "query": {"x": 1}})) == [
        ("a", {"x": 1})
    ]
    assert queries(("insert", {"insert": "a"})) == []
