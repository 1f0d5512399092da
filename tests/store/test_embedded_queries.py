"""The embedded store finds what mongomock finds, in its order: generated documents and queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import mongomock
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.store.embedded.codec import encode, entry_of, normal
from tracker.store.embedded.orders import pairs
from tracker.store.embedded.shelves import Shelf

START = datetime(2026, 3, 4, tzinfo=UTC)

# True equals 1 for mongomock and not for MongoDB, so booleans have a field of their own. Lists are
# not sorted by: mongomock takes their first element, MongoDB their least or greatest.
VALUES: list[Any] = [None, 0, 1, 2, 0.5, 1.0, "a", "ab", "B", START, START + timedelta(1)]
OTHERS: list[dict[str, Any]] = [
    *({"$regex": pattern} for pattern in ("a", "^a", "b$", "[aB]")),
    {"$regex": "b", "$options": "i"},
    {"$not": {"$regex": "a"}},
    {"$not": {"$gt": 0}},
    {"$exists": True},
    {"$exists": False},
    {"$gte": 0, "$lt": 2},
    {"$size": 2},
    {"$type": "string"},
    {"$all": [1]},
]

values = st.sampled_from(VALUES)
documents = st.fixed_dictionaries(
    {"list": st.lists(values, max_size=3), "a": values},
    optional={
        "s": values,
        "flag": st.booleans(),
        "deep": st.fixed_dictionaries({"y": st.lists(values, max_size=2)}, optional={"x": values}),
        "rows": st.lists(st.fixed_dictionaries({"x": values}), min_size=1, max_size=3),
    },
)
fields = st.sampled_from(["a", "s", "list", "deep.x", "deep.y", "none", "none.x"])
wanted = st.one_of(
    values,
    st.sampled_from(OTHERS),
    st.tuples(st.sampled_from(["$eq", "$ne"]), values).map(lambda pair: dict([pair])),
    st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(values, max_size=3)).map(
        lambda pair: dict([pair])
    ),
    st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), st.sampled_from(VALUES[1:])).map(
        lambda pair: dict([pair])
    ),
)
conditions = st.one_of(
    st.tuples(fields, wanted).map(lambda pair: dict([pair])),
    st.dictionaries(fields, wanted, min_size=2, max_size=2),
    st.booleans().map(lambda value: {"flag": value}),
    values.map(lambda value: {"rows.x": value}),
    st.sampled_from(
        [{"_id": 2}, {"_id": {"$in": [5, 1, 1, 77]}}, {"_id": {"$gt": 2, "$in": [1, 3]}}]
    ),
)
filters = st.one_of(
    conditions,
    st.tuples(
        st.sampled_from(["$and", "$or", "$nor"]), st.lists(conditions, min_size=1, max_size=3)
    ).map(lambda pair: dict([pair])),
)
sorts = st.lists(
    st.tuples(st.sampled_from(["a", "s", "flag", "deep.x"]), st.sampled_from([1, -1])), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(
    found=st.lists(documents, min_size=3, max_size=8),
    asked=st.lists(filters, min_size=4, max_size=8),
    sort=sorts,
    skip=st.integers(0, 2),
    limit=st.integers(0, 4),
)
def test_page_is_the_one_mongomock_finds(
    found: list[dict[str, Any]], asked: list[dict[str, Any]], sort: Any, skip: int, limit: int
) -> None:
    naive = mongomock.MongoClient(tz_aware=True).db.c
    shelf = Shelf("c")
    for number, document in enumerate(found):
        document = {"_id": number, **document}
        naive.insert_one(document)
        shelf.put(entry_of(normal(document), encode(document)))
    order = [*sort, ("_id", 1)]  # what is named by `_id` is not found in the order of insertion
    for filter in asked:
        page = shelf.find(normal(filter), pairs(order))[skip : skip + limit if limit else None]
        naive_page = naive.find(filter, sort=order, skip=skip, limit=limit)
        assert [entry.doc for entry in page] == list(naive_page), filter
        assert len(shelf.find(normal(filter))) == naive.count_documents(filter), filter


def test_lists_sort_by_their_least_or_greatest_and_types_in_their_order() -> None:
    shelf = Shelf("c")
    values: list[Any] = [
        True, START, "a", 2, float("nan"), None, [], [1, 5], {"x": 1}, b"x", ["b", 0.5], -1
    ]  # fmt: skip
    for number, value in enumerate(values):
        document = {"_id": number, "v": value}
        shelf.put(entry_of(document, encode(document)))
    up = [entry.doc["v"] for entry in shelf.find({}, (("v", 1),))]
    assert up[:3] == [[], None, values[4]]
    assert up[3:] == [-1, ["b", 0.5], [1, 5], 2, "a", {"x": 1}, b"x", True, START]
    down = [entry.doc["v"] for entry in shelf.find({}, (("v", -1),))]
    assert down[:6] == [START, True, b"x", {"x": 1}, ["b", 0.5], "a"]
    assert down[6:9] == [[1, 5], 2, -1]
