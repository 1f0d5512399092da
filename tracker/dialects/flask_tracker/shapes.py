"""Tasks and people as Flask Task Tracker shows them."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from werkzeug.http import http_date

from tracker.core import labels
from tracker.core.life import COMPLETED, PRIORITIES, STARTED, TODO
from tracker.core.rows import Row
from tracker.services.people import Answer

WORDS = {TODO: "OPEN", STARTED: "INPROGRESS", COMPLETED: "COMPLETED"}
COUNTED = ("OPEN", "INPROGRESS", "REVIEW", "COMPLETED")


class Task(Schema):
    """A task; texts are as they were sent."""

    _id = fields.String(required=True)
    summary = fields.String(required=True)
    task_type = fields.String(required=True)
    start_dt = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    estimate = fields.Raw(required=True, metadata={"description": "A number, or a text with one"})
    priority = fields.String(required=True)
    assigned = fields.String(required=True, allow_none=True, metadata={"description": "User name"})
    description = fields.String(required=True, allow_none=True)
    due_date = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True, metadata={"description": "RFC 1123"})
    updated_at = fields.String(required=True, metadata={"description": "RFC 1123"})


class User(Schema):
    """A person; some of it is in lists only."""

    username = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    status = fields.String(required=True, metadata={"description": "Y, or N for a shut account"})
    id = fields.String()
    name = fields.String()
    task_count = fields.Integer(metadata={"description": "Open tasks that are theirs to do"})


def task(found: Answer, row: Row | None = None) -> dict[str, Any]:
    """A row with its people as `Task`."""
    row = row or found.row
    priority, given = PRIORITIES[row["priority"]], row["assigned_to"]
    assignee = found.people.get(given) if given else None
    return {
        "_id": row["_id"],
        "summary": row["title"],
        "task_type": labels.echoed(row, "task_type") or "Development",
        "start_dt": _day(row, "start_date"),
        "status": word(row),
        "estimate": labels.echoed(row, "estimate"),
        "priority": labels.echoed(row, "priority", priority) or priority,
        "assigned": labels.echoed(row, "assigned_to", given) or (assignee and user_name(assignee)),
        "description": row["description"],
        "due_date": _day(row, "due_date"),
        "created_at": http_date(row["created_at"]),
        "updated_at": http_date(row["updated_at"]),
    }


def word(row: Row) -> str:
    """The status of a row in the words of whoever set it, or in this system's."""
    return str(row["status_label"] or WORDS[row["status"]])


def user(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored user as `User`."""
    return {
        "username": user_name(stored),
        "email": stored.get("email"),
        "role": stored["role"],
        "status": "Y" if stored["state"] == "active" else "N",
    }


def user_name(stored: dict[str, Any]) -> str:
    """Never empty: a page takes its first letter."""
    named = stored.get("username") or stored.get("tg_name")
    return str(named or (stored.get("email") or stored["full_name"]).partition("@")[0])


def moment(value: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return value.isoformat().replace("+00:00", "Z") if value else None


def _day(row: Row, field: str) -> str | None:
    echoed: str | None = labels.echoed(row, field, row[field])
    return echoed or moment(row[field])
