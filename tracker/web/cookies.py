"""Cookie mode, for pages: tokens that no script can read, and proof that a page of ours asks.

Cookies count only where a request has no Authorization header. A request that may change something
must then come from a page of ours (Origin), which has its session's CSRF token (X-CSRF-Token).
"""

from collections.abc import Collection
from typing import NamedTuple, cast

from flask import Flask, Response, current_app, request

from tracker.core.sessions import Session
from tracker.errors import Forbidden

from .grants import Grant
from .tokens import tokens

CSRF_HEADER = "X-CSRF-Token"
ACCESS, REFRESH, CSRF = "tracker_access", "tracker_refresh", "tracker_csrf"
PURPOSE = "csrf"
NOT_OURS = "Cookies count only from a page of ours, with its CSRF token"

_SAFE = {"GET", "HEAD", "OPTIONS"}


class Cookies(NamedTuple):
    """How this application sets cookies, and whose pages may ask with them, beside its own."""

    secure: bool
    origins: Collection[str]

    def name(self, short: str) -> str:
        """A browser takes `__Host-` only with Secure, from this host, and for the whole of it."""
        return f"__Host-{short}" if self.secure else short


def init_app(app: Flask, *, secure: bool, origins: Collection[str]) -> None:
    """Give the application its manner of cookies."""
    app.extensions["cookies"] = Cookies(secure, frozenset(origins))


def count() -> bool:
    """Whether the cookies of this request are looked at."""
    return "Authorization" not in request.headers


def are_secure() -> bool:
    """Whether cookies go by TLS alone: everywhere but in development."""
    return _cookies().secure


def access_token() -> str | None:
    return _read(ACCESS)


def refresh_token() -> str | None:
    return _read(REFRESH)


def csrf_token(session: Session) -> str:
    """The same for the whole of a session, so that a page may keep it; good for no other."""
    return tokens().keys.sign(PURPOSE, session["_id"])


def require_own_page(session: str) -> None:
    """Passes for a reading method, or where a page of ours asks in this session; else raises
    Forbidden.
    """
    if request.method in _SAFE:
        return
    shown = request.headers.get(CSRF_HEADER, "")
    if not (is_own_page() and tokens().keys.fits(shown, PURPOSE, session)):
        raise Forbidden(NOT_OURS)


def is_own_page() -> bool:
    """Whether a page of ours asks: of this host, of `PUBLIC_URL`, or of an origin that may call.

    Pages of production are served over TLS, whatever a proxy in front says of the scheme.
    """
    ours, origin = _cookies(), request.headers.get("Origin")
    scheme = "https" if ours.secure else request.scheme
    return origin == f"{scheme}://{request.host}" or origin in ours.origins


def put(response: Response, grant: Grant) -> None:
    """Set the cookies of a session; that of the CSRF token is for scripts of the same host."""
    _set(response, ACCESS, *grant.access)
    _set(response, REFRESH, grant.refresh_token or "", grant.seconds)
    _set(response, CSRF, csrf_token(grant.session), grant.seconds, for_scripts=True)


def hand(
    response: Response, name: str, value: str, *, path: str = "/", seconds: int | None = None
) -> None:
    """Set the one cookie of a door, whose clients know it by this name; without `seconds` it goes
    with the client. No script reads it, and other sites' forms do not send it.

    A page of another site gets none: its form would log whoever opens it in as somebody else.
    """
    if _is_strangers_page():
        return
    secure = _cookies().secure
    response.set_cookie(
        name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="Lax"
    )


def handed(name: str) -> str | None:
    """What `hand` set; None for a page of another site, which would only use it up."""
    return None if _is_strangers_page() else request.cookies.get(name)


def take_back(response: Response, name: str, *, path: str = "/") -> None:
    """Take away what `hand` set."""
    secure = _cookies().secure
    response.delete_cookie(name, path=path, secure=secure, httponly=True, samesite="Lax")


def clear(response: Response) -> None:
    """Take the cookies away, where this request was asked with them."""
    ours = _cookies()
    for short in (ACCESS, REFRESH, CSRF) if count() else ():
        response.delete_cookie(ours.name(short), secure=ours.secure, samesite="Strict")


def _is_strangers_page() -> bool:
    """Programs that are no page name no origin."""
    return "Origin" in request.headers and not is_own_page()


def _read(short: str) -> str | None:
    return request.cookies.get(_cookies().name(short)) if count() else None


def _set(
    response: Response, short: str, value: str, seconds: int, *, for_scripts: bool = False
) -> None:
    ours = _cookies()
    response.set_cookie(
        ours.name(short),
        value,
        max_age=seconds,
        secure=ours.secure,
        httponly=not for_scripts,
        samesite="Strict",
    )


def _cookies() -> Cookies:
    return cast(Cookies, current_app.extensions["cookies"])
