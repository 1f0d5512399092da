"""What doors ask of tasks beyond the rules of the house."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.core.forest import node
from tracker.core import demands
from tracker.core.demands import Demands
from tracker.core.trees import Place
from tracker.errors import Unmet

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STRICT = Demands(ahead=True, nested=True, levels=2, open_parent=True)


def new(asked: Demands, line: tuple[Any, ...] = (), **draft: Any) -> str | None:
    """The demand that a draft does not meet."""
    try:
        demands.check_new(asked, draft, line, NOW)
    except Unmet as unmet:
        return unmet.demand
    return None


def changed(below: Any = (), line: tuple[Any, ...] = (), **changes: Any) -> str | None:
    task = {**node("t", *below), "due_date": NOW - DAY}
    try:
        demands.check_change(STRICT, Place(task, ()), line, changes, NOW)
    except Unmet as unmet:
        return unmet.demand
    return None


def due(title: str, by: datetime | None, **fields: Any) -> dict[str, Any]:
    return {**node(title), "due_date": by, **fields}


def test_nothing_is_asked_but_that_a_task_is_due_after_it_began() -> None:
    assert new(demands.NONE, due_date=NOW - DAY) is None
    assert new(demands.NONE, (due("p", NOW, status="completed"),) * 50, due_date=NOW + DAY) is None
    assert new(demands.NONE, began=NOW, due_date=NOW) == "after_start"
    assert new(demands.NONE, began=NOW, due_date=None) is None


@pytest.mark.parametrize("late", [NOW, NOW - DAY])
def test_a_due_date_lies_ahead(late: datetime) -> None:
    assert new(STRICT, due_date=late) == "ahead"
    assert changed(due_date=late - DAY / 2) == "ahead"
    assert new(STRICT, due_date=NOW + DAY) is None


def test_no_task_is_due_after_the_one_above_it() -> None:
    above = (due("p", NOW + DAY),)
    assert new(STRICT, above, due_date=NOW + DAY) is None
    assert new(STRICT, above, due_date=NOW + 2 * DAY) == "within_parent"
    assert new(STRICT, (due("p", None),), due_date=NOW + 2 * DAY) is None
    assert changed(line=above, due_date=NOW + 2 * DAY) == "within_parent"


def test_no_task_is_due_before_what_stands_below_it() -> None:
    below = [due("b", NOW + 3 * DAY), due("trashed", NOW + 9 * DAY, deleted_at=NOW)]
    assert changed(below, due_date=NOW + 2 * DAY) == "around_subtasks"
    assert changed(below, due_date=NOW + 3 * DAY) is None


def test_a_due_date_that_stays_is_not_asked() -> None:
    assert changed([due("b", NOW)], due_date=NOW - DAY) is None
    assert changed(title="x") is None


def test_a_tree_grows_so_deep_and_not_below_what_is_done() -> None:
    assert new(STRICT, (due("p", None),)) is None
    assert new(STRICT, (due("p", None), due("q", None))) == "depth"
    assert new(STRICT, (due("p", None, status="completed"),)) == "open_parent"
