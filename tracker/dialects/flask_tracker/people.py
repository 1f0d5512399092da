"""Signing up, logging in, and passwords: by addresses, with one token that lives for long."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields, pre_load

from tracker.dialects.operations import Loose, Refuses, operation
from tracker.errors import Fault, Forbidden, Invalid, Unauthenticated
from tracker.services import accounts, registering, renewing
from tracker.web import fields as texts
from tracker.web import grants, world
from tracker.web.answers import answer
from tracker.web.hashing import passwords
from tracker.web.limits import throttled
from tracker.web.principal import caller, public, recognise, require_session

from . import asking
from .asking import RULE
from .words import LOGIN_FAILED

NO_INPUT = "No input data provided"
ON_ITS_WAY = "If this address is known, a mail with a link is on its way"
FAILED: Refuses = {Unauthenticated: (401, LOGIN_FAILED), Forbidden: (403, accounts.DISABLED)}
UNKNOWN: Refuses = {Unauthenticated: (401, "Invalid credentials")}


class SignUpBody(Loose):
    """What makes an account; role and status are taken, and mean nothing."""

    username = texts.name(1, 100, required=True)
    password = texts.new_password(RULE)
    email = texts.email(required=True)
    role = texts.text(0, 50, allow_none=True)
    status = texts.text(0, 50, allow_none=True)

    @pre_load
    def require_something(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not data:
            raise Invalid(Fault("", NO_INPUT))
        return data


class LogInBody(Loose):
    """What somebody logs in with."""

    email = texts.text(1, texts.LONGEST_EMAIL, required=True)
    password = texts.known_password(RULE)


class NewPassword(Loose):
    """A new password, by the old one; both spellings of its keys are taken."""

    email = texts.text(1, texts.LONGEST_EMAIL, allow_none=True)
    old = texts.known_password(RULE, data_key="oldPassword")
    new = texts.new_password(RULE, data_key="newPassword")

    @pre_load
    def take_both_spellings(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        other = {"old_password": "oldPassword", "new_password": "newPassword"}
        return {other[key]: data[key] for key in other if key in data} | data


class Address(Loose):
    """Whose password is forgotten."""

    email = texts.email(required=True)


class Message(Schema):
    """What was done."""

    message = fields.String(required=True)


class Token(Schema):
    """What one may ask with from now on."""

    token = fields.String(required=True)


class Welcome(Resource):
    @public
    @operation("A welcome", answers={200: Message})
    def get(self) -> Response:
        return _said("Welcome to the Task Tracker !")


class SignUp(Resource):
    @public
    @operation("Sign up", body=SignUpBody(), answers={201: Message}, errors=(400, 415))
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("register", account=body["email"]):
            registering.register(world(), passwords(), body, asking.settings().door)
        return _said("User added successfully", 201)


class LogIn(Resource):
    @public
    @operation("Log in", body=LogInBody(), answers={200: Token}, refuses=FAILED, errors=(400, 415))
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("login", account=body["email"]):
            user = accounts.log_in(world(), passwords(), body)
        return answer({"token": grants.plain(user).access.text})


class ChangePassword(Resource):
    """By a token, or, for a page that has none, by the address and the old password."""

    @public
    @operation(
        "Change a password", body=NewPassword(), answers={200: Message}, refuses=UNKNOWN,
        errors=(400, 403, 415),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        email = body.get("email")
        (_change_own if asking.shows_token() or not email else _change_of)(body)
        return _said("Password changed successfully")


class ForgetPassword(Resource):
    @public
    @operation(
        "Ask for a mail with a link to a new password", body=Address(), answers={200: Message},
        errors=(400, 415),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("forgot", account=body["email"]):
            renewing.forgot(world(), body["email"])
        return _said(ON_ITS_WAY)


def _change_own(body: dict[str, Any]) -> None:
    recognise(asking.identify)
    with throttled("password", account=caller()["_id"]):
        _renew(caller(), body, keep=require_session())


def _change_of(body: dict[str, Any]) -> None:
    known = {"email": body["email"], "password": body["old"]}
    with throttled("login", account=body["email"]):
        user = accounts.log_in(world(), passwords(), known)
    _renew(user, body, keep=None)


def _renew(user: dict[str, Any], body: dict[str, Any], *, keep: str | None) -> None:
    rule = RULE._replace(field="newPassword")
    renewing.change(
        world(), passwords(), user, current=body["old"], new=body["new"], rule=rule, keep=keep
    )


def _said(text: str, status: int = 200) -> Response:
    return answer({"message": text}, status)
