"""Who asks, and by what: an access token, an API token, a ticket, or the cookies of a page.

A method is private unless marked public. What a caller may do is core's.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any, cast

from flask import g, request

from tracker.core import scopes
from tracker.core.sessions import Session
from tracker.errors import Forbidden, Unauthenticated
from tracker.services import accounts, api_tokens, sessions, tickets
from tracker.services.watching import Proof
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


def private(
    view: Callable[..., Any], *, area: str | None, identify: Callable[[], None] | None = None
) -> Callable[..., Any]:
    """Let a request through to a view once it is known who asks, or where the method is public.

    An API token needs a scope for the area (`core.scopes`); to None it gets nobody. `identify` is
    how it becomes known who asks, where that is not `by_header_or_cookie`.
    """
    known_by = identify or partial(by_header_or_cookie, area)

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_public(view, request.method):
            with world().store.deadline():
                recognise(known_by)
        return view(*args, **kwargs)

    return guarded


def recognise(identify: Callable[[], None]) -> None:
    """Find out who asks, and count that. What is refused counts for the address: nobody asks for
    free.
    """
    try:
        identify()
    finally:
        limits.count(g.caller["_id"] if "caller" in g else None)


def by_header_or_cookie(area: str | None) -> None:
    """Take who asks from the Authorization header, or from cookies where there is none."""
    if not cookies.count():
        by_token(_bearer(), area)
        return
    by_token(_cookie(), area)
    cookies.require_own_page(require_session())


def by_bearer(area: str | None) -> None:
    """Take who asks from the Authorization header alone."""
    by_token(_bearer(), area)


def by_token(text: str, area: str | None) -> None:
    """Take who asks from a token, with one read of the store, so that what has ended is refused at
    once. Raises Unauthenticated, and Forbidden for an API token without the scope.
    """
    if not text.startswith(api_tokens.PREFIX):
        _take_session(*_in_session(text))
        return
    held = _known(api_tokens.asking(world(), text))
    g.caller, g.session = held.user, None
    g.proof = Proof(held.user["_id"], None, held.what["_id"], held.what.get("expires_at"))
    scopes.require(held.what["scopes"], area, reads=request.method in limits.SAFE)


def by_access_token(text: str, states: Collection[str] = sessions.ACTIVE) -> None:
    """As `by_token`, for an access token alone, of somebody in one of these states. Raises
    BadToken, also where its session has ended.
    """
    claims = tokens().claims(text)
    held = sessions.asking(world(), claims["sid"], claims["sub"], states=states)
    if held is None:
        raise BadToken
    _take_session(held, datetime.fromtimestamp(claims["exp"], UTC))


def by_name(user: dict[str, Any], ends_at: datetime) -> None:
    """Take who asks from what another system has vouched for, until then; no session is opened."""
    g.caller, g.session = user, None
    g.proof = Proof(user["_id"], None, None, ends_at)


def by_ticket(ticket: str) -> None:
    """Take who asks from a ticket, which is good once. Raises Unauthenticated."""
    held = tickets.use(world(), ticket)
    _take_session(held, held.what["expires_at"])


def caller() -> dict[str, Any]:
    """The user who asks, as stored. Only for private methods."""
    return cast(dict[str, Any], g.caller)


def session_id() -> str | None:
    """The session in which the user asks; None with an API token."""
    return cast(Session, g.session)["_id"] if g.session else None


def proof() -> Proof:
    """By what the user asks, and until when that is good."""
    return cast(Proof, g.proof)


def require_session() -> str:
    """The session in which the user asks; raises Forbidden for an API token."""
    session = session_id()
    if session is None:
        raise Forbidden("API tokens cannot do this; log in")
    return session


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _cookie() -> str:
    token = cookies.access_token()
    if not token or token.startswith(api_tokens.PREFIX):
        raise Unauthenticated
    return token


def _in_session(token: str) -> tuple[Held, datetime]:
    """The session of an access token, and when that ends."""
    try:
        claims = tokens().claims(token)
    except BadToken:
        raise Unauthenticated(accounts.NOBODY) from None
    held = _known(sessions.asking(world(), claims["sid"], claims["sub"]))
    return held, datetime.fromtimestamp(claims["exp"], UTC)


def _known(held: Held | None) -> Held:
    if held is None:
        raise Unauthenticated(accounts.NOBODY)
    return held


def _take_session(held: Held, ends_at: datetime) -> None:
    g.caller, g.session = held.user, held.what
    g.proof = Proof(held.user["_id"], held.what["_id"], None, ends_at)
