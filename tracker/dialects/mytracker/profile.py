"""/api/profile: accounts as MyTracker has them, confirmed and given a new password by letter."""

from datetime import timedelta
from typing import Any, NamedTuple, cast

from flask import Flask, Response, current_app
from flask_restful import Resource

from tracker.dialects.operations import operation
from tracker.errors import NoAccount, Taken
from tracker.services import accounts, registering, renewing, sessions
from tracker.services.letters import Kind
from tracker.services.one_time_tokens import Link
from tracker.services.registering import Door
from tracker.web import grants, limits, world
from tracker.web.answers import answer
from tracker.web.hashing import passwords
from tracker.web.principal import caller, public, require_session

from . import asking, schemas, wording
from .schemas import Said

REGISTRATION, CREDENTIALS = schemas.Registration(), schemas.Credentials()
PASSWORD_CHANGE = schemas.PasswordChange()
REGISTERED = {"detail": "we sent email on your mail for confirm registration"}
LOGGED_IN, LOGGED_OUT = {"detail": "logged in"}, {"detail": "logged out"}
LINK_SENT = {"detail": "we sent email on your mail for confirm change password"}
CHANGED = {"detail": "password was change successfully"}


class Settings(NamedTuple):
    """What this door asks of those who register, its other letter, and how long a log-in lasts."""

    door: Door
    password_link: Kind
    lives: timedelta


def init_app(app: Flask, config: Any, *, prefix: str) -> None:
    """Give the application the settings of this dialect."""
    path, lives = f"{prefix}/api/profile/confirm", timedelta(seconds=config.link_seconds)
    confirm = Kind(
        "mytracker_registration",
        "Confirm registration",
        Link("confirm", lives, f"{path}/registration/"),
    )
    renew = Kind(
        "mytracker_password",
        "Confirm change password",
        Link(renewing.BY_LINK, lives, f"{path}/change_password/"),
    )
    door = Door(schemas.AT_FIRST, must_confirm=True, letter=confirm)
    lasting = timedelta(seconds=config.token_seconds)
    app.extensions["mytracker"] = Settings(door, renew, lasting)


def settings() -> Settings:
    """The settings of this dialect in the application that answers the request."""
    return cast(Settings, current_app.extensions["mytracker"])


class Registration(Resource):
    @public
    @operation(
        "Register; the account waits for its address to be confirmed",
        body=REGISTRATION, answers={200: Said}, errors=(422,),
        refuses={Taken: (400, wording.taken)},
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        with limits.throttled("register", account=body["email"]):
            registering.register(world(), passwords(), body, settings().door)
        return REGISTERED


class Login(Resource):
    @public
    @operation(
        "Log in: a cookie `token`",
        body=CREDENTIALS, answers={200: Said}, errors=(403, 422),
        refuses={NoAccount: (400, wording.no_email)},
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with limits.throttled("login", account=body["email"]):
            user = accounts.log_in_frankly(world(), passwords(), body["email"], body["password"])
        own = {"user_id": user["number"]}
        grant = grants.plain(user, lives=settings().lives, also=own)
        return asking.put(answer(LOGGED_IN), grant.access.text)


class Logout(Resource):
    @operation("Log out; the token is dead from then on", answers={200: Said})
    def post(self) -> Response:
        sessions.log_out(world(), caller(), require_session(), everywhere=False)
        return asking.clear(answer(LOGGED_OUT))


class PasswordLink(Resource):
    method_decorators = [asking.active]

    @operation(
        "Ask for the link by which one changes one's password",
        answers={200: Said}, errors=(400, 403),
    )  # fmt: skip
    def get(self) -> dict[str, str]:
        with limits.throttled("forgot", account=caller()["_id"]):
            renewing.ask(world(), caller(), settings().password_link)
        return LINK_SENT


class NewPassword(Resource):
    method_decorators = [asking.active]

    @operation(
        "Change one's password by a mailed link; every log-in ends",
        body=PASSWORD_CHANGE, answers={200: Said}, errors=(400, 403, 422),
    )  # fmt: skip
    def post(self, token: str, body: dict[str, Any]) -> dict[str, str]:
        current, new = body["current_password"], body["new_password"]
        with limits.throttled("password", account=caller()["_id"]):
            renewing.change_by_link(
                world(), passwords(), caller(), token,
                current=current, new=new, rule=schemas.CHANGED,
            )  # fmt: skip
        return CHANGED
