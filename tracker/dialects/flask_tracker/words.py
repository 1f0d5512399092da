"""How Flask Task Tracker refuses: `error` and `message` always, and `Error` where it said that."""

from collections.abc import Mapping
from typing import Any

from tracker.dialects.refusals import Refusal

from .asking import InvalidToken

LOGIN_FAILED = "Login failed"
OLD_PASSWORD = "Please provide valid old password"
NO_SUMMARY = "Task summary is required"

_CAPITAL = {InvalidToken.detail, LOGIN_FAILED, OLD_PASSWORD}
_MISSING = {"Missing data for required field.", "Field may not be null."}
_OWN = {"summary is required": NO_SUMMARY}
FAULT = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("error", "message", "Error")},
    "required": ["error", "message"],
}


def words(refusal: Refusal) -> Mapping[str, Any]:
    """The body of a refusal; of what is wrong with a request it names the first field."""
    text = _field(refusal) or refusal.text
    text = _OWN.get(text, text)
    more = {"Error": text} if text in _CAPITAL else {}
    return {"error": text, "message": text, **more}


def _field(refusal: Refusal) -> str | None:
    named = next((fault for fault in refusal.faults if fault.pointer), None)
    if named is None or refusal.status != 400:
        return None
    field = named.pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
    return f"{field[:100]} is {'required' if named.detail in _MISSING else 'invalid'}"
