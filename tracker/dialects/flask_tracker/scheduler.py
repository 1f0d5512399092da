"""Alerts at a time: each is a job, and becomes a notification of whoever asked for it."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import ValidationError, fields, post_load, validates_schema

from tracker.dialects.operations import Loose, operation
from tracker.errors import Fault, Invalid
from tracker.services import alerts
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import when
from tracker.web.principal import caller

from .people import Message
from .shapes import moment

UNKNOWN = "Invalid schedule type. Use 'daily' or 'once'."


class Trigger(fields.Field[str]):
    """One of the words for when."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in alerts.TRIGGERS:
            raise Invalid(Fault("", UNKNOWN))
        return value


class AlertBody(Loose):
    """When to alert: `daily` at nine, `now` in ten seconds, `once` at `run_at`."""

    type = Trigger(load_default=alerts.ONCE)
    run_at = when(allow_none=True)

    @validates_schema
    def require_time(self, given: dict[str, Any], **_: Any) -> None:
        if given["type"] == alerts.ONCE and given.get("run_at") is None:
            raise ValidationError("Missing data for required field.", "run_at")

    @post_load
    def drop_nulls(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"type": given["type"], "run_at": given.get("run_at")}


class Scheduled(Message):
    """An alert waits."""

    job_id = fields.String(required=True)


class Job(Loose):
    """An alert that waits."""

    id = fields.String(required=True)
    next_run_time = fields.String(required=True)
    trigger = fields.String(required=True)


class Alert(Resource):
    @operation(
        "Ask for an alert", body=AlertBody(), answers={200: Scheduled}, errors=(400, 409, 415)
    )
    def post(self, body: dict[str, Any]) -> Response:
        job = alerts.schedule(world(), caller(), body["type"], body["run_at"])
        return answer({"message": "Job scheduled successfully", "job_id": job})


class Jobs(Resource):
    @operation("List one's own alerts that wait", answers={200: [Job]})
    def get(self) -> Response:
        found = alerts.listing(world(), caller())
        return answer([_shown(one) for one in found])


def _shown(one: alerts.Alert) -> dict[str, Any]:
    return {"id": one.id, "next_run_time": moment(one.next), "trigger": one.trigger}
