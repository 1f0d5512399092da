"""What a list asks for, as plain data: the derived status, sort keys, and where a page ends."""

from datetime import timedelta

import pytest

from tests.core.forest import NOON, node
from tracker.core import select
from tracker.core.select import Query

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "due", "shown"),
    [
        ("todo", None, "todo"),
        ("todo", LATER, "todo"),
        ("todo", NOON, "todo"),
        ("todo", NOON - timedelta(seconds=1), "overdue"),
        ("in_progress", NOON - timedelta(seconds=1), "overdue"),
        ("completed", NOON - timedelta(seconds=1), "completed"),
    ],
)
def test_the_shown_status_follows_the_hour(status: str, due: object, shown: str) -> None:
    assert select.shown_status(node("a", status=status, due_date=due), NOON) == shown


def test_statuses_rank_as_the_contract_sorts_them() -> None:
    late = node("a", due_date=NOON)
    ranks = [select.status_rank(node("a", status=s), LATER) for s in select.SHOWN_STATUSES[:3]]
    assert [*ranks, select.status_rank(late, LATER)] == [0, 1, 2, 3]


def test_the_first_page_is_the_newest_ten() -> None:
    query = Query(NOON)
    assert (query.key, query.descending, query.skip, query.page_size) == (
        "created_at",
        True,
        0,
        10,
    )


def test_pages_skip_and_cursors_do_not() -> None:
    assert Query(NOON, page=3, page_size=20).skip == 40
    assert Query(NOON, page=3, after=("x", "id")).skip == 0


def test_titles_sort_by_their_folded_key() -> None:
    assert Query(NOON, sort_by="title").key == "title_key"


def test_a_mark_holds_the_sort_value_and_the_id() -> None:
    row = {"_id": "a", "title_key": "x", "status": "todo", "due_date": None}
    assert select.mark(Query(NOON, sort_by="title"), row) == ("x", "a")
    assert select.mark(Query(NOON, sort_by="due_date"), row) == (None, "a")


def test_a_mark_of_a_status_is_its_rank_at_the_time_of_the_first_page() -> None:
    row = {"_id": "a", "status": "todo", "due_date": NOON}
    assert select.mark(Query(NOON, sort_by="status"), row) == (0, "a")
    assert select.mark(Query(LATER, sort_by="status"), row) == (3, "a")
