"""Idempotency-Key (IETF draft): read from the header and put into its scope of user, method and
path.
"""

import hashlib
import re

from flask import request

from tracker.core.terms import Key
from tracker.errors import Malformed

LONGEST = 255

# a quoted string (RFC 9651), or the bare form that most clients send
_KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x7e]{1,255})')


def key(user: str, *, with_body: bool = True) -> Key | None:
    """The key of this request, hashed with whose it is; None without the header. Raises Malformed.

    The second hash is that of the whole request: another one under the same key is refused. A body
    that is read later, piece by piece, joins it then (`Key.of_content`).
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    found = _KEY.fullmatch(header.strip())
    if found is None:
        raise Malformed(f"Idempotency-Key takes 1 to {LONGEST} visible characters, quoted or not")
    named = found[1] or found[2]
    asked = f"{request.method} {request.path}"
    body = hashlib.sha256(request.get_data() if with_body else b"").hexdigest()
    return Key(
        _hash(f"{user} {asked} {named}"), _hash(f"{asked}?{request.query_string.decode()} {body}")
    )


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
