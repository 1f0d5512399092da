"""One-time tokens, which mailed links carry: issued, looked at, used once; kept as hashes only."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from tracker.errors import BadLink
from tracker.store import one_time_tokens

from .world import World

# 256 bits, in 43 characters that need no escaping in a URL
BYTES = 32


class Link(NamedTuple):
    """What a link is for, how long it works, and what stands in front of its token."""

    purpose: str
    lives: timedelta
    path: str


def issue(world: World, link: Link, *, user: str, address: str) -> str:
    """A new token, good for this purpose, user and address alone."""
    token = secrets.token_urlsafe(BYTES)
    bound = {"purpose": link.purpose, "user": user, "address": address}
    row = {"_id": _hashed(token), **bound, "expires_at": world.now() + link.lives}
    one_time_tokens.insert(world.store, row)
    return token


def look(world: World, token: str, *purposes: str) -> dict[str, Any]:
    """The `user` and `address` of a token that could be used now; raises BadLink."""
    found = one_time_tokens.find(world.store, _hashed(token), purposes, world.now())
    if found is None or "used_at" in found:
        raise BadLink
    return found


def use(world: World, token: str, *purposes: str) -> dict[str, Any]:
    """The `user` and `address` of a token, to the first who asks; raises BadLink for all others."""
    used = one_time_tokens.use(world.store, _hashed(token), purposes, world.now())
    if used is None:
        raise BadLink
    return used


def used(world: World, token: str, *purposes: str) -> dict[str, Any] | None:
    """The row of a token that somebody has used already and that has not expired since."""
    found = one_time_tokens.find(world.store, _hashed(token), purposes, world.now())
    return found if found and "used_at" in found else None


def _hashed(token: str) -> str:
    """Plain SHA-256 is enough: nobody guesses 256 bits, so nothing need be slow."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
