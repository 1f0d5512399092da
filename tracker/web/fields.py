"""Strict fields for the schemas of bodies and queries. No schema lives here.

What BSON cannot hold (integers past 64 bits, far years) is refused here, before the store.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from tracker.core.passwords import Rule

LONGEST_EMAIL = 254
LONGEST_URL = 2_048
YEARS = range(1900, 3000)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\x00-\x20]+[^\s\x00-\x20]*", re.IGNORECASE)
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def text(low: int, high: int, **rest: Any) -> fields.String:
    """Text of `low` to `high` characters without NUL."""
    return fields.String(validate=[validate.Length(low, high), _no_nul], **rest)


def said(low: int, high: int, **rest: Any) -> fields.String:
    """Text of `low` to `high` characters that is more than blanks, of any lines, without NUL."""
    return fields.String(validate=[validate.Length(low, high), _no_nul, _not_blank], **rest)


def name(low: int, high: int, **rest: Any) -> fields.String:
    """One line that is more than blanks: `low` to `high` characters, no control characters."""
    return fields.String(validate=[validate.Length(low, high), _one_line], **rest)


def email(**rest: Any) -> fields.Email:
    """An e-mail address of at most 254 characters (RFC 5321)."""
    return _Email(**rest)


def new_password(rule: Rule, **rest: Any) -> fields.String:
    """A password that is to be kept as it is sent: nothing in it is cut, stripped or folded."""
    bounds = validate.Length(rule.least, rule.most)
    return fields.String(required=True, validate=bounds, load_only=True, **rest)


def known_password(rule: Rule, **rest: Any) -> fields.String:
    """A password that is only compared; the upper bound spares us the work."""
    most = validate.Length(max=rule.most)
    return fields.String(required=True, validate=most, load_only=True, **rest)


def url(**rest: Any) -> fields.String:
    """An http or https address of at most 2,048 characters."""
    return fields.String(validate=_web_address, metadata={"format": "uri"}, **rest)


def zone(**rest: Any) -> fields.String:
    """The IANA name of a time zone, as `Europe/Berlin`; what only this machine calls so is none."""
    return fields.String(validate=_known_zone, **rest)


def one_of(words: Iterable[str], **rest: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(tuple(words)), **rest)


def whole(low: int | None, high: int, **rest: Any) -> fields.Integer:
    """A JSON number without a fraction, from `low`, or any below, to `high`."""
    return _Whole(strict=True, validate=validate.Range(low, high), **rest)


def flag(**rest: Any) -> fields.Boolean:
    """JSON true or false, and no other spelling."""
    return _Flag(**rest)


class Few(fields.List[Any]):
    """A list of at most `most` things, counted before any of them is looked at."""

    def __init__(self, inner: fields.Field[Any], most: int, **rest: Any) -> None:
        super().__init__(inner, validate=validate.Length(max=most), **rest)
        self.most = most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(f"Takes at most {self.most}.")
        return super()._deserialize(value, attr, data, **kwargs)


def uuid(**rest: Any) -> fields.String:
    """A UUID in its text form; comes out in lower case."""
    metadata = {"format": "uuid", **rest.pop("metadata", {})}
    return _Id(metadata=metadata, **rest)


def when(**rest: Any) -> fields.DateTime:
    """RFC 3339; without a zone UTC, a date alone its first moment. Comes out in UTC, cut to ms."""
    return _When(**rest)


def whole_text(low: int, high: int, **rest: Any) -> fields.Integer:
    """A whole number as a query parameter writes it."""
    return _WholeText(validate=validate.Range(low, high), **rest)


def flag_text(**rest: Any) -> fields.Boolean:
    """`true` or `false` as a query parameter writes it."""
    return _FlagText(**rest)


def read_uuid(value: str) -> str | None:
    """The UUID in lower case, or None where the text is none."""
    lower = value.lower()
    return lower if _UUID.fullmatch(lower) else None


def read_whole(value: str) -> int | None:
    """The whole number that a text writes in digits, or None where it writes none."""
    return int(value) if _WHOLE.fullmatch(value) else None


def read_time(value: str) -> datetime | None:
    """The moment that a text names, as `when` promises; None where it names none."""
    upper = value.upper()
    if not _TIME.fullmatch(upper):
        return None
    try:
        moment = datetime.fromisoformat(upper)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class _Email(fields.Email):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_EMAIL:  # before any pattern sees it
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class _Whole(fields.Integer):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, *args, **kwargs)


class _WholeText(fields.Integer):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class _Flag(fields.Boolean):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class _FlagText(fields.Boolean):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if value not in {"true", "false"}:
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class _Id(fields.String):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        found = read_uuid(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("Not a valid UUID.")
        return found


class _When(fields.DateTime):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        found = read_time(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("Not a valid RFC 3339 date and time.")
        if found.year not in YEARS:
            raise ValidationError(f"Takes years from {YEARS[0]} to {YEARS[-1]}.")
        return found


def _no_nul(value: str) -> None:
    if "\0" in value:
        raise ValidationError("Takes no NUL character.")


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ValidationError("Takes more than blanks.")


def _one_line(value: str) -> None:
    _not_blank(value)
    if any(c < " " or c == "\x7f" for c in value):
        raise ValidationError("Takes no control characters.")


def _known_zone(value: str) -> None:
    if value not in _zones():
        raise ValidationError("Takes the IANA name of a time zone, as Europe/Berlin.")


@cache
def _zones() -> frozenset[str]:
    """Read from the machine's files once, when first asked for."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _web_address(value: str) -> None:
    if not _WEB_ADDRESS.fullmatch(value) or len(value) > LONGEST_URL:
        raise ValidationError(f"Takes an http or https URL of at most {LONGEST_URL} characters.")
