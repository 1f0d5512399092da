"""The keys that sign: one for what is new, and the one before it, which still verifies.

A key is named by its `kid`, a hash of it, so every process names it alike. What names another key
than these was signed by nobody we know.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

_KID_BYTES = 6


class Keys(NamedTuple):
    """The `kid` that signs, and each key by its `kid`."""

    kid: str
    known: Mapping[str, str]

    @property
    def current(self) -> str:
        return self.known[self.kid]

    def sign(self, purpose: str, text: str) -> str:
        """The MAC of a text by the current key, in 43 characters; good for this purpose alone."""
        return _mac(self.current, purpose, text)

    def fits(self, mac: str, purpose: str, text: str) -> bool:
        """True where one of the keys made this MAC; says nothing of how near it was."""
        given = mac.encode(errors="replace")
        macs = (_mac(key, purpose, text).encode() for key in self.known.values())
        return any(hmac.compare_digest(given, made) for made in macs)


def keys(current: str, previous: str = "") -> Keys:
    """The keys of these settings; no previous one where it is empty."""
    known = {_kid(key): key for key in (previous, current) if key}
    return Keys(_kid(current), known)


def _kid(key: str) -> str:
    digest = hashlib.sha256(b"kid " + key.encode()).digest()
    return base64.urlsafe_b64encode(digest[:_KID_BYTES]).decode()


def _mac(key: str, purpose: str, text: str) -> str:
    """The purpose is hashed with its end marked; no signed part of a JWT holds a NUL."""
    digest = hmac.digest(key.encode(), f"{purpose}\0{text}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
