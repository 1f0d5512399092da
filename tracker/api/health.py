"""Is the service up, and can it work? Open to everybody, for load balancers and people."""

from typing import Any

from flask import Flask, current_app
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.services import jobs
from tracker.store import PROBE_SECONDS, dead_events
from tracker.web import world
from tracker.web.limits import free
from tracker.web.operations import operation
from tracker.web.principal import public


class Status(Schema):
    """That it works."""

    status = fields.String(required=True, metadata={"example": "ok"})


class About(Status):
    """What it is."""

    app = fields.String(required=True)
    version = fields.String(required=True)


class Jobs(Schema):
    """What is to be done behind the answers, such as letters: 1000 is 1000 or more."""

    waiting = fields.Integer(required=True)
    lag_seconds = fields.Float(
        required=True, metadata={"description": "For how long the first that waits has been due."}
    )
    dead = fields.Integer(
        required=True, metadata={"description": "Given up; `flask jobs list --dead` names them."}
    )


class Working(Status):
    """That it works, and how far it has come; `degraded` where something was given up."""

    jobs = fields.Nested(Jobs, required=True)
    dead_events = fields.Integer(
        required=True,
        metadata={"description": "Changes not shown everywhere; `flask events list` names them."},
    )


def init_app(app: Flask, *, name: str, version: str) -> None:
    """Give the application the name and version that it tells."""
    app.extensions["about"] = {"app": name, "version": version}


class Health(Resource):
    @free
    @public
    @operation("Name and version", answers={200: About})
    def get(self) -> dict[str, Any]:
        return {"status": "ok", **current_app.extensions["about"]}


class Live(Resource):
    @free
    @public
    @operation("The process answers", answers={200: Status})
    def get(self) -> dict[str, Any]:
        return {"status": "ok"}


class Ready(Resource):
    """Within three seconds, for the database has two to answer. Jobs that wait or were given up
    tell an operator something, and a load balancer nothing.
    """

    @free
    @public
    @operation("The database answers too", answers={200: Working})
    def get(self) -> dict[str, Any]:
        with world().store.deadline(PROBE_SECONDS):
            world().store.ping()
            found = jobs.figures(world())
            dead = dead_events.count(world().store, jobs.COUNTED)
        status = "degraded" if dead else "ok"
        return {"status": status, "jobs": found._asdict(), "dead_events": dead}
