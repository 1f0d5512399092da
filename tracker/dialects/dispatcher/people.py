"""Registering, logging in, refreshing, logging out: by user names, without addresses."""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.dialects.operations import Refuses, operation
from tracker.errors import Taken, Unauthenticated
from tracker.services import accounts, registering, sessions
from tracker.services.registering import Door
from tracker.web import grants, world
from tracker.web.answers import answer
from tracker.web.hashing import passwords
from tracker.web.limits import throttled
from tracker.web.principal import caller, public, require_session

from .schemas import RULE, Credentials, Refreshing, Registration, Token, Tokens

DOOR = Door(RULE, must_confirm=False)
WRONG: Refuses = {Unauthenticated: (401, "Invalid credentials")}
STALE: Refuses = {Unauthenticated: (401, "Invalid token")}
KNOWN: Refuses = {Taken: (409, "User already exists")}


class Register(Resource):
    @public
    @operation(
        "Register, and be logged in", body=Registration(), answers={201: Token}, refuses=KNOWN,
        errors=(422,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("register", account=body["username"]):
            user = registering.register(world(), passwords(), body, DOOR)
        return answer(_token(grants.plain(user, lives=grants.brief())), 201)


class Login(Resource):
    @public
    @operation(
        "Log in", body=Credentials(), answers={200: Tokens}, refuses=WRONG, errors=(403, 422)
    )
    def post(self, body: dict[str, Any]) -> Response:
        with throttled("login", account=body["username"]):
            user = accounts.log_in(world(), passwords(), body)
        grant = grants.refreshable(user, rotates=False, lives=grants.brief())
        return answer({**_token(grant), "refresh_token": grant.refresh_token})


class Refresh(Resource):
    @public
    @operation(
        "A new access token; the refresh token stays as it is", body=Refreshing(),
        answers={200: Token}, refuses=STALE, errors=(422,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        shown = grants.read(body["refresh_token"])
        return answer(_token(grants.refreshed(shown, lives=grants.brief())))


class Logout(Resource):
    @operation("Log out: the refresh token ends as well", answers={204: None}, errors=(403,))
    def post(self) -> Response:
        sessions.log_out(world(), caller(), require_session(), everywhere=False)
        return answer(None, 204)


def _token(grant: grants.Grant) -> dict[str, Any]:
    return {"access_token": grant.access.text, "token_type": "bearer"}
