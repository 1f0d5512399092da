"""What the links in MyTracker's letters open in a browser, which does not hold the bot's cookie."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from flask import Response, request
from flask_restful import Resource

from tracker.dialects import refusals
from tracker.dialects.operations import operation
from tracker.errors import Invalid, TrackerError, WrongPassword
from tracker.services import confirming, renewing
from tracker.web import forms, limits, pages, world
from tracker.web.answers import JSON, answer
from tracker.web.hashing import passwords
from tracker.web.marks import marked
from tracker.web.principal import public

from . import schemas, wording
from .profile import CHANGED
from .schemas import Said

HTML = "text/html"
CONFIRMED = "registration confirmed!"
TITLE = "MyTracker"


def prefers_page() -> bool:
    """Browsers name HTML first; what takes anything, as bots and curl do, gets JSON."""
    return request.accept_mimetypes.best_match((JSON, HTML)) == HTML


def on_page(
    method: Callable[..., Any], wanted: Callable[[], bool] = lambda: True
) -> Callable[..., Any]:
    """Tell what is refused on a page, where one is wanted."""

    @wraps(method)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TrackerError as error:
            if wanted():
                return _refused(error)
            raise

    return marked(told, "page")


class Confirmation(Resource):
    @public
    @partial(on_page, wanted=prefers_page)
    @operation("Confirm the address that a link went to", answers={200: Said}, errors=(400,))
    def get(self, token: str) -> Response:
        with limits.throttled("confirm"):
            confirming.activate(world(), token)
        return pages.told(TITLE, CONFIRMED) if prefers_page() else answer({"detail": CONFIRMED})


class PasswordPage(Resource):
    @public
    @on_page
    @operation(
        "The page that asks for the current and the new password",
        answers={200: None},
        errors=(400,),
    )
    def get(self, token: str) -> Response:
        renewing.owner(world(), token)
        return _form(token)


class PasswordForm(Resource):
    @public
    @on_page
    @operation("What that page sends back", answers={200: None}, errors=(400, 403, 422))
    def post(self, token: str) -> Response:
        forms.require_own(token)
        try:
            _change(token)
        except (WrongPassword, Invalid) as wrong:
            return _form(token, wrong)
        return pages.told(TITLE, CHANGED["detail"])


def _change(token: str) -> None:
    user = renewing.owner(world(), token)
    current, new = (request.form.get(name, "") for name in ("current_password", "new_password"))
    with limits.throttled("password", account=user["_id"]):
        renewing.change_by_link(
            world(), passwords(), user, token, current=current, new=new, rule=schemas.CHANGED
        )


def _form(token: str, wrong: TrackerError | None = None) -> Response:
    cookie, refusal = forms.cookie(), _refusal(wrong) if wrong else None
    values = {
        "csrf": forms.field(cookie, token),
        "action": f"{request.path.removesuffix('/').removesuffix('/page')}/page",
        "least": schemas.CHANGED.least,
        "most": schemas.CHANGED.most,
        "wrong": refusal and refusal.text,
    }
    status = refusal.status if refusal else 200
    return forms.put(pages.page("mytracker_password", status, **values), cookie)


def _refused(error: TrackerError) -> Response:
    refusal = _refusal(error)
    response = pages.told(TITLE, refusal.text, refusal.status)
    response.headers.extend(refusal.headers)
    return response


def _refusal(error: TrackerError) -> refusals.Refusal:
    return refusals.of(error, wording.STATUSES, wording.TEXTS)
