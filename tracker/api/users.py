"""The blueprint `users`: accounts as TaskHub serves them, under /api/auth."""

from typing import Any, cast

from flask import Flask, Response, current_app
from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.services import accounts
from tracker.services.passwords import Passwords
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.bodies import refusing_forms
from tracker.web.fields import email, flag, name, url
from tracker.web.operations import operation
from tracker.web.principal import caller, public
from tracker.web.tokens import tokens

from . import shapes
from .shapes import LoggedIn, OwnUser


def _password(least: int) -> fields.String:
    """Never cut, stripped or folded: what is hashed is what was sent."""
    return fields.String(required=True, validate=validate.Length(least, 128), load_only=True)


class Registration(Schema):
    """What makes an account."""

    email = email(required=True)
    username = name(3, 100, required=True)
    full_name = name(1, 255, required=True)
    password = _password(6)


class Credentials(Schema):
    """What somebody logs in with."""

    email = email(required=True)
    password = _password(0)


class Profile(Schema):
    """What one may change about oneself; null leaves a field as it is."""

    full_name = name(1, 255, allow_none=True)
    avatar_url = url(allow_none=True)
    require_if_match = flag(
        allow_none=True, metadata={"description": "Refuse my writes of a task without If-Match"}
    )


REGISTRATION, CREDENTIALS, PROFILE = Registration(), Credentials(), Profile()


def init_app(app: Flask, *, password_cost: str) -> None:
    """Give the application its hasher of passwords."""
    app.extensions["passwords"] = Passwords(password_cost)


class Register(Resource):
    @public
    @operation("Register and log in", body=REGISTRATION, answers={201: LoggedIn}, errors=(400,))
    def post(self, body: dict[str, Any]) -> Response:
        return _log_in(accounts.register(world(), _passwords(), body), 201)


class Login(Resource):
    method_decorators = [refusing_forms]  # TaskHub's word for a form here is 422

    @public
    @operation("Log in", body=CREDENTIALS, answers={200: LoggedIn}, errors=(401, 403))
    def post(self, body: dict[str, Any]) -> Response:
        return _log_in(accounts.log_in(world(), _passwords(), **body), 200)


class Me(Resource):
    @operation("Read one's own account", answers={200: OwnUser})
    def get(self) -> dict[str, Any]:
        return shapes.own_user(caller())

    @operation("Change one's own profile", body=PROFILE, answers={200: OwnUser})
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        return shapes.own_user(accounts.change_profile(world(), caller(), body))


def _log_in(user: dict[str, Any], status: int) -> Response:
    token = tokens().issue(user["_id"], session=world().new_id())
    return answer(shapes.logged_in(user, token), status)


def _passwords() -> Passwords:
    return cast(Passwords, current_app.extensions["passwords"])
