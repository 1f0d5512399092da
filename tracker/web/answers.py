"""Plain data to JSON bytes and responses. No shapes here: each door decides on its own."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

JSON = "application/json"
_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def dump(data: Any) -> bytes:
    """JSON in UTF-8; times in UTC with Z (RFC 3339), naive ones taken as UTC."""
    return orjson.dumps(data, option=_OPTIONS)


def answer(data: Any, code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response; bytes are taken as JSON already dumped, None as no body."""
    body = data if isinstance(data, bytes) else b"" if data is None else dump(data)
    response = Response(body, code, mimetype=JSON)
    response.headers.extend(headers or {})
    return response
