"""What comes in and goes out of this dialect: its names, and what they are here."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from tracker.core import labels, limits
from tracker.core.life import COMPLETED, OPEN, STARTED
from tracker.core.passwords import Rule
from tracker.core.rows import Row
from tracker.dialects.operations import Loose
from tracker.dialects.paging import Paging
from tracker.services.people import Answer
from tracker.web.fields import known_password, name, new_password, said, text
from tracker.web.tokens import LONGEST_TOKEN

RULE = Rule(8, 128)
# letters with their marks apart, and blanks around them, make a text longer than it is as kept
LONGEST_ASKED = 1_000
# what people write, as `labels.key` has it; anything else leaves a task open
STATUSES = {
    **dict.fromkeys(("завершена", "завершено", "выполнена", "completed", "done"), COMPLETED),
    **dict.fromkeys(("в процессе", "in_progress", "in progress"), STARTED),
}


def _trimmed(value: str) -> None:
    if value != value.strip():
        raise ValidationError("Takes no blanks at the ends.")


class Registration(Loose):
    """What makes an account."""

    username = fields.String(required=True, validate=[*name(3, 50).validators, _trimmed])
    password = new_password(RULE)


class Credentials(Loose):
    """What somebody logs in with."""

    username = text(1, 100, required=True)
    password = known_password(RULE)


class Refreshing(Loose):
    """The refresh token of a log-in."""

    refresh_token = text(1, LONGEST_TOKEN, required=True, load_only=True)


class Changes(Loose):
    """What changes of a task; absent and null leave a field as it is."""

    title = said(1, limits.TITLE, allow_none=True)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    status = text(0, labels.LONGEST, allow_none=True)

    @post_load
    def as_ours(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        given = {field: value for field, value in data.items() if value is not None}
        word = given.pop("status", None)
        return given if word is None else {**given, **_status(word)}


class Draft(Changes):
    """A new task."""

    title = said(1, limits.TITLE, required=True)


class Asked(Paging):
    """Which tasks: all of one's own, or those with a status; all at once, or by pages."""

    status = text(0, LONGEST_ASKED)

    @post_load
    def by_label(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = dict(data)
        status = asked.pop("status", None)
        return asked if status is None else {**asked, "label": labels.key(status)}


class Token(Schema):
    """What one may ask with from now on."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)


class Tokens(Token):
    """The same, and how to have it again."""

    refresh_token = fields.String(required=True)


class Task(Schema):
    """A task."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(required=True)
    user_id = fields.Integer(required=True)


def task(found: Answer, row: Row | None = None) -> dict[str, Any]:
    """A row as `Task`."""
    row = row or found.row
    return {
        "id": row["number"],
        "title": row["title"],
        "description": row["description"] or "",
        "status": labels.shown(row),
        "user_id": found.people[row["owner"]]["number"],
    }


def _status(word: str) -> dict[str, Any]:
    return {"status": labels.meaning(word, STATUSES) or OPEN, "status_label": word or None}
