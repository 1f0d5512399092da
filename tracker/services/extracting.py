"""All live tasks that somebody may see, newest first, a page at a time: however many they are, one
page is held in memory, and the titles of what stands above it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tracker.core import categories, pomodoros
from tracker.core.life import PRIORITIES
from tracker.core.rows import Row
from tracker.core.select import shown_status
from tracker.core.tags import Palette
from tracker.store import paths
from tracker.store.extracts import Extract
from tracker.store.paths import Scope

from . import seeing
from .people import User
from .world import World

PAGE = 500
MOST_TITLES = 10_000

# {id, title, ...}: plain values, those of the columns of a table
Line = dict[str, Any]

_SAME = (
    "title",
    "description",
    "due_date",
    "created_at",
    "number",
    "depth",
    "start_date",
    "completed_at",
    "updated_at",
    "assigned_to",
    "created_by",
)


def scope(world: World, caller: User) -> Scope:
    """What is to be told of; rights are those of this moment."""
    with world.store.deadline():
        return seeing.scope(world, caller)


def count(world: World, found: Scope) -> int:
    """How many lines there are to come, about."""
    with world.store.deadline():
        return paths.count(world.store, found)


def pages(world: World, caller: User, found: Scope) -> Iterator[list[Line]]:
    """The lines, page by page, each with the titles from its root down to itself as `path`."""
    known: dict[str, str] = {}
    rows = Extract(world.store, found, world.now(), PAGE)
    try:
        while page := _read(world, rows, known):
            now = world.now()
            yield [_line(caller, row, known, now) for row in page]
    finally:
        rows.close()


def _read(world: World, rows: Extract, known: dict[str, str]) -> list[Row]:
    with world.store.deadline():
        page = rows.take()
        _learn(world, known, page)
    return page


def _learn(world: World, known: dict[str, str], rows: list[Row]) -> None:
    """Know the titles of what stands above these rows."""
    if len(known) > MOST_TITLES:
        known.clear()
    known |= {row["_id"]: row["title"] for row in rows}
    missing = {task for row in rows for task in row["path"]} - known.keys()
    if missing:
        known |= paths.titles(world.store, missing)


def _line(caller: User, row: Row, titles: dict[str, str], now: datetime) -> Line:
    owner = row["owner"]
    whose = caller if owner == caller["_id"] else None
    going = caller.get("categories_going", ()) if whose else ()
    palette = Palette.of(owner, whose, row["created_at"])
    return {
        "id": row["_id"],
        **{name: row[name] for name in _SAME},
        "status": shown_status(row, now),
        "priority": PRIORITIES[row["priority"]],
        "parent_id": row["parent"],
        "root_id": row["root"],
        "path": [titles.get(task, "") for task in row["path"]] + [row["title"]],
        "tags": palette.meant(row["tags"]),
        "category": categories.number_of(row.get("category"), owner, going),
        "pomodoros": pomodoros.of_node(row)._asdict(),
        "progress": {"done": row["done"], "total": row["total"]},
    }
