"""The blueprint `users`, on sessions: what logging in answers, refreshing, ending."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.services import sessions, tickets
from tracker.store.accounts import User
from tracker.web import cookies, grants, world
from tracker.web.answers import answer
from tracker.web.fields import flag, flag_text
from tracker.web.grants import Grant
from tracker.web.operations import operation
from tracker.web.principal import caller, public, require_session, session_id
from tracker.web.tokens import LONGEST_TOKEN

from . import session_shapes as shapes


class Wishes(Schema):
    """How a client wants its session, in every body that logs in."""

    refresh = flag(
        load_default=False,
        metadata={"description": "Answer a refresh token, and access tokens of 15 minutes"},
    )
    cookie = flag(
        load_default=False,
        metadata={"description": "For pages: put the tokens into cookies; implies `refresh`"},
    )


class RefreshPost(Schema):
    """A refresh token; without one that of the cookie counts."""

    refresh_token = fields.String(validate=validate.Length(1, LONGEST_TOKEN), load_only=True)


class LogoutQuery(Schema):
    """How far logging out goes."""

    all = flag_text(load_default=False)


REFRESH, LOGOUT = RefreshPost(), LogoutQuery()


class Refresh(Resource):
    @public
    @operation(
        "Exchange a refresh token for new tokens; it is good once, and again for 10 seconds",
        body=REFRESH, bodiless=True, answers={200: shapes.LoggedIn}, errors=(401, 403),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        by_cookie = "refresh_token" not in body
        shown = grants.read(cookies.refresh_token() if by_cookie else body["refresh_token"])
        if by_cookie:
            cookies.require_own_page(shown.session)
        return _answered(grants.refreshed(shown), 200, by_cookie=by_cookie)


class Logout(Resource):
    @operation("Log out; with `all` everywhere", query=LOGOUT, answers={204: None}, errors=(403,))
    def post(self, query: dict[str, Any]) -> Response:
        sessions.log_out(world(), caller(), require_session(), everywhere=query["all"])
        response = answer(None, 204)
        cookies.clear(response)
        return response


class Sessions(Resource):
    @operation("List where one is logged in", answers={200: shapes.Sessions})
    def get(self) -> dict[str, Any]:
        found = sessions.listing(world(), caller())
        return {"sessions": [shapes.session(one, session_id()) for one in found]}


class Session(Resource):
    @operation("End a session of one's own", answers={204: None}, errors=(404,))
    def delete(self, session_id: str) -> tuple[None, int]:
        sessions.end(world(), caller(), session_id)
        return None, 204


class Ticket(Resource):
    @operation(
        "A ticket for the address of a WebSocket or of live events, good once and for 30 seconds",
        answers={201: shapes.Ticket}, errors=(403,),
    )  # fmt: skip
    def post(self) -> tuple[dict[str, Any], int]:
        ticket = tickets.issue(world(), caller(), require_session())
        return {"ticket": ticket, "expires_in": int(tickets.LIVES.total_seconds())}, 201


def log_in(user: User, wishes: dict[str, Any], status: int) -> Response:
    """Open a session for a user who has shown who they are, and answer its tokens."""
    refreshes = wishes["refresh"] or wishes["cookie"]
    grant = grants.refreshable(user) if refreshes else grants.plain(user)
    return _answered(grant, status, by_cookie=wishes["cookie"])


def _answered(grant: Grant, status: int, *, by_cookie: bool) -> Response:
    if not by_cookie:
        return answer(shapes.logged_in(grant), status)
    response = answer(shapes.logged_in_by_cookie(grant), status)
    cookies.put(response, grant)
    return response
