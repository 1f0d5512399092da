"""What leaves about people: functions from stored documents, and the schemas that describe them.

A function lists what it shows, so that nothing new in a document is shown by accident.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from tracker.services.people import zone_of


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

    time_zone = fields.String(required=True, metadata={"description": "IANA name"})
    require_if_match = fields.Boolean(
        metadata={"description": "Whether writes of a task need If-Match; absent until it was set"}
    )
    tg_name = fields.String(metadata={"description": "User name at Telegram, if any"})
    new_email = fields.String(metadata={"description": "Takes the place of `email` once confirmed"})
    email_confirmed_at = fields.DateTime(metadata={"description": "Absent until it is"})


_OWN = ("require_if_match", "tg_name", "new_email", "email_confirmed_at")


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
    own = {name: stored[name] for name in _OWN if name in stored}
    return {**user(stored), "time_zone": zone_of(stored), **own}


def person(people: Mapping[str, dict[str, Any]], user_id: str | None) -> dict[str, Any] | None:
    """One of the people of an answer as `User`; None for nobody, and for who is gone."""
    found = people.get(user_id) if user_id else None
    return user(found) if found else None
