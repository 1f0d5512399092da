"""The words of the systems that say `{"detail": text}`, and with 422 a list of what is wrong."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from tracker import errors
from tracker.errors import Fault

from .refusals import STATUSES, Refusal, Statuses, value_at

LONGEST_INPUT = 300
# past which no list is read, and digits are a key
LONGEST_INDEX = 6
SECRET = ("password", "token", "secret")

# a body that cannot be read breaks a rule, as any other
DETAIL_STATUSES: Statuses = {**STATUSES, errors.Malformed: 422, UnsupportedMediaType: 422}
_TYPES = {
    "Missing data for required field.": "missing",
    "Field may not be null.": "missing",
    "Not a valid string.": "string_type",
    "Not a valid integer.": "int_parsing",
    "Input should be a valid integer": "int_parsing",
    "Not a valid boolean.": "bool_parsing",
}
PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
        "msg": {"type": "string"},
        "input": {"description": "What was sent there, where it is a plain value and no secret"},
    },
    "required": ["type", "loc", "msg", "input"],
}
FAULT = {
    "type": "object",
    "properties": {
        "detail": {"oneOf": [{"type": "string"}, {"type": "array", "items": PROBLEM}]},
    },
    "required": ["detail"],
}


def words(refusal: Refusal) -> Mapping[str, Any]:
    """The body of a refusal."""
    if refusal.status != 422:
        return {"detail": refusal.text}
    faults = refusal.faults or (Fault("", refusal.text),)
    return {"detail": [_problem(refusal.where, fault) for fault in faults]}


def _problem(where: str, fault: Fault) -> dict[str, Any]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in fault.pointer.split("/")[1:]]
    return {
        "type": _TYPES.get(fault.detail, "value_error"),
        "loc": [where, *(_step(step) for step in steps)],
        "msg": fault.detail,
        "input": _input(where, fault.pointer),
    }


def _step(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_INDEX else text


def _input(where: str, pointer: str) -> Any:
    """None for a secret, and for the whole of a request: nobody knows what that is."""
    if not pointer or any(word in pointer.lower() for word in SECRET):
        return None
    try:
        found = value_at(_source(where), pointer)
    except RequestEntityTooLarge:  # nobody has read it
        return None
    return found[:LONGEST_INPUT] if isinstance(found, str) else found


def _source(where: str) -> Any:
    if where == "body":
        return _json() if request.is_json else request.form.to_dict()
    return request.args.to_dict() if where == "query" else dict(request.view_args or {})


def _json() -> Any:
    """What was sent, as the answer can say it again; None where nobody can read it."""
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        return None
