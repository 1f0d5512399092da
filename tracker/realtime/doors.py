"""Who is let in to watch: by a token in the path, a ticket, a header, or the cookies of a page."""

from flask import request

from tracker.errors import Forbidden, Unauthenticated
from tracker.web import cookies, principal, world

# what an API token must be for (core.scopes)
AREA = "tasks"
NOT_OURS = "Live events are told to pages of ours, and to programs"


def identify() -> None:
    """Take who asks from a ticket where one is shown, else from header or cookie."""
    if ticket := request.args.get("ticket"):
        principal.by_ticket(ticket)
    else:
        principal.by_header_or_cookie(AREA)


def require_known_page() -> None:
    """Passes unless a foreign page asks."""
    if "Origin" in request.headers and not cookies.is_own_page():
        raise Forbidden(NOT_OURS)


def admit_socket() -> None:
    """Recognise who opens a WebSocket. Raises Forbidden where nobody is known, as TaskHub does.

    A browser sends our cookies along whichever page opens one, and always names that page.
    """
    try:
        with world().store.deadline():
            principal.recognise(_identify_socket)
    except Unauthenticated as nobody:
        raise Forbidden(nobody.detail) from None
    require_known_page()
    shown = "ticket" in request.args or "token" in _path() or not cookies.count()
    if not shown and "Origin" not in request.headers:
        raise Forbidden(NOT_OURS)


def _identify_socket() -> None:
    token = _path().get("token")
    if token is None:
        identify()
    else:
        principal.by_token(token, AREA)


def _path() -> dict[str, str]:
    return request.view_args or {}
