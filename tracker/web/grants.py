"""What logging in and refreshing hand out: a session's tokens as plain values, for any door."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

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


def plain(
    user: User, *, lives: timedelta | None = None, also: Mapping[str, Any] | None = None
) -> Grant:
    """A new session of a client that never refreshes; it lives as long as the settings say, unless
    a door says otherwise, and `also` are claims of that door's own.
    """
    lifetimes = tokens().lifetimes
    lifetimes = lifetimes._replace(access=lives or lifetimes.access)
    return of(Held(sessions.open_plain(world(), user, _origin(), lifetimes), user), also)


def brief() -> timedelta:
    """How long access tokens live that can be had again, where a door lets the setting say so."""
    return tokens().lifetimes.brief


def refreshable(user: User, *, rotates: bool = True, lives: timedelta | None = None) -> Grant:
    """A new session with a refresh token; one that does not rotate is good for the whole of it.
    `lives` is what a door says of its access tokens.
    """
    lifetimes = tokens().lifetimes
    session = sessions.open_refreshable(world(), user, _origin(), lifetimes, rotates=rotates)
    return of(Held(session, user), lives=lives)


def read(token: str | None) -> Shown:
    """What a refresh token says; raises Unauthenticated for what is none of ours."""
    try:
        return refresh_tokens.read(tokens().keys, token or "")
    except BadToken:
        raise Unauthenticated(NOBODY) from None


def refreshed(shown: Shown, *, lives: timedelta | None = None) -> Grant:
    """New tokens for a refresh token; raises Unauthenticated."""
    return of(sessions.refresh(world(), shown.session, shown.generation), lives=lives)


def of(
    held: Held, also: Mapping[str, Any] | None = None, *, lives: timedelta | None = None
) -> Grant:
    """The tokens of a session as it stands."""
    ours, session = tokens(), held.what
    seconds = int((session["expires_at"] - world().now()).total_seconds())
    refresh = refresh_tokens.text(ours.keys, session) if "refresh" in session else None
    return Grant(held.user, session, seconds, ours.issue(session, also, lives), refresh)


def _origin() -> Origin:
    return Origin(request.headers.get("User-Agent", ""), proxies.address())
