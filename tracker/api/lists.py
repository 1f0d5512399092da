"""Queries of lists to `core.select.Query` and back to cursors. Which rows fit is the store's to
find.
"""

from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app

from tracker.core.life import PRIORITIES
from tracker.core.select import Query
from tracker.errors import Fault, Invalid, Malformed
from tracker.services.commenting import Comments
from tracker.services.histories import History, Mark
from tracker.services.reading import Listed
from tracker.web.paging import BAD_CURSOR, Sealer

from . import task_queries as queries

_SAME = (
    "page_size",
    "sort_by",
    "status",
    "assigned_to",
    "root",
    "parent",
    "due_before",
    "due_after",
    "overdue",
    "completed",
    "category",
)


def init_app(app: Flask, *, secret: str) -> None:
    """Give the application what seals its cursors."""
    app.extensions["cursors"] = Sealer.of(secret)


def question(asked: dict[str, Any], now: datetime) -> Query:
    """A list's query as core's; with a cursor it goes on from there, at the time of the first
    page.
    """
    if "cursor" in asked and "page" in asked:
        raise Invalid(Fault("/page", "Takes page or cursor, not both"))
    now, after = _opened(asked) if "cursor" in asked else (now, None)
    return Query(
        now=now,
        page=asked.get("page", 1),
        after=after,
        descending=asked["sort_order"] == "desc",
        priority=PRIORITIES.index(asked["priority"]) if "priority" in asked else None,
        tag=asked["tag"].strip().lower() if "tag" in asked else None,
        search=asked.get("search") or None,
        roots_only=asked["level"] == "roots",
        expanded=asked["expand"] == "all",
        **{name: asked[name] for name in _SAME if name in asked},
    )


def of_children(asked: dict[str, Any], now: datetime) -> Query:
    """The query of direct children: in their own order."""
    return Query(now=now, sort_by="position", descending=False, **asked)


def of_trash(asked: dict[str, Any], now: datetime) -> Query:
    """The query of the trash: what was deleted last comes first."""
    return Query(now=now, sort_by="updated_at", **asked)


def comments_span(asked: dict[str, Any]) -> dict[str, Any]:
    """Behind which comment a page begins, and how many it holds; all from the first where neither
    is said.
    """
    after = _cursors().open("comments", asked["cursor"])[0] if "cursor" in asked else ""
    return {"after": after, "limit": asked.get("limit", queries.COMMENTS if after else 0)}


def comments_cursor(found: Comments) -> str | None:
    return _cursors().seal("comments", [found.further]) if found.further else None


def history_mark(asked: dict[str, Any]) -> Mark | None:
    """Where a page of history goes on; None for the first."""
    return Mark(*_cursors().open("history", asked["cursor"])) if "cursor" in asked else None


def history_cursor(found: History) -> str | None:
    return _cursors().seal("history", list(found.further)) if found.further else None


def next_cursor(listed: Listed) -> str | None:
    """Where the next page goes on, sealed; None where the list ends."""
    query, further = listed.query, listed.further
    if further is None:
        return None
    return _cursors().seal("tasks", [query.now, query.sort_by, query.descending, *further])


def _opened(asked: dict[str, Any]) -> tuple[datetime, tuple[Any, str]]:
    now, sort_by, descending, value, task = _cursors().open("tasks", asked["cursor"])
    if (sort_by, descending) != (asked["sort_by"], asked["sort_order"] == "desc"):
        raise Malformed(BAD_CURSOR)
    return now, (value, task)


def _cursors() -> Sealer:
    return cast(Sealer, current_app.extensions["cursors"])
