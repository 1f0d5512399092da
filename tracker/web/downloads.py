"""Bytes on their way out, whole or one range of them (RFC 9110, 14): always something to be kept as
a file, never a page to be shown.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from . import etags
from .headers import API_CSP

CSP = f"{API_CSP}; sandbox"

# what RFC 8187 lets stand as it is, beside letters and digits
_PLAIN = "!#$&+-.^_`|~"
_UNFIT = re.compile(r'[^\x20-\x7e]|["%\\]')
_SPAN = re.compile("bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Download(NamedTuple):
    """What is read: its name, its type, its bytes, and a tag that no other content has."""

    name: str
    media: str
    size: int
    tag: str

    @property
    def headers(self) -> dict[str, str]:
        """Those of its bytes, wherever they come from."""
        return {"Content-Type": self.media, "Content-Disposition": disposition(self.name)}


def answer(found: Download, read: Callable[[int, int], Iterable[bytes]]) -> Response:
    """The answer to a request for a file; `read` is asked for `length` bytes from a `start` on.

    304 where the client has it, 206 for a range, 416 for one that is not in it. Several ranges are
    answered like none, and so is one under an If-Range that does not fit.
    """
    if etags.is_known(found.tag):
        return _headed(Response(status=304), found.tag)
    span = _span(found) if request.method == "GET" else None
    start, stop = span or (0, found.size)
    body = read(start, stop - start) if request.method == "GET" else ()
    response = Response(body, 206 if span else 200, found.headers, direct_passthrough=True)
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Accept-Ranges"] = "bytes"
    if span:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"
    return _headed(response, found.tag)


def redirect(address: str) -> Response:
    """To where the bytes are, for now: nobody is to remember that."""
    return Response(status=302, headers={"Location": address})


def disposition(name: str) -> str:
    """The header that says `keep it under this name` (RFC 6266), in ASCII and as it is."""
    letters = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    fallback = _UNFIT.sub("_", "".join(letters))
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


def _headed(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Content-Security-Policy"] = CSP
    return response


def _span(found: Download) -> tuple[int, int] | None:
    """The one range that is asked for, from its first byte to behind its last."""
    asked = _SPAN.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if asked is None or request.headers.get("If-Range", f'"{found.tag}"') != f'"{found.tag}"':
        return None
    first, last = (int(text) if text else None for text in asked.groups())
    if first is None and last is None or first is not None and last is not None and last < first:
        return None
    start = max(found.size - (last or 0), 0) if first is None else first
    if start >= found.size:
        raise RequestedRangeNotSatisfiable(found.size, description="The file ends before that")
    return start, found.size if first is None or last is None else min(last + 1, found.size)
