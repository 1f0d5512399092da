"""Reading all rows at the pace of a client: each once, also where the server loses the cursor."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from pymongo.errors import CursorNotFound, ExecutionTimeout, OperationFailure

from tests.core.forest import node
from tests.store.staging import NOON, plant
from tests.store.wrapped import Call, wrap
from tracker.store import Store
from tracker.store.extracts import Extract
from tracker.store.paths import Scope

ANN = Scope("ann")


class Lossy:
    """A cursor that breaks behind so many rows."""

    def __init__(self, cursor: Any, after: int, fault: Exception) -> None:
        self._cursor, self._left, self._fault = cursor, after, fault

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._left == 0:
            raise self._fault
        self._left -= 1
        return next(self._cursor)

    def close(self) -> None:
        self._cursor.close()


@pytest.fixture
def forest(store: Store) -> Store:
    plant(store, node("r", *(node(name) for name in "abcdefg")))
    return store


def read(store: Store, batch: int) -> list[list[str]]:
    with closing(Extract(store, ANN, NOON, batch)) as extract:
        pages = iter(extract.take, [])
        return [[row["_id"] for row in page] for page in pages]


def losing(store: Store, fault: Exception, *, times: int = 1) -> Store:
    """The first cursors break behind three rows."""
    left = [times]

    def around(call: Call) -> Any:
        if call.name == "task_paths.find" and left[0]:
            left[0] -= 1
            return Lossy(call.run(), 3, fault)
        return call.run()

    return wrap(store, around)


def test_every_row_comes_once_in_pages(forest: Store) -> None:
    assert read(forest, 3) == [["r", "g", "f"], ["e", "d", "c"], ["b", "a"]]
    assert read(forest, 100) == [["r", *"gfedcba"]]


@pytest.mark.parametrize("fault", [CursorNotFound("gone"), ExecutionTimeout("late")])
def test_a_lost_cursor_goes_on_where_it_was(forest: Store, fault: Exception) -> None:
    assert read(losing(forest, fault), 3) == [["r", "g", "f"], ["e", "d", "c"], ["b", "a"]]
    broken = losing(forest, fault, times=2)
    assert read(broken, 3) == [["r", "g", "f"], ["e", "d", "c"], ["b", "a"]]
    # in the midst of a page, the page begins anew
    assert read(losing(forest, fault), 2) == [["r", "g"], ["f", "e"], ["d", "c"], ["b", "a"]]


def test_any_other_fault_is_one(forest: Store) -> None:
    with pytest.raises(OperationFailure):
        read(losing(forest, OperationFailure("no")), 3)
