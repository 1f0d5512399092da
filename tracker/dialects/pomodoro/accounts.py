"""Accounts of Pomodoro FastAPI: the access token in the answer, the refresh token in a cookie."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from flask import Flask, Response, current_app
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.core.passwords import Rule
from tracker.dialects.operations import Loose, Refuses, operation
from tracker.errors import Forbidden, Taken, Unauthenticated
from tracker.services import accounts, registering, sessions
from tracker.services.registering import Door
from tracker.web import cookies, grants, world
from tracker.web.answers import answer
from tracker.web.fields import LONGEST_EMAIL, email, known_password, name, new_password, text
from tracker.web.grants import Grant
from tracker.web.hashing import passwords
from tracker.web.limits import throttled
from tracker.web.principal import caller, public, require_session

PREFIX = "/pomodoro"
RULE = Rule(8, 128)


class Settings(NamedTuple):
    """What this dialect has of the settings."""

    cookie: str
    door: Door


class Registration(Loose):
    """What makes an account."""

    username = name(3, 100, required=True)
    email = email(required=True)
    password = new_password(RULE)


class Credentials(Loose):
    """What somebody logs in with: an address or a user name, and a password (RFC 6749, 4.3)."""

    username = text(1, LONGEST_EMAIL, required=True)
    password = known_password(RULE)


class User(Schema):
    """A person, and nothing else of them."""

    user_id = fields.Integer(required=True)
    username = fields.String(required=True)
    email = fields.String(required=True)


class LoggedIn(Schema):
    """What one may ask with from now on."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)


class Registered(LoggedIn):
    """The same, and who one is."""

    user = fields.Nested(User, required=True)


def _who_is_taken(error: Taken) -> str:
    what = "email" if "email" in error.names else "username"
    return f"User with this {what} already exists"


KNOWN: Refuses = {Taken: (409, _who_is_taken)}
WRONG: Refuses = dict.fromkeys((Unauthenticated, Forbidden), (401, "Invalid credentials"))


def set_up(app: Flask, config: Any) -> None:
    """Give the application what this dialect has of its settings."""
    door = Door(RULE, must_confirm=config.require_confirmation)
    app.extensions["pomodoro"] = Settings(config.refresh_cookie, door)


class Register(Resource):
    """Where an address must be confirmed the answer is the same, for clients read its keys: the
    tokens are good once it is, without another log-in.
    """

    @public
    @operation(
        "Register, and be logged in", body=Registration(), answers={201: Registered},
        refuses=KNOWN, errors=(422,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("register", account=body["email"]):
            user = registering.register(world(), passwords(), body, _settings().door)
        return _logged_in(_granted(user), 201, user=_user(user))


class Login(Resource):
    @public
    @operation(
        "Log in by an address or a user name", body=Credentials(), form=True,
        answers={200: LoggedIn}, refuses=WRONG, errors=(422,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("login", account=body["username"]):
            user = accounts.log_in_by_any_name(world(), passwords(), **body)
        return _logged_in(_granted(user))


class Refresh(Resource):
    @public
    @operation(
        "A new access token, and a new refresh cookie for the one that was sent",
        answers={200: LoggedIn}, errors=(401,),
    )  # fmt: skip
    def post(self) -> Response:
        shown = grants.read(cookies.handed(_settings().cookie))
        return _logged_in(grants.refreshed(shown, lives=grants.brief()))


class Logout(Resource):
    @operation("Log out: the refresh token ends as well", answers={204: None}, errors=(403,))
    def post(self) -> Response:
        sessions.log_out(world(), caller(), require_session(), everywhere=False)
        response = answer(None, 204)
        cookies.take_back(response, _settings().cookie, path=PREFIX)
        return response


def _granted(user: dict[str, Any]) -> Grant:
    return grants.refreshable(user, lives=grants.brief())


def _logged_in(grant: Grant, status: int = 200, **also: Any) -> Response:
    """The tokens of a session: that for asking in the body, that for refreshing in the cookie."""
    said = {**also, "access_token": grant.access.text, "token_type": "bearer"}
    response = answer(said, status)
    name, token = _settings().cookie, grant.refresh_token or ""
    cookies.hand(response, name, token, path=PREFIX, seconds=grant.seconds)
    return response


def _user(user: Mapping[str, Any]) -> dict[str, Any]:
    return {"user_id": user["number"], "username": user["username"], "email": user["email"]}


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["pomodoro"])
