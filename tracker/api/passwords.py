"""The blueprint `users`, /api/auth/password: changing it, and a new one for who forgot it."""

from typing import Any, cast

from flask import Flask, current_app
from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.core.passwords import Rule
from tracker.services import renewing
from tracker.services.passwords import Passwords, well_known
from tracker.web import limits, world
from tracker.web.fields import email, text
from tracker.web.operations import operation
from tracker.web.principal import caller, public, require_session

# TaskHub's bounds, for registering and for each new password behind this door
RULE = Rule(6, 128)


def new_password(rule: Rule = RULE) -> fields.String:
    """Never cut, stripped or folded: what is hashed is what was sent."""
    bounds = validate.Length(rule.least, rule.most)
    return fields.String(required=True, validate=bounds, load_only=True)


def known_password() -> fields.String:
    """One that is only compared; the upper bound spares us the work."""
    return fields.String(required=True, validate=validate.Length(max=RULE.most), load_only=True)


class Forgotten(Schema):
    """Whose password is to be renewed."""

    email = email(required=True)


class Reset(Schema):
    """A new password, by the token of a mailed link."""

    token = text(1, 200, required=True)
    password = new_password()


class Renewal(Schema):
    """A new password, by the current one."""

    current_password = known_password()
    new_password = new_password()


class UnderWay(Schema):
    """What has been set going."""

    detail = fields.String(required=True)


FORGOTTEN, RESET, RENEWAL = Forgotten(), Reset(), Renewal()
ON_ITS_WAY = {"detail": "If this address is known, a mail with a link is on its way"}


def init_app(app: Flask, *, cost: str, refuse_common: bool) -> None:
    """Give the application its hasher of passwords."""
    common = well_known() if refuse_common else frozenset[str]()
    app.extensions["passwords"] = Passwords(cost, common=common)


def passwords() -> Passwords:
    """The hasher of the application that answers the request."""
    return cast(Passwords, current_app.extensions["passwords"])


class ForgotPassword(Resource):
    @public
    @operation("Ask for a link to a new password", body=FORGOTTEN, answers={202: UnderWay})
    def post(self, body: dict[str, Any]) -> tuple[dict[str, str], int]:
        with limits.throttled("forgot", account=body["email"]):
            renewing.forgot(world(), body["email"])
        return ON_ITS_WAY, 202


class ResetPassword(Resource):
    @public
    @operation("Set a new password by a mailed token", body=RESET, answers={204: None})
    def post(self, body: dict[str, Any]) -> tuple[None, int]:
        with limits.throttled("reset"):
            renewing.reset(world(), passwords(), body["token"], body["password"], RULE)
        return None, 204


class ChangePassword(Resource):
    @operation(
        "Change one's password, and log out other devices",
        body=RENEWAL, answers={204: None}, errors=(403,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> tuple[None, int]:
        current, new = body["current_password"], body["new_password"]
        with limits.throttled("password", account=caller()["_id"]):
            renewing.change(
                world(), passwords(), caller(), current=current, new=new,
                rule=RULE._replace(field="new_password"), keep=require_session(),
            )  # fmt: skip
        return None, 204
