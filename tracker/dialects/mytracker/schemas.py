"""What MyTracker takes and answers: its names, and ours for them."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, post_load, validate

from tracker.core.passwords import Rule
from tracker.dialects.operations import Loose
from tracker.web.fields import email, name, read_time, said, text, when, whole

# of a new password at registration, and when it is changed
AT_FIRST = Rule(8, 25)
CHANGED = Rule(8, 128, "new_password")
LONGEST_EMAIL, LONGEST_TG_NAME = 50, 50
TITLE, DESCRIPTION = 100, 500
# A task without a deadline shows this one: the bot cannot read null there
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
NEVER_SHOWN = "9999-01-01T00:00:00Z"
_INT64 = 2**63 - 1
_WHEN = when()


class Deadline(fields.DateTime):
    """As `fields.when`; the one that stands for none is none."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        is_never = isinstance(value, str) and read_time(value) == NEVER
        return None if is_never else _WHEN._deserialize(value, *args, **kwargs)


def known_password() -> fields.String:
    """One that is only compared."""
    return fields.String(required=True, load_only=True, validate=validate.Length(max=128))


def new_password(rule: Rule) -> fields.String:
    """One that is to be kept, byte for byte."""
    bounds = validate.Length(rule.least, rule.most)
    return fields.String(required=True, load_only=True, validate=bounds)


def task_number(**rest: Any) -> fields.Integer:
    return whole(-_INT64, _INT64, allow_none=True, **rest)


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


class Registration(Loose):
    """What makes an account."""

    tg_name = name(1, LONGEST_TG_NAME, required=True)
    email = email(required=True, validate=validate.Length(max=LONGEST_EMAIL))
    first_name = text(0, 100, allow_none=True)
    last_name = text(0, 100, allow_none=True)
    password = new_password(AT_FIRST)

    @post_load
    def _named(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = (given.pop(part, None) or "" for part in ("first_name", "last_name"))
        return {**given, "full_name": _one_line(" ".join(names))}


class Credentials(Loose):
    """What somebody logs in with."""

    email = text(1, 254, required=True)
    password = known_password()


class PasswordChange(Loose):
    """A new password, by the current one and a mailed link."""

    current_password = known_password()
    new_password = new_password(CHANGED)


class TgName(Loose):
    """A name at Telegram."""

    tg_name = text(1, 100, required=True)


class Creation(Loose):
    """A new task. When it was made is for the server to say: `creation_date` is compared only."""

    title = said(1, TITLE, required=True)
    description = text(0, DESCRIPTION, required=True)
    began = when(required=True, data_key="creation_date")
    due_date = Deadline(required=True, allow_none=False, data_key="deadline")
    parent = task_number(data_key="task_id")


class Update(Loose):
    """What changes of a task; null, as the bot sends it, and absence leave a field as it is."""

    title = said(1, TITLE, allow_none=True)
    description = text(0, DESCRIPTION, allow_none=True)
    due_date = Deadline(allow_none=True, data_key="deadline")
    completed_at = when(allow_none=True, data_key="pass_date")
    parent = task_number(data_key="task_id")

    @post_load
    def _named(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {field: value for field, value in given.items() if value is not None}


class Said(Loose):
    """What was done, in words."""

    detail = fields.String(required=True)


class Task(Loose):
    """A task with all that stands below it, in order."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    creation_date = fields.DateTime(required=True)
    deadline = fields.DateTime(required=True)
    pass_date = fields.DateTime(required=True, allow_none=True)
    task_id = fields.Integer(required=True, allow_none=True)
    subtasks = fields.List(fields.Nested(lambda: Task()), required=True)
