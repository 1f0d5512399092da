"""Lists are what a plain look at every row would find: filters, order, pages, cursors."""

import random
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.forest import node
from tests.store.staging import NOON, end, plant, row
from tests.store.staging import commit as commit_in
from tracker.core import select
from tracker.core.rows import Row
from tracker.core.select import Query
from tracker.errors import TooLarge
from tracker.store import Store, drains, paths
from tracker.store.paths import Scope

HOURS = [None, *(NOON + timedelta(hours=hours) for hours in (-2, -1, 0, 1))]
MINE = Scope("ann", ("shared",))


def planted(store: Store) -> None:
    """Three trees with much that is equal: ann's own, one shared with her, and a stranger's."""
    dice = random.Random(7)
    for name, owner in (("mine", "ann"), ("shared", "bob"), ("foreign", "eve")):
        below = [_some(dice, f"{name}-{count}") for count in range(12)]
        twigs = [node(f"{name}-n{count}", *below[count::4]) for count in range(3)]
        plant(store, node(name, *twigs, *below[3::4]), owner=owner)


def _some(dice: random.Random, name: str) -> Any:
    return node(
        name,
        title=dice.choice(["Apfel", "Birne (neu)", "ÄPFEL", "äpfel"]),
        description=dice.choice([None, "100% A.B", "Straße"]),
        status=dice.choice(["todo", "in_progress", "completed"]),
        priority=dice.choice(["low", "high"]),
        due_date=dice.choice(HOURS),
        tags=dice.choice([[], ["red"], ["red", "blue"]]),
        assigned_to=dice.choice([None, "ann", "bob"]),
        created_at=dice.choice(HOURS[1:]),
    )


@pytest.fixture
def everything(store: Store) -> list[Row]:
    """Every row that ann may see, in no order."""
    planted(store)
    found = store.db.task_paths.find({"root": {"$in": ["mine", "shared"]}})
    return list(found)


QUERIES = st.builds(
    Query,
    now=st.sampled_from(HOURS[1:]),
    sort_by=st.sampled_from(sorted(select.SORTS)),
    descending=st.booleans(),
    page_size=st.integers(1, 9),
    status=st.none() | st.sampled_from(select.SHOWN_STATUSES),
    priority=st.none() | st.sampled_from([0, 2]),
    assigned_to=st.none() | st.sampled_from(["ann", "bob", "nobody"]),
    search=st.none()
    | st.sampled_from(["apfel", "ÄPF", "(neu)", "%", ".", "(", "strasse", "\n", "x"]),
    tag=st.none() | st.sampled_from(["red", "blue", "re"]),
    root=st.none() | st.sampled_from(["mine", "shared", "foreign"]),
    parent=st.none() | st.sampled_from(["mine", "mine-n1"]),
    roots_only=st.booleans(),
    due_before=st.none() | st.sampled_from(HOURS[1:]),
    due_after=st.none() | st.sampled_from(HOURS[1:]),
    overdue=st.none() | st.booleans(),
    completed=st.none() | st.booleans(),
)
# most of a query's filters are left open, or nothing would ever fit
LOOSE = st.builds(
    lambda query, kept: replace(
        query, **{f.name: f.default for f in fields(Query)[7:] if f.name not in kept}
    ),
    QUERIES,
    st.sets(
        st.sampled_from([f.name for f in fields(Query)[7:] if f.name != "in_trash"]), max_size=2
    ),
)
MANY = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(LOOSE)
def test_every_list_is_what_a_plain_look_finds(
    store: Store, everything: list[Row], query: Query
) -> None:
    wanted = _plainly(everything, query)
    first = paths.page(store, MINE, query)
    assert first.total == len(wanted)
    assert [found["_id"] for found in first.rows] == wanted[: query.page_size]
    second = paths.page(store, MINE, replace(query, page=2)).rows
    assert [found["_id"] for found in second] == wanted[query.page_size :][: query.page_size]


@MANY
@given(LOOSE)
def test_cursors_pass_every_row_once(store: Store, everything: list[Row], query: Query) -> None:
    assert list(_by_cursor(store, query)) == _plainly(everything, query)


