"""Every error to one body, `application/problem+json` (RFC 9457), by one table of statuses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from tracker import errors
from tracker.web.answers import dump
from tracker.web.masks import masked
from tracker.web.requests import remember_fault

PROBLEM = "application/problem+json"

# The nearest class of a kind's family decides
STATUSES: dict[type[errors.TrackerError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Invalid: 422,
    errors.Malformed: 400,
    errors.BadFile: 400,
    errors.BadLink: 400,
    errors.Conflict: 409,
    errors.Taken: 400,  # TaskHub's pages read the text from a 400
    errors.NotOverdue: 400,  # and so it says here
    errors.Stale: 412,
    errors.Unconditional: 428,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.TrackerError: 500,
}
UNEXPECTED = "Something went wrong on our side; the request id tells us what"

_NAMED = {404, 405}  # TaskHub's texts here are the names, not werkzeug's sentences


def init_app(app: Flask) -> None:
    """Answer every error, expected or not, as a problem."""
    app.register_error_handler(errors.TrackerError, expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: errors.TrackerError) -> int:
    """The status of an error: its own class's, else that of its nearest ancestor in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(status: int, detail: str, more: Mapping[str, Any] | None = None) -> Response:
    """A problem whose title is the status's own phrase; `more` are members beside the five."""
    body = {
        **(more or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": masked(request.path),
    }
    return Response(dump(body), status, mimetype=PROBLEM)


def expected(error: errors.TrackerError) -> Response:
    """The problem that a kind of error is answered as."""
    faults = [fault._asdict() for fault in getattr(error, "faults", ())]
    more = {**error.extra, "errors": faults} if faults else error.extra
    response = problem(status_of(error), error.detail, more)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    """What Flask and werkzeug refuse; their headers stay, such as the Allow of a 405."""
    status = error.code or 500
    detail = error.description or error.name
    response = problem(status, error.name if status in _NAMED else detail)
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    remember_fault(error)
    return problem(500, UNEXPECTED)
