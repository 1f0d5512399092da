"""The blueprint `users`, /api/auth/email: confirming an address and changing it."""

from typing import Any

from flask_restful import Resource
from marshmallow import Schema

from tracker.services import confirming
from tracker.web import limits, world
from tracker.web.fields import email, text
from tracker.web.operations import operation
from tracker.web.principal import caller, public

from .passwords import ON_ITS_WAY, UnderWay, known_password, passwords

TO_BE_CONFIRMED = {"detail": "A mail with a link is on its way to the new address"}


class Address(Schema):
    """An e-mail address."""

    email = email(required=True)


class OneTimeToken(Schema):
    """What a mailed link ends in."""

    token = text(1, 200, required=True)


class NewAddress(Address):
    """Where one wants one's letters from now on."""

    password = known_password()


ADDRESS, TOKEN, NEW_ADDRESS = Address(), OneTimeToken(), NewAddress()


class ConfirmEmail(Resource):
    @public
    @operation("Confirm the address that a link went to", body=TOKEN, answers={204: None})
    def post(self, body: dict[str, Any]) -> tuple[None, int]:
        with limits.throttled("confirm"):
            confirming.confirm(world(), body["token"])
        return None, 204


class ResendConfirmation(Resource):
    @public
    @operation("Ask for the link again", body=ADDRESS, answers={202: UnderWay})
    def post(self, body: dict[str, Any]) -> tuple[dict[str, str], int]:
        with limits.throttled("resend", account=body["email"]):
            confirming.resend(world(), body["email"])
        return ON_ITS_WAY, 202


class ChangeEmail(Resource):
    @operation(
        "Change one's address, once the new one is confirmed",
        body=NEW_ADDRESS, answers={202: UnderWay}, errors=(403,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> tuple[dict[str, str], int]:
        with limits.throttled("password", account=caller()["_id"]):
            address, password = body["email"], body["password"]
            confirming.change(world(), passwords(), caller(), address=address, password=password)
        return TO_BE_CONFIRMED, 202
