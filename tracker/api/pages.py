"""The blueprint `pages`, /account: what the links in letters open. Plain HTML, and no script.

A page that is read changes nothing, for mail programs open links by themselves: only its form does.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, request

from tracker.errors import Confirmed, Fault, Invalid, TrackerError
from tracker.services import confirming, renewing
from tracker.web import forms, limits, pages, world

from .errors import status_of
from .passwords import RULE, passwords

AGAIN = "The two passwords differ."


def init_app(app: Flask) -> None:
    """Serve the pages; what goes wrong on them is told on a page, too."""
    account = Blueprint("pages", __name__, url_prefix="/account")
    for rule, verb, view in (
        ("/confirm/<token>", "GET", _ask_to_confirm),
        ("/confirm/<token>", "POST", _confirm),
        ("/reset/<token>", "GET", _ask_for_password),
        ("/reset/<token>", "POST", _reset),
    ):
        account.add_url_rule(rule, view.__name__.strip("_"), _bounded(view), methods=[verb])
    account.register_error_handler(TrackerError, _refused)
    account.register_error_handler(Invalid, _asked_again)
    app.register_blueprint(account)


def _ask_to_confirm(token: str) -> Response:
    address = confirming.look(world(), token)
    return _form("confirm", token, address=address)


def _confirm(token: str) -> Response:
    forms.require_own(token)
    with limits.throttled("confirm"):
        confirming.confirm(world(), token)
    return pages.told("The address is confirmed", "You may close this page and log in.")


def _ask_for_password(token: str) -> Response:
    renewing.look(world(), token)
    return _form("reset", token)


def _reset(token: str) -> Response:
    forms.require_own(token)
    with limits.throttled("reset"):
        renewing.reset(world(), passwords(), token, _wanted(), RULE)
    return pages.told("The password is changed", "You were logged out everywhere: log in with it.")


def _wanted() -> str:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid(Fault("/again", AGAIN))
    return password


def _form(page: str, token: str, *, status: int = 200, **values: Any) -> Response:
    cookie = forms.cookie()
    values |= {"csrf": forms.field(cookie, token), "least": RULE.least, "most": RULE.most}
    return forms.put(pages.page(page, status, **values), cookie)


def _asked_again(error: Invalid) -> Response:
    token = (request.view_args or {})["token"]
    return _form("reset", token, status=status_of(error), wrong=error.faults[0].detail)


def _refused(error: TrackerError) -> Response:
    title = "Done already" if isinstance(error, Confirmed) else "This did not work"
    response = pages.told(title, error.detail, status_of(error))
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _bounded(view: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(view)
    def bounded(*args: Any, **kwargs: Any) -> Response:
        with world().store.deadline():
            return view(*args, **kwargs)

    return bounded
