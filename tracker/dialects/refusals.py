"""From an error to what a dialect words: status, text, what is wrong where. No body here."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from tracker import errors
from tracker.errors import Fault, TrackerError
from tracker.web.requests import remember_fault

from .operations import Text, declared_of

Statuses = Mapping[type[Exception], int]
Texts = Mapping[type[Exception], Text]

# What a kind is answered as; the nearest class of its family decides
STATUSES: Statuses = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Invalid: 422,
    errors.Malformed: 400,
    errors.BadLink: 400,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Unconditional: 428,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    TrackerError: 500,
}
UNEXPECTED = "Something went wrong on our side; the request id tells us what"

_NAMED = {404, 405}


class Refusal(NamedTuple):
    """What a request is refused with: `where` says of which part the faults' pointers are."""

    status: int
    text: str
    where: str
    faults: tuple[Fault, ...]
    headers: dict[str, str]


def of(error: Exception, statuses: Statuses, texts: Texts) -> Refusal:
    """The refusal that an error is. An unexpected one is kept for the log, and told of nobody."""
    declared = declared_of(current_app, request)
    for kind in type(error).__mro__:
        if declared and kind in declared.refuses:
            status, text = declared.refuses[kind]
            return _refusal(error, status, _worded(text, error))
        if kind in texts:
            return _refusal(error, status_of(error, statuses), _worded(texts[kind], error))
    return _refusal(error, status_of(error, statuses), _text(error))


def status_of(error: Exception, statuses: Statuses) -> int:
    """What an error is answered as, where no operation says otherwise."""
    found = next((statuses[kind] for kind in type(error).__mro__ if kind in statuses), None)
    if found is None and isinstance(error, HTTPException):
        found = error.code
    return found or 500


def _worded(text: Text, error: Exception) -> str:
    return text if isinstance(text, str) else text(error)


def _refusal(error: Exception, status: int, text: str) -> Refusal:
    if status >= 500 and not isinstance(error, TrackerError):
        remember_fault(error)
    where, faults = getattr(error, "where", "body"), getattr(error, "faults", ())
    return Refusal(status, text, where, tuple(faults), dict(_headers(error)))


def _text(error: Exception) -> str:
    if isinstance(error, TrackerError):
        return error.detail
    if not isinstance(error, HTTPException):
        return UNEXPECTED
    return error.name if error.code in _NAMED else error.description or error.name


def _headers(error: Exception) -> Iterator[tuple[str, str]]:
    """Those that go with a status, such as the Allow of a 405."""
    if isinstance(error, HTTPException):
        given = [(name, value) for name, value in error.get_headers()]
        yield from ((name, value) for name, value in given if name.lower() != "content-type")
    if isinstance(error, TrackerError) and error.retry_after is not None:
        yield "Retry-After", str(error.retry_after)


def value_at(source: Any, pointer: str) -> Any:
    """What a request says at a JSON pointer, where that is a plain value; else None."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(source, list) and step.isdecimal() and int(step) < len(source):
            source = source[int(step)]
        elif isinstance(source, dict):
            source = source.get(step)
        else:
            return None
    return None if isinstance(source, dict | list) else source
