"""Tasks as MyTracker shows them, from trees and rows. One walk, children before their parents."""

from collections.abc import Mapping
from typing import Any

from tracker.core.rows import Row
from tracker.core.trees import line, ordered, walk
from tracker.services.reading import Subtree

from .schemas import NEVER_SHOWN


def tree(found: Subtree) -> dict[str, Any]:
    """A task with all that stands below it."""
    place = found.place
    above = line(found.tree, place.path)
    numbers = {node["id"]: node["number"] for node in above}
    made: dict[str, dict[str, Any]] = {}
    walked = [step for step in walk(*place) if not step.node.get("deleted_at")]
    numbers |= {step.node["id"]: step.node["number"] for step in walked}
    for step in reversed(walked):
        children = [
            made[child["id"]] for child in ordered(step.node["children"]) if child["id"] in made
        ]
        parent = numbers.get(step.parent) if step.parent else None
        made[step.node["id"]] = _task(step.node, parent, children)
    return made[place.node["id"]]


def leaf(row: Row, parent: int | None) -> dict[str, Any]:
    """A task that was made just now, so that nothing stands below it."""
    return _task(row, parent, [])


def plain(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What nodes and rows say of a task alone."""
    return {
        "id": stored["number"],
        "title": stored["title"],
        "description": stored["description"] or "",
        "creation_date": stored["created_at"],
        "deadline": stored["due_date"] or NEVER_SHOWN,
        "pass_date": stored["completed_at"],
    }


def _task(stored: Mapping[str, Any], parent: int | None, below: list[Any]) -> dict[str, Any]:
    return {**plain(stored), "task_id": parent, "subtasks": below}
