"""Files as they leave, and the schema that describes them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields


class File(Schema):
    """A file that is attached to a task."""

    id = fields.UUID(required=True)
    task_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True, metadata={"description": "Who attached it"})
    filename = fields.String(required=True, metadata={"description": "Of the stored object"})
    original_filename = fields.String(required=True)
    content_type = fields.String(required=True, metadata={"description": "By its content"})
    size = fields.Integer(required=True, metadata={"description": "In bytes"})
    created_at = fields.DateTime(required=True)


def file(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored file as `File`."""
    return {
        "id": stored["_id"],
        "task_id": stored["task"],
        "user_id": stored["user"],
        "filename": stored["key"],
        "original_filename": stored["name"],
        "content_type": stored["type"],
        "size": stored["size"],
        "created_at": stored["created_at"],
    }
