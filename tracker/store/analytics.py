"""Sums over the rows that somebody may see. One aggregation each, over the rows of a space and of
shared trees, which indexes find; of none is read more than its group.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tracker.core.life import COMPLETED

from . import spans
from .paths import Scope, live

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Group(NamedTuple):
    """So many tasks that are alike; `next` is the earliest deadline among them."""

    status: str
    late: bool
    of: Any
    tasks: int
    next: datetime | None


def by_priority(store: Any, scope: Scope, now: datetime) -> list[Group]:
    """How many live tasks there are of each status and priority, and how many of them are late."""
    return _grouped(store, live(scope), "priority", now)


def by_assignee(store: Any, scope: Scope, now: datetime) -> list[Group]:
    """How many live tasks are given to whom, of each status."""
    return _grouped(store, {**live(scope), "assigned_to": {"$gt": ""}}, "assigned_to", now)


def by_time(
    store: Any, scope: Scope, fields: Sequence[str], edges: Sequence[datetime]
) -> list[list[int]]:
    """How many live tasks have a time in each span between two edges, for each of these fields."""
    spanned = [spans.within(field, edges) for field in fields]
    facets = {
        field: [{"$match": within}, spans.grouped(field, edges, tasks={"$sum": 1})]
        for field, within in zip(fields, spanned, strict=True)
    }
    wanted = {"$and": [live(scope), {"$or": spanned}]}
    (found,) = store.db.task_paths.aggregate([{"$match": wanted}, {"$facet": facets}])
    return [[one for (one,) in spans.added(found[field], edges, "tasks")] for field in fields]


def _grouped(store: Any, wanted: Mapping[str, Any], of: str, now: datetime) -> list[Group]:
    # null is less than any time: what has no deadline must say so
    due = [{"$gt": ["$due_date", _EVER]}, {"$lt": ["$due_date", now]}]
    late = {"$and": [{"$ne": ["$status", COMPLETED]}, *due]}
    name = {"status": "$status", "late": late, "of": f"${of}"}
    group = {"_id": name, "tasks": {"$sum": 1}, "next": {"$min": "$due_date"}}
    found = store.db.task_paths.aggregate([{"$match": wanted}, {"$group": group}])
    return [
        Group(one["_id"]["status"], one["_id"]["late"], one["_id"]["of"], one["tasks"], one["next"])
        for one in found
    ]
