"""Opaque cursors: where the next page of a list goes on, sealed so that nobody can make one up.

A cursor is base64url of JSON and a MAC. It carries the `now` of its first page, so that a status
derived from the hour cannot change between pages, and the sort it belongs to.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from tracker.errors import Malformed

_MAC = 16
_LONGEST = 4_000


@dataclass(frozen=True)
class Sealer:
    """Seals and opens cursors with a key of its own, derived from the service's secret."""

    key: bytes

    @classmethod
    def of(cls, secret: str) -> "Sealer":
        return cls(hashlib.blake2b(b"cursor", key=secret.encode()[:64]).digest())

    def seal(self, purpose: str, data: Any) -> str:
        """Plain data (times included) as a cursor that opens for the same purpose only."""
        body = orjson.dumps(data, default=_tagged, option=orjson.OPT_PASSTHROUGH_DATETIME)
        return _spelled(self._mac(purpose, body) + body)

    def open(self, purpose: str, cursor: str) -> Any:
        """What was sealed for this purpose; raises Malformed for anything that this service did not
        seal.
        """
        try:
            raw = base64.urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raise Malformed(BAD_CURSOR) from None
        mac, body = raw[:_MAC], raw[_MAC:]
        # base64 passes over foreign characters and spare bits: only our own spelling counts
        if not hmac.compare_digest(mac, self._mac(purpose, body)) or _spelled(raw) != cursor:
            raise Malformed(BAD_CURSOR)
        return _untagged(orjson.loads(body))

    def _mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self.key, purpose.encode() + b"\0" + body, "sha256")[:_MAC]


BAD_CURSOR = "cursor: was not made by this service for this list"


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    raise TypeError(type(value).__name__)


def _untagged(data: Any) -> Any:
    if isinstance(data, dict):
        return datetime.fromisoformat(data["time"])
    return [_untagged(item) for item in data] if isinstance(data, list) else data
