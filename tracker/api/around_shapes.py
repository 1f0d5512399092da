"""What stands around a task as it leaves: members and history, each beside its schema."""

from typing import Any

from marshmallow import Schema, fields

from tracker.core.access import ROLES
from tracker.services import sharing
from tracker.services.histories import History

from . import shapes
from .shapes import person


class Member(Schema):
    """Somebody a tree is shared with."""

    user = fields.Nested(shapes.User, required=True)
    role = fields.String(required=True, metadata={"enum": list(ROLES)})


class Change(Schema):
    """One commit of a tree, as far as it touched what was asked for."""

    id = fields.String(required=True)
    tree_id = fields.UUID(required=True)
    seq = fields.Integer(required=True, metadata={"description": "The tree's rev after it"})
    at = fields.DateTime(required=True)
    actor = fields.Nested(shapes.User, required=True, allow_none=True)
    deed = fields.String(required=True)
    task_id = fields.UUID(required=True)
    changes = fields.Dict(
        required=True, metadata={"description": "Task id to field to [before, after]"}
    )


class HistoryPage(Schema):
    """Commits, newest first."""

    history = fields.List(fields.Nested(Change), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def members(shared: list[sharing.Member]) -> list[dict[str, Any]]:
    """Who a tree is shared with as a list of `Member`."""
    return [{"user": shapes.user(member.user), "role": member.role} for member in shared]


def history(found: History, next_cursor: str | None) -> dict[str, Any]:
    """One page of commits as `HistoryPage`."""
    shown = [
        {
            "id": row["_id"],
            "tree_id": row["tree"],
            "seq": row["seq"],
            "at": row["at"],
            "actor": person(found.people, row["actor"]),
            "deed": row["deed"],
            "task_id": row["task"],
            "changes": row["changes"],
        }
        for row in found.rows
    ]
    return {"history": shown, "next_cursor": next_cursor}
