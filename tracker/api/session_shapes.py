"""What leaves about sessions and tokens: functions from stored documents, and their schemas.

A token's text leaves once, with the answer that makes it.
"""

from typing import Any

from marshmallow import Schema, fields

from tracker.store.api_tokens import ApiToken as Kept
from tracker.web.cookies import csrf_token
from tracker.web.grants import Grant

from .shapes import User, user


class LoggedIn(Schema):
    """Tokens, and whose they are. With `cookie` they are in cookies, and not here."""

    access_token = fields.String(metadata={"description": "Absent with `cookie`"})
    token_type = fields.String(metadata={"example": "bearer"})
    expires_in = fields.Integer(
        required=True, metadata={"description": "Seconds that the access token lives"}
    )
    refresh_token = fields.String(metadata={"description": "Present with `refresh`"})
    csrf_token = fields.String(
        metadata={"description": "Present with `cookie`; goes back as X-CSRF-Token"}
    )
    user = fields.Nested(User, required=True)


class Session(Schema):
    """Somewhere that one is logged in."""

    id = fields.UUID(required=True)
    device = fields.String(required=True, metadata={"description": "As it named itself"})
    address = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    seen_at = fields.DateTime(required=True, metadata={"description": "To a minute"})
    expires_at = fields.DateTime(required=True)
    current = fields.Boolean(required=True, metadata={"description": "The one that asks"})


class Sessions(Schema):
    """Where one is logged in, the newest first."""

    sessions = fields.List(fields.Nested(Session), required=True)


class Ticket(Schema):
    """What stands for a session in one address, once."""

    ticket = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})


class ApiToken(Schema):
    """An API token without its text."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    hint = fields.String(required=True, metadata={"description": "How it begins"})
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True, allow_none=True)
    used_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "To a minute"}
    )


class ApiTokens(Schema):
    """One's API tokens, the oldest first."""

    tokens = fields.List(fields.Nested(ApiToken), required=True)


class NewApiToken(ApiToken):
    """An API token with its text, which is shown this once."""

    token = fields.String(required=True)


def logged_in(grant: Grant) -> dict[str, Any]:
    """A grant as `LoggedIn`, for a client that keeps its tokens itself."""
    refresh = {"refresh_token": grant.refresh_token} if grant.refresh_token else {}
    return {
        "access_token": grant.access.text,
        "token_type": "bearer",
        "expires_in": grant.access.seconds,
        **refresh,
        "user": user(grant.user),
    }


def logged_in_by_cookie(grant: Grant) -> dict[str, Any]:
    """A grant as `LoggedIn`, for a page that never sees its tokens."""
    return {
        "expires_in": grant.access.seconds,
        "csrf_token": csrf_token(grant.session),
        "user": user(grant.user),
    }


def session(stored: dict[str, Any], current: str | None) -> dict[str, Any]:
    """A stored session as `Session`; `current` is the one that asks."""
    shown = ("device", "address", "created_at", "seen_at", "expires_at")
    said = {name: stored[name] for name in shown}
    return {"id": stored["_id"], **said, "current": stored["_id"] == current}


def api_token(stored: Kept) -> dict[str, Any]:
    """A stored API token as `ApiToken`."""
    return {
        "id": stored["_id"],
        **{name: stored[name] for name in ("name", "scopes", "hint", "created_at")},
        **{name: stored.get(name) for name in ("expires_at", "used_at")},
    }