def _by_cursor(store: Store, query: Query) -> Iterator[str]:
    for _ in range(40):  # a cursor that stands still would go on for ever
        found = paths.page(store, MINE, query).rows
        if not found:
            return
        yield from (row["_id"] for row in found)
        query = replace(query, after=select.mark(query, found[-1]))


def _plainly(everything: list[Row], query: Query) -> list[str]:
    """The ids of a list, found by looking at each row in Python."""
    fitting = [row for row in everything if all(_fits(row, query))]

    def key(row: Row) -> Any:
        value, task = select.mark(query, row)
        return (value is not None, value, task) if value is not None else (False, 0, task)

    return [row["_id"] for row in sorted(fitting, key=key, reverse=query.descending)]


def _fits(row: Row, query: Query) -> Iterator[bool]:
    due, shown = row["due_date"], select.shown_status(row, query.now)
    yield query.root in (None, row["root"])
    yield query.parent in (None, row["parent"])
    yield not query.roots_only or row["parent"] is None
    yield query.status in (None, shown)
    yield query.overdue in (None, shown == "overdue")
    yield query.completed in (None, row["status"] == "completed")
    yield query.priority in (None, row["priority"])
    yield query.assigned_to in (None, row["assigned_to"])
    yield query.tag is None or query.tag in row["tags"]
    yield query.search is None or query.search.casefold() in row["text"]
    yield query.due_before is None or (due is not None and due < query.due_before)
    yield query.due_after is None or (due is not None and due >= query.due_after)


def test_a_stranger_s_rows_are_in_no_list(store: Store, everything: list[Row]) -> None:
    everywhere = paths.page(store, MINE, Query(NOON, page_size=99))
    assert {found["root"] for found in everywhere.rows} == {"mine", "shared"}
    assert paths.page(store, Scope("ann"), Query(NOON)).total == len(everything) // 2
    assert paths.page(store, Scope("sam"), Query(NOON)).total == 0
    assert paths.page(store, MINE, Query(NOON, root="foreign")).total == 0


def test_gone_and_trashed_rows_are_in_no_list(store: Store) -> None:
    plant(store, node("r", node("a"), node("b", node("c"), deleted_at=NOON)))
    drains.drain(store, commit_in(store, "r", end("a")))
    assert [found["_id"] for found in paths.page(store, Scope("ann"), Query(NOON)).rows] == ["r"]
    assert paths.get(store, "a") is None
    assert paths.get(store, "nobody") is None
    assert [found["_id"] for found in paths.get_many(store, ["r", "a", "c"])] == ["r", "c"]
    assert row(store, "a")["gone"]


def test_the_trash_lists_what_was_deleted_itself(store: Store) -> None:
    plant(store, node("r", node("b", node("c"), deleted_at=NOON), node("d")))
    trash = paths.page(store, Scope("ann"), Query(NOON, in_trash=True))
    assert [found["_id"] for found in trash.rows] == ["b"]


def test_ancestors_come_from_the_root_down(store: Store) -> None:
    plant(store, node("r", node("a", node("b", node("c")))))
    found = paths.get(store, "c")
    assert found is not None
    assert [above["_id"] for above in paths.get_many(store, found["path"])] == ["r", "a", "b"]


def test_more_than_a_sort_by_status_takes_is_refused(wire_store: Store) -> None:
    most = select.STATUS_SORT_LIMIT
    rows = [
        {"_id": f"{n:05}", "space": "ann", "gone": False, "is_deleted": False, "root": "r",
         "status": "todo", "due_date": None}
        for n in range(most + 1)
    ]  # fmt: skip
    wire_store.db.task_paths.insert_many(rows)
    query = Query(NOON, sort_by="status")
    with pytest.raises(TooLarge, match="at most 10000"):
        paths.page(wire_store, Scope("ann"), query)
    wire_store.db.task_paths.delete_one({"_id": "00000"})
    assert paths.page(wire_store, Scope("ann"), query).total == most
