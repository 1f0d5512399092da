"""API tokens: made for programs, with a name, scopes and an end; shown once, taken back at will."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from tracker.core.sessions import was_seen_long_ago
from tracker.errors import Fault, Invalid, NotFound, TooLarge
from tracker.store import api_tokens
from tracker.store.accounts import User
from tracker.store.api_tokens import ApiToken
from tracker.store.bearers import Held

from .world import World

PREFIX = "trk_"
MOST = 50
# 256 bits, in 43 characters
_BYTES = 32
_TEXT = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
_HINT = len(PREFIX) + 4
log = structlog.get_logger()


class Made(NamedTuple):
    """A new token as it is kept, and its text, which nobody will see again."""

    kept: ApiToken
    text: str


def make(
    world: World, user: User, name: str, scopes: Sequence[str], expires_at: datetime | None
) -> Made:
    """A new token; without an end it is good until it is taken back. Raises Invalid, TooLarge."""
    now = world.now()
    if expires_at is not None and expires_at <= now:
        raise Invalid(Fault("/expires_at", "Takes a time to come"))
    if api_tokens.count(world.store, user["_id"], now) >= MOST:
        raise TooLarge(Fault("", f"A person may have {MOST} API tokens at most"))
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    kept = {
        "_id": world.new_id(),
        "user": user["_id"],
        "name": name,
        "scopes": sorted(set(scopes)),
        "hash": _hashed(text),
        "hint": text[:_HINT],
        "created_at": now,
    } | ({"expires_at": expires_at} if expires_at else {})
    api_tokens.insert(world.store, kept)
    log.info("api_token_made", user=user["_id"], token=kept["_id"], scopes=kept["scopes"])
    return Made(kept, text)


def asking(world: World, text: str) -> Held | None:
    """The token with this text and its user; None where it is none, or they may not come in."""
    if not _TEXT.fullmatch(text):
        return None
    held = api_tokens.with_user(world.store, _hashed(text), world.now())
    if held is None or held.user["state"] != "active":
        return None
    if was_seen_long_ago(held.what.get("used_at"), at=world.now()):
        api_tokens.put_used(world.store, held.what, world.now())
    return held


def listing(world: World, user: User) -> list[ApiToken]:
    """One's own tokens, the oldest first."""
    return api_tokens.of_user(world.store, user["_id"], world.now())


def take_back(world: World, user: User, token_id: str) -> None:
    """End one of one's own tokens at once; raises NotFound."""
    if not api_tokens.remove(world.store, token_id, user["_id"]):
        raise NotFound("API token not found")
    log.info("api_token_taken_back", user=user["_id"], token=token_id)


def _hashed(text: str) -> str:
    """Plain SHA-256 is enough: nobody guesses 256 bits, so nothing need be slow."""
    return hashlib.sha256(text.encode()).hexdigest()
