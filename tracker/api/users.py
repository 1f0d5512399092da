"""The blueprint `users`: accounts as TaskHub serves them, under /api/auth."""

from typing import Any

from flask import Flask, Response, current_app
from flask_restful import Resource
from marshmallow import Schema, ValidationError, validates_schema

from tracker.services import accounts, registering, seeing
from tracker.services.registering import Door
from tracker.web import limits, world
from tracker.web.bodies import refusing_forms
from tracker.web.fields import email, flag, name, text, url, zone
from tracker.web.operations import operation
from tracker.web.principal import caller, public

from . import sessions, shapes
from .passwords import RULE, UnderWay, known_password, new_password, passwords
from .session_shapes import LoggedIn
from .shapes import OwnUser


class Registration(sessions.Wishes):
    """What makes an account."""

    email = email(required=True)
    username = name(3, 100, required=True)
    full_name = name(1, 255, required=True)
    tg_name = name(1, 50, metadata={"description": "User name at Telegram"})
    role = text(0, 50, metadata={"description": "Ignored; in development the first admin has it"})
    password = new_password()


class Credentials(sessions.Wishes):
    """What somebody logs in with: an address or a user name, and a password."""

    email = email()
    username = name(1, 100)
    password = known_password()

    @validates_schema
    def _takes_one_name(self, given: dict[str, Any], **_: Any) -> None:
        if ("email" in given) == ("username" in given):
            raise ValidationError("Takes one of email and username.", "email")


class Profile(Schema):
    """What one may change about oneself; null leaves a field as it is."""

    full_name = name(1, 255, allow_none=True)
    avatar_url = url(allow_none=True)
    require_if_match = flag(
        allow_none=True, metadata={"description": "Refuse my writes of a task without If-Match"}
    )
    time_zone = zone(
        allow_none=True, metadata={"description": "IANA name; reminders made from now on take it"}
    )


class ProfilePatch(Profile):
    """The same as JSON merge patch (RFC 7396): null clears what may be absent."""

    full_name = name(1, 255)


REGISTRATION, CREDENTIALS = Registration(), Credentials()
PROFILE, PROFILE_PATCH = Profile(), ProfilePatch()
TO_BE_CONFIRMED = {"detail": "A mail with a link is on its way; open it to confirm the address"}


def init_app(app: Flask, *, must_confirm: bool, crowns: bool) -> None:
    """Give the application what this door asks of those who register."""
    app.extensions["door"] = Door(RULE, must_confirm, crowns=crowns)


class Register(Resource):
    """Where an address must be confirmed nobody is logged in, and nobody learns whether it was
    known.
    """

    @public
    @operation(
        "Register, and log in unless the address must be confirmed first",
        body=REGISTRATION, answers={201: LoggedIn, 202: UnderWay}, errors=(400,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Any:
        door: Door = current_app.extensions["door"]
        with limits.throttled("register", account=body["email"]):
            if door.must_confirm:
                registering.register_quietly(world(), passwords(), body, door)
                return TO_BE_CONFIRMED, 202
            user = registering.register(world(), passwords(), body, door)
        return sessions.log_in(user, body, 201)


class Login(Resource):
    method_decorators = [refusing_forms]  # TaskHub's word for a form here is 422

    @public
    @operation("Log in", body=CREDENTIALS, answers={200: LoggedIn}, errors=(401, 403))
    def post(self, body: dict[str, Any]) -> Response:
        with limits.throttled("login", account=body.get("email") or body["username"]):
            user = accounts.log_in(world(), passwords(), body)
        return sessions.log_in(user, body, 200)


class Me(Resource):
    @operation("Read one's own account", answers={200: OwnUser})
    def get(self) -> dict[str, Any]:
        return shapes.own_user(caller())

    @operation("Change one's own profile", body=PROFILE, answers={200: OwnUser})
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        given = {field: value for field, value in body.items() if value is not None}
        return shapes.own_user(accounts.change_profile(world(), caller(), given))

    @operation(
        "Change one's own profile by JSON merge patch; null clears a field",
        body=PROFILE_PATCH, answers={200: OwnUser},
    )  # fmt: skip
    def patch(self, body: dict[str, Any]) -> dict[str, Any]:
        return shapes.own_user(accounts.change_profile(world(), caller(), body))


class People(Resource):
    @operation(
        "List the people one shares a tree with, and oneself; in an open workspace everybody",
        answers={200: [shapes.User]},
    )
    def get(self) -> list[dict[str, Any]]:
        return [shapes.user(one) for one in seeing.company(world(), caller()).people]
