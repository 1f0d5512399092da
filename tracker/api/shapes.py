"""What leaves about people: functions from stored documents, and the schemas that describe them.

A function lists what it shows, so that nothing new in a document is shown by accident.
"""

from typing import Any

from marshmallow import Schema, fields


class User(Schema):
    """A person as others see them."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata={"description": "For those that need integers"})
    email = fields.String(required=True, allow_none=True)
    username = fields.String(required=True, allow_none=True)
    full_name = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True, metadata={"format": "uri"})
    is_active = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)


class OwnUser(User):
    """A person as they see themselves."""

    require_if_match = fields.Boolean(
        metadata={"description": "Whether writes of a task need If-Match; absent until it was set"}
    )


class LoggedIn(Schema):
    """A token, and whose it is."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"example": "bearer"})
    user = fields.Nested(User, required=True)


def user(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored user as `User`."""
    return {
        "id": stored["_id"],
        "number": stored["number"],
        "email": stored.get("email"),
        "username": stored.get("username"),
        "full_name": stored["full_name"],
        "avatar_url": stored.get("avatar_url"),
        "is_active": stored["state"] == "active",
        "created_at": stored["created_at"],
    }


def own_user(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored user as `OwnUser`."""
    asked = {name: stored[name] for name in ("require_if_match",) if name in stored}
    return {**user(stored), **asked}


def logged_in(stored: dict[str, Any], token: str) -> dict[str, Any]:
    """A stored user with a fresh token as `LoggedIn`."""
    return {"access_token": token, "token_type": "bearer", "user": user(stored)}
