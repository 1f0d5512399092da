"""The blueprint `tasks`, one's own reminders of a task: what they take, what leaves, the views."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, ValidationError, fields, validates_schema

from tracker.core.reminders import DATES, DUE, MOST_AFTER, MOST_BEFORE, MOST_SNOOZED
from tracker.core.terms import Terms
from tracker.services import reminding
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import one_of, when, whole
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import examples

_SHOWN = ("id", "time_zone", "created_at", "fired_at", "snoozed_until", "next_at")
_BEFORE = {
    "description": "Before the date, a negative number after it; of a date without a time of day, "
    "which is stored as midnight UTC, counted from that midnight in `time_zone`"
}


class ReminderPatch(Schema):
    """What a reminder stands for: a time, or minutes before a date, which it follows."""

    at = when()
    minutes = whole(-MOST_AFTER, MOST_BEFORE, metadata=_BEFORE)
    of = one_of(DATES, metadata={"description": f"Which date; `{DUE}` where it is left out"})

    @validates_schema
    def _stands_for_one(self, given: dict[str, Any], **_: Any) -> None:
        if "at" in given and given.keys() & {"minutes", "of"}:
            raise ValidationError("Takes a time or minutes, not both.", "at")


class ReminderPost(ReminderPatch):
    """What makes a reminder."""

    @validates_schema
    def _stands_for_something(self, given: dict[str, Any], **_: Any) -> None:
        if not given.keys() & {"at", "minutes"}:
            raise ValidationError("Takes a time, or minutes before a date.", "at")


class Snooze(Schema):
    """How far to put it off."""

    minutes = whole(1, MOST_SNOOZED, metadata={"description": "From now"})
    until = when()

    @validates_schema
    def _takes_one(self, given: dict[str, Any], **_: Any) -> None:
        if len(given) != 1:
            raise ValidationError("Takes one of minutes and until.", "minutes")


class Reminder(Schema):
    """One's own reminder of a task."""

    id = fields.UUID(required=True)
    at = fields.DateTime(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True, metadata=_BEFORE)
    of = fields.String(required=True, allow_none=True, metadata={"enum": [*DATES, None]})
    time_zone = fields.String(
        required=True, metadata={"description": "One's own, as it was when this was made"}
    )
    created_at = fields.DateTime(required=True)
    fired_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When it fired last"}
    )
    snoozed_until = fields.DateTime(required=True, allow_none=True)
    next_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When it fires next, if ever"}
    )


NEW, CHANGE, SNOOZE = ReminderPost(), ReminderPatch(), Snooze()


class Reminders(Resource):
    @operation("List your own reminders of a task", answers={200: [Reminder]}, errors=(404,))
    def get(self, task_id: str) -> Response:
        return answer([_shape(one) for one in reminding.listing(world(), caller(), task_id)])

    @operation(
        "Be reminded of a task: at a time, or minutes before its due or start date",
        body=NEW,
        example=examples.REMINDER,
        writes=True,
        answers={201: Reminder},
        errors=(404, 409, 412),
    )
    def post(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        return answer(_shape(reminding.create(world(), caller(), task_id, body, terms)), 201)


class OneReminder(Resource):
    @operation("Read a reminder of your own", answers={200: Reminder}, errors=(404,))
    def get(self, task_id: str, reminder_id: str) -> Response:
        return answer(_shape(reminding.one(world(), caller(), task_id, reminder_id)))

    @operation(
        "Set a reminder of your own for another time; what has passed by then fires no more",
        body=CHANGE,
        example=examples.REMINDER_CHANGE,
        writes=True,
        answers={200: Reminder},
        errors=(404, 409, 412),
    )
    def patch(self, task_id: str, reminder_id: str, body: dict[str, Any], terms: Terms) -> Response:
        changed = reminding.change(world(), caller(), task_id, reminder_id, body, terms)
        return answer(_shape(changed))

    @operation(
        "Take a reminder of your own away",
        writes=True,
        answers={204: None},
        errors=(404, 409, 412),
    )
    def delete(self, task_id: str, reminder_id: str, terms: Terms) -> Response:
        reminding.delete(world(), caller(), task_id, reminder_id, terms)
        return answer(None, 204)


class Snoozed(Resource):
    @operation(
        "Put a reminder of your own off, one that has fired, too",
        body=SNOOZE,
        example=examples.SNOOZE,
        writes=True,
        answers={200: Reminder},
        errors=(404, 409, 412),
    )
    def post(self, task_id: str, reminder_id: str, body: dict[str, Any], terms: Terms) -> Response:
        put_off = reminding.snooze(world(), caller(), task_id, reminder_id, body, terms)
        return answer(_shape(put_off))


def _shape(reminder: dict[str, Any]) -> dict[str, Any]:
    """A stored reminder with `next_at` as `Reminder`."""
    when = {name: reminder.get(name) for name in ("at", "minutes", "of")}
    return {**{name: reminder[name] for name in _SHOWN}, **when}
