"""Forms of plain pages: a cookie and a field that only a page of ours can have put together.

The field signs the cookie with what the form is for, so that neither another site's page nor
another form of ours can be sent in its place. No session is needed, and no script.
"""

import secrets
from typing import cast

from flask import Response, current_app, request

from tracker.errors import Forbidden

from .cookies import Cookies
from .tokens import tokens

COOKIE = "tracker_form"
FIELD = "csrf"
PURPOSE = "form"
NOT_OURS = "The form is not ours, or too old: open the link again"

_BYTES = 16


def put(response: Response, cookie: str) -> Response:
    """The response with the cookie of its form; it goes with the browser."""
    ours = _cookies()
    response.set_cookie(
        ours.name(COOKIE), cookie, secure=ours.secure, httponly=True, samesite="Strict"
    )
    return response


def cookie() -> str:
    """The cookie of this request, or a fresh one."""
    return request.cookies.get(_cookies().name(COOKIE)) or secrets.token_urlsafe(_BYTES)


def field(cookie: str, subject: str) -> str:
    """The value of the form's field, for what the form is about."""
    return tokens().keys.sign(PURPOSE, f"{cookie} {subject}")


def require_own(subject: str) -> None:
    """Passes where this request is a form of ours about the subject; else raises Forbidden."""
    known = request.cookies.get(_cookies().name(COOKIE))
    shown = request.form.get(FIELD, "")
    if not known or not tokens().keys.fits(shown, PURPOSE, f"{known} {subject}"):
        raise Forbidden(NOT_OURS)


def _cookies() -> Cookies:
    return cast(Cookies, current_app.extensions["cookies"])
