"""Sessions, one document each; what they hold stands in `core.sessions`. Only those that have not
expired are found: the TTL index cleans up, and late.
"""

from datetime import datetime

from pymongo import DESCENDING

from tracker.core.sessions import Session

from . import Store
from .bearers import Held, held

MOST_LISTED = 100


def insert(store: Store, session: Session) -> None:
    store.db.sessions.insert_one(session)


def with_user(store: Store, session_id: str, now: datetime) -> Held | None:
    """A session and its user, in one round trip; None where either is gone."""
    return held(store.db.sessions, {"_id": session_id, "expires_at": {"$gt": now}})


def of_user(store: Store, user: str, now: datetime) -> list[Session]:
    """A user's sessions, the newest first, 100 at most."""
    mine = store.db.sessions.find({"user": user, "expires_at": {"$gt": now}})
    return list(mine.sort("_id", DESCENDING).limit(MOST_LISTED))


def put_seen(store: Store, session: Session, now: datetime) -> None:
    """Note that a session is in use, unless somebody has just done so."""
    known = {"_id": session["_id"], "seen_at": session["seen_at"]}
    store.db.sessions.update_one(known, {"$set": {"seen_at": now}})


def rotate(store: Store, session: Session, rotated: Session) -> bool:
    """Put the next generation in place of the one that was read; False if another was faster."""
    stands = {"_id": session["_id"], "refresh.generation": session["refresh"]["generation"]}
    following = {name: rotated[name] for name in ("refresh", "seen_at")}
    return bool(store.db.sessions.update_one(stands, {"$set": following}).matched_count)


def remove(store: Store, session_id: str, user: str) -> bool:
    """End a session of this user; False where there is none."""
    mine = {"_id": session_id, "user": user}
    return bool(store.db.sessions.delete_one(mine).deleted_count)


def remove_all(store: Store, user: str, *, but: str | None = None) -> int:
    """End a user's sessions, but for one; returns how many."""
    others = {"user": user, "_id": {"$ne": but}} if but else {"user": user}
    return int(store.db.sessions.delete_many(others).deleted_count)
