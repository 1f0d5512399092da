"""Tasks as they leave: plain functions from rows and nodes to answers, each beside the schema that
describes it.

A task says TaskHub's fields and what the tree adds. Shapes are made by hand, close to what is
stored: a schema's dump of a list costs more than all the rest of a request.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from tracker.core import attached
from tracker.core.attached import COMMENTS, FILES
from tracker.core.life import BLOCK, PRIORITIES, RULES, is_overdue
from tracker.core.rows import Row, progress
from tracker.core.select import shown_status
from tracker.core.trees import ordered, walk
from tracker.services.people import Answer
from tracker.services.reading import Listed, Subtree

from . import shapes
from .comment_shapes import Comment, comment
from .file_shapes import File, file
from .label_shapes import Labels, Owner, labels
from .shapes import person

_SAME = (
    "number",
    "title",
    "description",
    "status_label",
    "start_date",
    "due_date",
    "completed_at",
    "notify_overdue",
    "created_by",
    "assigned_to",
    "position",
    "created_at",
    "updated_at",
)


class Progress(Schema):
    """How much of what stands below a task is done."""

    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


class Node(Labels):
    """A task in its tree."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    root_id = fields.UUID(required=True)
    depth = fields.Integer(required=True, metadata={"description": "0 for a root"})
    position = fields.Float(required=True, metadata={"description": "Order among its siblings"})
    rev = fields.Integer(
        required=True, metadata={"description": "Rises with each change of the task"}
    )
    title = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    status = fields.String(
        required=True, metadata={"enum": ["todo", "in_progress", "completed", "overdue"]}
    )
    status_label = fields.String(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    priority = fields.String(required=True, metadata={"enum": list(PRIORITIES)})
    start_date = fields.DateTime(required=True, allow_none=True)
    due_date = fields.DateTime(required=True, allow_none=True)
    completed_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    notify_overdue = fields.Boolean(required=True)
    is_deleted = fields.Boolean(required=True)
    created_by = fields.UUID(required=True)
    assigned_to = fields.UUID(required=True, allow_none=True)
    progress = fields.Nested(Progress, required=True)
    subtask_count = fields.Integer(required=True)
    file_count = fields.Integer(required=True)
    comment_count = fields.Integer(required=True)
    completion = fields.String(
        required=True,
        allow_none=True,
        metadata={"enum": [*RULES, None], "description": "A tree's rule, on its root"},
    )


class Task(Node):
    """A task with its people."""

    creator = fields.Nested(shapes.User, required=True, allow_none=True)
    assignee = fields.Nested(shapes.User, required=True, allow_none=True)
    files = fields.List(fields.Nested(File), required=True)
    comments = fields.List(fields.Nested(Comment), required=True)


class ListedTask(Task):
    """A task of a list, with its newest comments and files unless it shall come without any."""

    files = fields.List(fields.Nested(File))
    comments = fields.List(fields.Nested(Comment))


class TreeNode(Node):
    """A task with all that stands below it, in order."""

    subtasks = fields.List(fields.Nested(lambda: TreeNode()), required=True)


class TaskList(Schema):
    """One page of tasks."""

    tasks = fields.List(fields.Nested(ListedTask), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def task(answer: Answer, row: Row | None = None) -> dict[str, Any]:
    """A row with its people as `Task`."""
    row = row or answer.row
    people = answer.people
    owner = Owner.of(people, row["owner"], row["created_at"])
    shape = _common(row, row["_id"], owner, answer.now)
    shape.update(
        completion=_rule(row, row["parent"]),
        parent_id=row["parent"],
        root_id=row["root"],
        depth=row["depth"],
        rev=row["task_rev"],
        priority=PRIORITIES[row["priority"]],
        is_deleted=row["is_deleted"],
        progress={"done": row["done"], "total": row["total"]},
        subtask_count=row["subtask_count"],
        creator=person(people, row["created_by"]),
        assignee=person(people, row["assigned_to"]),
        **_hung(answer, row["_id"]),
        file_count=attached.counted(row, FILES),
        comment_count=attached.counted(row, COMMENTS),
    )
    return shape


def page(listed: Listed, next_cursor: str | None) -> dict[str, Any]:
    """One page as `TaskList`."""
    size = listed.query.page_size
    shown = [task(listed.answer, row) for row in listed.answer.rows]
    for one in shown if not listed.query.expanded else ():
        del one["files"], one["comments"]
    return {
        "tasks": shown,
        "total": listed.total,
        "page": listed.query.page,
        "page_size": size,
        "total_pages": -(-listed.total // size),
        "next_cursor": next_cursor,
    }


def tree(found: Subtree, depth: int | None) -> dict[str, Any]:
    """A subtree as `TreeNode`, `depth` levels of it or all. One walk, children before their
    parents.
    """
    done = progress(found.place.node)
    owner = Owner.of(found.answer.people, found.tree["owner"], found.place.node["created_at"])
    lowest = None if depth is None else len(found.place.path) + depth
    made: dict[str, dict[str, Any]] = {}
    for node, path in reversed(list(walk(*found.place))):
        if node.get("deleted_at") or (lowest is not None and len(path) > lowest):
            continue
        shape = _common(node, node["id"], owner, found.answer.now)
        live = [child for child in ordered(node["children"]) if not child.get("deleted_at")]
        shape.update(
            completion=_rule(node, path[-1] if path else None),
            parent_id=path[-1] if path else None,
            root_id=found.tree["_id"],
            depth=len(path),
            rev=node["rev"],
            priority=node["priority"],
            is_deleted=False,
            progress=done[node["id"]]._asdict(),
            subtask_count=len(live),
            file_count=attached.tally(node, FILES)["count"],
            comment_count=attached.tally(node, COMMENTS)["count"],
            subtasks=[made[child["id"]] for child in live if child["id"] in made],
        )
        made[node["id"]] = shape
    return made[found.place.node["id"]]


def _common(stored: Mapping[str, Any], task_id: str, owner: Owner, now: datetime) -> dict[str, Any]:
    """What rows and nodes say alike."""
    return {
        "id": task_id,
        **{name: stored[name] for name in _SAME},
        "status": shown_status(stored, now),
        "overdue": is_overdue(stored, now),
        **labels(stored, owner),
    }


def _hung(answer: Answer, task_id: str) -> dict[str, Any]:
    """What hangs on a task, as far as it was looked for; files are newest first."""
    if answer.hung is None:
        return {"files": [], "comments": []}
    comments = answer.hung.comments.get(task_id, ())
    files = reversed(answer.hung.files.get(task_id, ()))
    return {
        "files": [file(one) for one in files],
        "comments": [comment(one, answer.people) for one in comments],
    }


def _rule(stored: Mapping[str, Any], parent: str | None) -> str | None:
    return None if parent else stored.get("completion") or BLOCK
