"""Who asks MyTracker: whom its cookie names, and no header. Some things take an active account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from tracker.errors import Inactive, Unauthenticated
from tracker.services.accounts import ACTIVE_OR_WAITING
from tracker.web import cookies, principal
from tracker.web.principal import caller
from tracker.web.tokens import BadToken, Expired, Nameless, tokens

COOKIE = "token"
NO_COOKIE = "token was not provide"
INVALID = "Invalid token"
_WHY: dict[type[BadToken], str] = {
    Expired: "Signature has expired",
    Nameless: "provided token does not contain required info",
}


def by_cookie() -> None:
    """Take who asks from the cookie, also one whose account waits. Raises Unauthenticated."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated(NO_COOKIE)
    try:
        principal.by_access_token(token, ACTIVE_OR_WAITING)
    except BadToken:
        raise Unauthenticated(_WHY.get(type(tokens().why(token)), INVALID)) from None


def active(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in those whose account is active, before anything else is looked at."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if caller()["state"] != "active":
            raise Inactive
        return view(*args, **kwargs)

    return checked


def put(response: Response, token: str) -> Response:
    """The response with the cookie, which lasts as long as the browser."""
    secure = cookies.are_secure()
    response.set_cookie(COOKIE, token, path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def clear(response: Response) -> Response:
    """The response that takes the cookie away."""
    secure = cookies.are_secure()
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="Lax")
    return response
