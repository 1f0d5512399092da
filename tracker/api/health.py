"""Is the service up, and can it work? Open to everybody, for load balancers and people."""

from typing import Any

from flask import Flask, current_app
from flask_restful import Resource
from marshmallow import Schema, fields

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
    """Within three seconds, for the store gives its database two to answer."""

    @free
    @public
    @operation("The database answers too", answers={200: Status})
    def get(self) -> dict[str, Any]:
        world().store.ping()
        return {"status": "ok"}
