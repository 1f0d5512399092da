"""Bodies and queries to plain dicts, by schemas built once. What cannot be read stops here.

413 too many bytes · 415 not JSON · 400 cannot be read as JSON · 422 read, but breaks a rule
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

import orjson
from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from tracker.errors import Fault, Invalid, Malformed, TooLarge

MB = 1024 * 1024
LEVELS = 100
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}

_MOST_FAULTS = 100
_MOST_POINTER = 300


def body(schema: Schema, *, limit: int = MB, optional: bool = False) -> dict[str, Any]:
    """The JSON object of the request as `schema` loads it; `limit` is in bytes. Where it is
    optional, a request without Content-Type has an empty one.

    Raises 413 and 415 (werkzeug's), Malformed, TooLarge for deep nesting, Invalid with pointers.
    """
    if optional and not request.content_type:
        return _load(schema, {})
    if not request.is_json or request.content_encoding not in {None, "identity"}:
        raise UnsupportedMediaType("Takes application/json")
    request.max_content_length = limit
    return _load(schema, _read(request.get_data()))


def form(schema: Schema) -> dict[str, Any]:
    """The form of the request as `schema` loads it; anything else that is sent raises Invalid."""
    if request.mimetype and request.mimetype not in FORMS:
        raise Invalid(Fault("", "Takes a form"))
    return _load(schema, request.form.to_dict())


def query(schema: Schema) -> dict[str, Any]:
    """The query parameters as `schema` loads them; unknown and repeated ones raise Invalid, but
    none that the schema passes over.
    """
    repeated = [key for key, values in request.args.lists() if len(values) > 1]
    if schema.unknown == EXCLUDE:
        repeated = [key for key in repeated if key in keys_of(schema)]
    if repeated:
        raise invalid({key: ["Given more than once."] for key in repeated})
    return _load(schema, request.args.to_dict())


def keys_of(schema: Schema) -> set[str]:
    """What a request calls the fields of a schema."""
    return {field.data_key or name for name, field in schema.load_fields.items()}


def refusing_forms(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view answer a form with 422, where a contract wants that instead of 415."""

    @wraps(view)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        if request.mimetype in FORMS:
            raise Invalid(Fault("", "Takes a JSON object, not a form"))
        return view(*args, **kwargs)

    return refusing


def invalid(messages: Any) -> Invalid:
    """Marshmallow's nested messages as an Invalid whose faults carry JSON pointers (RFC 6901)."""
    faults = [fault for _, fault in zip(range(_MOST_FAULTS), _faults(messages, ""), strict=False)]
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Invalid(*faults, detail=f"{first.pointer or 'body'}: {first.detail}{more}")


def _load(schema: Schema, data: Any) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as e:
        raise invalid(e.messages) from None
    return loaded


def _read(raw: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Malformed("The body is not valid JSON") from None
    _check_nesting(data)
    _refuse_repeated_keys(raw)
    if not isinstance(data, dict):
        raise Invalid(Fault("", "Takes a JSON object"))
    return data


def _check_nesting(data: Any) -> None:
    """Level by level, not by recursion: no schema may see what would overflow its stack."""
    level, depth = [data], 0
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        if depth > LEVELS:
            raise TooLarge(Fault("", f"JSON may be nested {LEVELS} levels deep at most"))
        level = [child for item in level for child in _children(item)]


def _children(item: Any) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item


def _refuse_repeated_keys(raw: bytes) -> None:
    """A second look, for orjson keeps the last without a word. Numbers, maybe long, stay text."""
    json.loads(raw, object_pairs_hook=_pairs, parse_int=str, parse_float=str)


def _pairs(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise Malformed("The body names a key twice in one object")


def _faults(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _faults(below, (pointer + step)[:_MOST_POINTER])
    elif isinstance(messages, list):
        for message in messages:
            yield from _faults(message, pointer)
    else:
        yield Fault(pointer, str(messages))
