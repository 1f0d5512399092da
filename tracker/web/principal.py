"""Who asks. A method is private unless marked public; what a caller may do is core's."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request

from tracker.errors import Unauthenticated
from tracker.services import accounts

from .tokens import BadToken, tokens
from .world import world

Method = TypeVar("Method", bound=Callable[..., Any])


def public(method: Method) -> Method:
    """Mark a method of a resource as open to everybody."""
    method.public = True  # type: ignore[attr-defined]
    return method


def is_public(view: Any, verb: str) -> bool:
    """True where the method of this resource that answers `verb` is marked public."""
    resource = getattr(view, "view_class", None)
    method = getattr(resource, "get" if verb == "HEAD" else verb.lower(), None)
    return getattr(method, "public", False)


def private(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a request through to a view once it is known who asks, or where the method is public."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_public(view, request.method):
            g.caller = _authenticate()
        return view(*args, **kwargs)

    return guarded


def caller() -> dict[str, Any]:
    """The user who asks, as stored. Only for private methods."""
    return cast(dict[str, Any], g.caller)


def _authenticate() -> dict[str, Any]:
    """One read of the store a request, so that disabling a user acts at once."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    try:
        user = accounts.active_user(world(), tokens().claims(token.strip())["sub"])
    except BadToken:
        user = None
    if user is None:
        raise Unauthenticated(accounts.NOBODY)
    return user
