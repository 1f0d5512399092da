"""ETag, If-None-Match, If-Match (RFC 9110, 8.8.3 and 13.1). What a version means is core's.

A tag is `"<version>.<hash of the body>"`. If-None-Match compares it whole, If-Match what stands
before the dot.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from tracker.core.terms import IfMatch
from tracker.errors import Malformed

from .answers import answer, dump

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')
_MOST_TAGS = 50


def tagged(
    data: Any,
    version: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    but: str | None = None,
) -> Response:
    """A JSON response with its ETag; 304 without a body where a read finds its tag named.

    `but` is a member that differs at every reading and means the same: it does not count, and the
    tag is a weak one.
    """
    body = dump(data)
    counted = dump({**data, but: None}) if but else body
    tag = f"{version}.{hashlib.blake2b(counted, digest_size=8).hexdigest()}"
    known = request.method in {"GET", "HEAD"} and is_known(tag)
    response = answer(None, 304) if known else answer(body, status, headers)
    if known:
        del response.headers["Content-Type"]
    response.set_etag(tag, weak=but is not None)
    return response


def if_match() -> IfMatch:
    """None without the header, "*", or the versions that it names.

    Weak tags never fit and are left out. Raises Malformed for what is no list of entity tags.
    """
    text = _header("If-Match")
    if text is None or text == "*":
        return text
    return tuple(tag.partition(".")[0] for weak, tag in _tags(text) if not weak)


def is_known(tag: str) -> bool:
    """Whether If-None-Match names this tag, or any."""
    text = _header("If-None-Match")
    if text is None or text == "*":
        return text == "*"
    return any(known == tag for _, known in _tags(text))


def _header(name: str) -> str | None:
    text = request.headers.get(name)
    return text if text is None else text.strip()


def _tags(text: str) -> list[tuple[bool, str]]:
    """Each tag with whether it is weak."""
    found = []
    for part in text.split(",", _MOST_TAGS):
        match = _TAG.fullmatch(part)
        if match is None:
            raise Malformed("If-Match and If-None-Match take * or entity tags in double quotes")
        found.append((match[1] is not None, match[2]))
    return found
