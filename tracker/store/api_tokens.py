"""API tokens: `{_id, user, name, scopes, hash, hint, created_at, expires_at | absent, used_at |
absent}`. The token itself is nowhere, only its SHA-256.
"""

from datetime import datetime
from typing import Any

from . import Store
from .bearers import Held, held

ApiToken = dict[str, Any]


def insert(store: Store, token: ApiToken) -> None:
    store.db.api_tokens.insert_one(token)


def with_user(store: Store, hashed: str, now: datetime) -> Held | None:
    """The token with this hash and its user, in one round trip; None where either is gone."""
    return held(store.db.api_tokens, {"hash": hashed, **_lives(now)})


def of_user(store: Store, user: str, now: datetime) -> list[ApiToken]:
    """A user's tokens, the oldest first."""
    return list(store.db.api_tokens.find({"user": user, **_lives(now)}).sort("_id", 1))


def count(store: Store, user: str, now: datetime) -> int:
    return int(store.db.api_tokens.count_documents({"user": user, **_lives(now)}))


def put_used(store: Store, token: ApiToken, now: datetime) -> None:
    store.db.api_tokens.update_one({"_id": token["_id"]}, {"$set": {"used_at": now}})


def remove(store: Store, token_id: str, user: str) -> bool:
    """Take back a token of this user; False where there is none."""
    mine = {"_id": token_id, "user": user}
    return bool(store.db.api_tokens.delete_one(mine).deleted_count)


def remove_all(store: Store, user: str) -> int:
    """Take back all tokens of a user; returns how many."""
    return int(store.db.api_tokens.delete_many({"user": user}).deleted_count)


def _lives(now: datetime) -> dict[str, Any]:
    """Null finds what is absent, on every store."""
    return {"$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}]}
