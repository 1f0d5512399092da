"""What logging in and refreshing hand out: a session's tokens as plain values, for any door."""

from typing import NamedTuple

from flask import request

from tracker.core.sessions import Origin, Session
from tracker.errors import Unauthenticated
from tracker.services import sessions
from tracker.services.accounts import NOBODY
from tracker.store.accounts import User
from tracker.store.bearers import Held

from . import proxies, refresh_tokens
from .refresh_tokens import Shown
from .tokens import BadToken, Issued, tokens
from .world import world


class Grant(NamedTuple):
    """The tokens of a session, and whose it is; `seconds` are those that it still lives."""

    user: User
    session: Session
    seconds: int
    access: Issued
    refresh_token: str | None


def plain(user: User) -> Grant:
    """A new session of a client that never refreshes."""
    return of(Held(sessions.open_plain(world(), user, _origin(), tokens().lifetimes), user))


def refreshable(user: User, *, rotates: bool = True) -> Grant:
    """A new session with a refresh token; one that does not rotate is good for the whole of it."""
    lifetimes = tokens().lifetimes
    session = sessions.open_refreshable(world(), user, _origin(), lifetimes, rotates=rotates)
    return of(Held(session, user))


def read(token: str | None) -> Shown:
    """What a refresh token says; raises Unauthenticated for what is none of ours."""
    try:
        return refresh_tokens.read(tokens().keys, token or "")
    except BadToken:
        raise Unauthenticated(NOBODY) from None


def refreshed(shown: Shown) -> Grant:
    """New tokens for a refresh token; raises Unauthenticated."""
    return of(sessions.refresh(world(), shown.session, shown.generation))


def of(held: Held) -> Grant:
    """The tokens of a session as it stands."""
    ours, session = tokens(), held.what
    seconds = int((session["expires_at"] - world().now()).total_seconds())
    refresh = refresh_tokens.text(ours.keys, session) if "refresh" in session else None
    return Grant(held.user, session, seconds, ours.issue(session), refresh)


def _origin() -> Origin:
    return Origin(request.headers.get("User-Agent", ""), proxies.address())
