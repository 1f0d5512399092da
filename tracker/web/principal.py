"""Who asks, and by what: an access token, an API token, or the cookies of a page.

A method is private unless marked public. What a caller may do is core's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import g, request

from tracker.core import scopes
from tracker.core.sessions import Session
from tracker.errors import Forbidden, Unauthenticated
from tracker.services import accounts, api_tokens, sessions
from tracker.store.bearers import Held

from . import cookies, limits
from .marks import Method, is_marked, marked
from .tokens import BadToken, tokens
from .world import world


def public(method: Method) -> Method:
    """Mark a method of a resource as open to everybody."""
    return marked(method, "public")


def is_public(view: Any, verb: str) -> bool:
    """True where the method of this resource that answers `verb` is marked public."""
    return is_marked(view, verb, "public")


def private(view: Callable[..., Any], *, area: str | None) -> Callable[..., Any]:
    """Let a request through to a view once it is known who asks, or where the method is public.

    An API token needs a scope for the area (`core.scopes`); to None it gets nobody.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_public(view, request.method):
            _authenticate_and_count(area)
        return view(*args, **kwargs)

    return guarded


def caller() -> dict[str, Any]:
    """The user who asks, as stored. Only for private methods."""
    return cast(dict[str, Any], g.caller)


def session_id() -> str | None:
    """The session in which the user asks; None with an API token."""
    return cast(Session, g.session)["_id"] if g.session else None


def require_session() -> str:
    """The session in which the user asks; raises Forbidden for an API token."""
    session = session_id()
    if session is None:
        raise Forbidden("API tokens cannot do this; log in")
    return session


def _authenticate_and_count(area: str | None) -> None:
    """What is refused here counts for the address: nobody asks for free."""
    try:
        _authenticate(area)
    finally:
        limits.count(g.caller["_id"] if "caller" in g else None)


def _authenticate(area: str | None) -> None:
    """One read of the store a request, so that what has ended is refused at once."""
    text = _cookie() if cookies.count() else _bearer()
    by_token = text.startswith(api_tokens.PREFIX)
    held = api_tokens.asking(world(), text) if by_token else _in_session(text)
    if held is None:
        raise Unauthenticated(accounts.NOBODY)
    g.caller, g.session = held.user, None if by_token else held.what
    if by_token:
        scopes.require(held.what["scopes"], area, reads=request.method in limits.SAFE)
    elif cookies.count():
        cookies.require_own_page(held.what["_id"])


def _bearer() -> str:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _cookie() -> str:
    token = cookies.access_token()
    if not token or token.startswith(api_tokens.PREFIX):
        raise Unauthenticated
    return token


def _in_session(token: str) -> Held | None:
    try:
        claims = tokens().claims(token)
    except BadToken:
        return None
    return sessions.asking(world(), claims["sid"], claims["sub"])
