"""The parent-path index: where is a task, and which tasks fit a question. Rows carry no rights.

Turns a `core.select.Query` into MongoDB's operators; every user value stands as a plain value in a
filter.
"""

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from tracker.core import select
from tracker.core.life import COMPLETED, OVERDUE
from tracker.core.rows import Row
from tracker.core.select import Query
from tracker.errors import Fault, TooLarge

_LIVE = {"gone": False, "is_deleted": False}
_TRASHED = {"gone": False, "is_deleted": True, "trashed_at": {"$ne": None}}
_LIST = {"text": 0, "path": 0}
_NOTICED = dict.fromkeys(
    ("root", "title", "status", "due_date", "assigned_to", "notify_overdue"), 1
)


class Scope(NamedTuple):
    """Whose rows a list may show: those of a space, and those of the trees shared with the
    caller.
    """

    space: str
    roots: tuple[str, ...] = ()


class Page(NamedTuple):
    rows: list[Row]
    total: int


def get(store: Any, task: str) -> Row | None:
    """The row of a task that is not gone; a trashed one too."""
    row: Row | None = store.db.task_paths.find_one({"_id": task})
    return row if row and not row["gone"] else None


def get_many(store: Any, tasks: Collection[str]) -> list[Row]:
    """The rows of these tasks, deepest last; gone ones left out."""
    found = store.db.task_paths.find({"_id": {"$in": list(tasks)}, "gone": False}, _LIST)
    return sorted(found, key=lambda row: row["depth"])


def numbered(store: Any, number: int) -> Row | None:
    """The `_id` and `root` of the task with this number that is not gone."""
    found: Row | None = store.db.task_paths.find_one(
        {"number": number, "gone": False}, {"_id": 1, "root": 1}
    )
    return found


def standing(store: Any, tasks: Collection[str]) -> dict[str, Row]:
    """What notices ask of the tasks that are there and not in the trash, by their ids."""
    wanted = {"_id": {"$in": list(tasks)}, **_LIVE}
    return {row["_id"]: row for row in store.db.task_paths.find(wanted, _NOTICED)}


def open_given(store: Any, users: Collection[str]) -> Counter[str]:
    """How many open tasks are given to each of some people."""
    wanted = {"assigned_to": {"$in": list(users)}, "status": {"$ne": COMPLETED}, **_LIVE}
    found = store.db.task_paths.find(wanted, {"assigned_to": 1})
    return Counter(row["assigned_to"] for row in found)


def page(store: Any, scope: Scope, query: Query) -> Page:
    """One page of a list and its exact total; two round trips."""
    wanted = _filter(scope, query)
    if query.sort_by == "status":
        return _page_by_status(store, wanted, query)
    way = -1 if query.descending else 1
    shown = {"$and": [wanted, _beyond(query)]} if query.after else wanted
    found = store.db.task_paths.find(
        shown, _LIST, sort=[(query.key, way), ("_id", way)], skip=query.skip, limit=query.page_size
    )
    return Page(list(found), store.db.task_paths.count_documents(wanted))


def newest(
    store: Any, scope: Scope, now: datetime, after: tuple[Any, str] | None, batch: int
) -> Any:
    """A cursor over all live rows with their paths, the newest first, behind the creation time and
    id of one.
    """
    query = Query(now=now, after=after)
    wanted = {"$and": [live(scope), _beyond(query)]} if after else live(scope)
    order = [("created_at", -1), ("_id", -1)]
    return store.db.task_paths.find(wanted, {"text": 0}, sort=order, batch_size=batch)


def count(store: Any, scope: Scope) -> int:
    """How many live rows a scope has."""
    return int(store.db.task_paths.count_documents(live(scope)))


def titles(store: Any, tasks: Collection[str]) -> dict[str, str]:
    """The titles of tasks that are not gone, by their ids."""
    wanted = {"_id": {"$in": list(tasks)}, "gone": False}
    return {row["_id"]: row["title"] for row in store.db.task_paths.find(wanted, {"title": 1})}


def live(scope: Scope) -> dict[str, Any]:
    """What finds every live row of a scope."""
    return {**_LIVE, **_of(scope)}


def roots_with_trash(
    store: Any, before: datetime, limit: int, skip: Collection[str] = ()
) -> list[str]:
    """Trees of which something was deleted before a time: where to look, not what to purge."""
    wanted = {"trashed_at": {"$lt": before}, "gone": False, "root": {"$nin": list(skip)}}
    found = store.db.task_paths.find(wanted, {"root": 1}, limit=limit)
    return sorted({row["root"] for row in found})


