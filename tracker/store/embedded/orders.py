"""What comes first: MongoDB's order of values, over all types. Nothing about documents found."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.timestamp import Timestamp
from pymongo.errors import OperationFailure

from .codec import Document, Entry
from .filters import ABSENT, reach

Sort = tuple[tuple[str, int], ...]

_NULL = (5, 0)  # absent sorts as null
_EMPTY = (4, 0)  # an empty list sorts before it
_KINDS = {int: 10, Int64: 10, float: 10, str: 15, ObjectId: 35, bool: 40, datetime: 45}


def pairs(sort: Any) -> Sort:
    """PyMongo's ways to name an order (a field, a list of pairs, a mapping) as one; () for none."""
    if not sort:
        return ()
    if isinstance(sort, str):
        return ((sort, 1),)
    found = sort.items() if isinstance(sort, Mapping) else sort
    order = tuple((item, 1) if isinstance(item, str) else (item[0], item[1]) for item in found)
    if any(name.startswith("$") or direction not in (1, -1) for name, direction in order):
        raise OperationFailure(f"The sort {order} is not understood", 15975)
    return order


def ordered(entries: Iterable[Entry], sort: Sort) -> list[Entry]:
    """The entries in that order; those that tie stay as they came."""
    found = list(entries)
    for name, direction in reversed(sort):
        found.sort(key=lambda e: _place(e.doc, name, direction), reverse=direction < 0)  # noqa: B023  used at once
    return found


def rank(value: Any) -> tuple[Any, ...]:
    """A key that sorts as MongoDB sorts values of any type."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return (kind, value) if value == value else (9, 0)  # NaN comes before all numbers
    if value is None or value is ABSENT:
        return _NULL
    if isinstance(value, dict):
        return (20, [(rank(item)[0], name, rank(item)) for name, item in value.items()])
    if isinstance(value, list):
        return (25, [rank(item) for item in value])
    if isinstance(value, bytes):
        return (30, len(value), bytes(value))
    if isinstance(value, Decimal128):
        return (10, value.to_decimal())
    if isinstance(value, Timestamp):
        return (47, value.time, value.inc)
    return (60, str(value))


def _place(document: Document, name: str, direction: int) -> tuple[Any, ...]:
    """The rank of a field; a list counts as its least element, downwards as its greatest."""
    if "." in name:
        ranks = [_rank_of(value, direction) for value in reach(document, name.split("."))]
        return _extreme(ranks, direction)
    return _rank_of(document.get(name), direction)


def _rank_of(value: Any, direction: int) -> tuple[Any, ...]:
    if type(value) is not list:
        return rank(value)
    return _extreme([rank(item) for item in value], direction) if value else _EMPTY


def _extreme(ranks: Sequence[tuple[Any, ...]], direction: int) -> tuple[Any, ...]:
    if not ranks:
        return _NULL
    return min(ranks) if direction > 0 else max(ranks)
