"""Tasks as MyTracker's later API shows them: alone, and in pages of lists."""

from collections.abc import Mapping
from typing import Any

from tracker.core.trees import line
from tracker.services.reading import Listed, Subtree

from .shapes import plain


def page(listed: Listed, parent: int | None) -> dict[str, Any]:
    """One page; 0 stands for a page that is not there."""
    query = listed.query
    last = -(-listed.total // query.page_size)
    return {
        "prev_page": min(query.page - 1, last),
        "next_page": query.page + 1 if query.page < last else 0,
        "tasks": [
            {"id": row["number"], "title": row["title"], "parent_id": parent}
            for row in listed.answer.rows
        ],
    }


def found(at: Subtree) -> dict[str, Any]:
    """A task of a tree."""
    return task(at.place.node, parent(at))


def task(stored: Mapping[str, Any], parent: int | None) -> dict[str, Any]:
    """A node or a row."""
    return {**plain(stored), "parent_id": parent}


def parent(at: Subtree) -> int | None:
    """The number of the task above one."""
    above = line(at.tree, at.place.path)
    return int(above[-1]["number"]) if above else None