def roots_due(store: Any, now: datetime, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Trees of which something has fallen due, the one that waits longest first: where to look."""
    wanted = {"next_fire_at": {"$lte": now}, "root": {"$nin": list(skip)}}
    found = store.db.task_paths.find(wanted, {"root": 1}, sort=[("next_fire_at", 1)], limit=limit)
    return list(dict.fromkeys(row["root"] for row in found))


def _page_by_status(store: Any, wanted: dict[str, Any], query: Query) -> Page:
    """Status is derived and has no index: its keys are read and sorted here, up to a limit."""
    most = select.STATUS_SORT_LIMIT
    keys = list(store.db.task_paths.find(wanted, {"status": 1, "due_date": 1}, limit=most + 1))
    if len(keys) > most:
        detail = f"Sorting by status takes at most {most} tasks; narrow the list with a filter"
        raise TooLarge(Fault("/sort_by", detail))
    ranked = sorted(
        ((select.status_rank(row, query.now), row["_id"]) for row in keys), reverse=query.descending
    )
    if query.after:
        ranked = [
            key for key in ranked if (key < query.after) == query.descending and key != query.after
        ]
    ids = [task for _, task in ranked[query.skip : query.skip + query.page_size]]
    found = {row["_id"]: row for row in store.db.task_paths.find({"_id": {"$in": ids}}, _LIST)}
    return Page([found[task] for task in ids if task in found], len(keys))


def _filter(scope: Scope, query: Query) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [_whose(scope, query), *_due(query), *_status(query)]
    plain = {
        "priority": query.priority,
        "assigned_to": query.assigned_to,
        "tags": query.tag if query.tag_names is None else {"$in": list(query.tag_names)},
        "parent": query.parent,
        "owner": query.owner,
    }
    parts.append({name: value for name, value in plain.items() if value is not None})
    if query.category is not None:
        parts.append({"category": {"$in": list(query.category_ids)}})
    if query.label is not None:
        parts.append(_labelled(query.label))
    if query.roots_only:
        parts.append({"parent": None})
    if query.search:
        parts.append({"text": {"$regex": re.escape(query.search.casefold())}})
    shown = _TRASHED if query.in_trash else _LIVE
    return {**shown, "$and": [part for part in parts if part]}


def _whose(scope: Scope, query: Query) -> dict[str, Any]:
    if query.root:
        mine = query.root in scope.roots
        return {"root": query.root} if mine else {"root": query.root, "space": scope.space}
    return _of(scope)


def _of(scope: Scope) -> dict[str, Any]:
    if scope.roots:
        return {"$or": [{"space": scope.space}, {"root": {"$in": list(scope.roots)}}]}
    return {"space": scope.space}


def _labelled(key: str) -> dict[str, Any]:
    return {"$or": [{"label_key": key}, {"label_key": {"$exists": False}, "status": key}]}


def _due(query: Query) -> list[dict[str, Any]]:
    window: dict[str, Any] = {}
    if query.due_before:
        window["$lt"] = query.due_before
    if query.due_after:
        window["$gte"] = query.due_after
    return [{"due_date": window}] if window else []


def _status(query: Query) -> list[dict[str, Any]]:
    late = {"status": {"$ne": COMPLETED}, "due_date": {"$lt": query.now}}
    in_time = {
        "$or": [{"status": COMPLETED}, {"due_date": None}, {"due_date": {"$gte": query.now}}]
    }
    parts: list[dict[str, Any]] = []
    if query.completed is not None:
        parts.append({"status": COMPLETED if query.completed else {"$ne": COMPLETED}})
    if query.overdue is not None:
        parts.append(late if query.overdue else in_time)
    if query.status == OVERDUE:
        parts.append(late)
    elif query.status:
        parts += [{"status": query.status}, in_time]
    return parts


def _beyond(query: Query) -> dict[str, Any]:
    """What follows the last row that was seen; rows without a value sort first and need a branch of
    their own.
    """
    assert query.after is not None
    value, task = query.after
    key, way = query.key, "$lt" if query.descending else "$gt"
    if value is None:
        rest = [] if query.descending else [{key: {"$ne": None}}]
        return {"$or": [{key: None, "_id": {way: task}}, *rest]}
    further: list[dict[str, Any]] = [{key: {way: value}}, {key: value, "_id": {way: task}}]
    return {"$or": [*further, {key: None}] if query.descending else further}
