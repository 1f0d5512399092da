"""Comments as they leave, and the schema that describes them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from . import shapes


class Comment(Schema):
    """What somebody said about a task."""

    id = fields.UUID(required=True)
    content = fields.String(required=True, metadata={"description": "Markdown, as it was sent"})
    content_html = fields.String(
        required=True, metadata={"description": "Clean HTML: no script, no handler, no image"}
    )
    task_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    author = fields.Nested(shapes.User, required=True, allow_none=True)
    is_deleted = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


def comment(stored: Mapping[str, Any], people: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A stored comment with its author as `Comment`."""
    return {
        "id": stored["_id"],
        "content": stored["content"],
        "content_html": stored["html"],
        "task_id": stored["task"],
        "user_id": stored["user"],
        "author": shapes.person(people, stored["user"]),
        "is_deleted": False,
        "created_at": stored["created_at"],
        "updated_at": stored["updated_at"],
    }
