"""Users, one document each. An absent field is absent, never null; names are unique when folded."""

import unicodedata
from collections.abc import Collection
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tracker.errors import Taken

from . import Store, numbers

User = dict[str, Any]


# What must be unique where it is there, and the field that holds it folded
NAMES = {"email": "email_key", "username": "username_key", "tg_name": "tg_key"}


def insert(store: Store, user: User) -> User:
    """Store a user, with a number; of two with one name exactly one wins, the other gets Taken.

    Whether a name is taken is asked in any case, so that one that is takes no longer than another.
    """
    keys = {key: fold(user[name]) for name, key in NAMES.items() if name in user}
    user = {**user, **keys, "number": numbers.reserve(store.db, "users", 1)[0]}
    if names := taken(store, user):
        raise Taken(*names)
    try:
        store.db.users.insert_one(user)
    except DuplicateKeyError:  # somebody was faster
        raise Taken(*taken(store, user)) from None
    return user


def taken(store: Store, wanted: dict[str, Any]) -> list[str]:
    """Which of the names that are wanted somebody has: no store says which index refused."""
    keys = {name: fold(wanted[name]) for name in NAMES if wanted.get(name) is not None}
    asked = [{NAMES[name]: key} for name, key in keys.items()]
    known = list(store.db.users.find({"$or": asked}, dict.fromkeys(NAMES.values(), 1)))
    return [n for n, key in keys.items() if any(one.get(NAMES[n]) == key for one in known)]


def find(store: Store, user_id: str) -> User | None:
    """The user with this id."""
    found: User | None = store.db.users.find_one({"_id": user_id})
    return found


def find_named(store: Store, named: str) -> User | None:
    """The user with this id, else with this address, else with this user name: for a user name may
    be anything, also what names somebody else.
    """
    key = fold(named)
    names = ("_id", "email_key", "username_key")
    found: list[User] = list(store.db.users.find({"$or": [{name: key} for name in names]}))
    ways = ((user, name) for name in names for user in found if user.get(name) == key)
    return next((user for user, _ in ways), None)


def by_ids(store: Store, ids: Collection[str]) -> list[User]:
    """The users with these ids, in no order; who is gone is left out."""
    return list(store.db.users.find({"_id": {"$in": list(ids)}}, batch_size=len(ids) + 1))


def by_usernames(store: Store, names: Collection[str]) -> list[User]:
    """The users with these user names, in whatever case they are written."""
    keys = list({fold(name) for name in names})
    return list(store.db.users.find({"username_key": {"$in": keys}}))


def active(store: Store) -> list[User]:
    """Everybody who may come in."""
    return list(store.db.users.find({"role": {"$in": ["user", "admin"]}, "state": "active"}))


def find_by_email(store: Store, email: str) -> User | None:
    """The user with this address, in whatever case it is written."""
    found: User | None = store.db.users.find_one({"email_key": fold(email)})
    return found


def find_by_username(store: Store, username: str) -> User | None:
    """The user with this user name, in whatever case it is written."""
    found: User | None = store.db.users.find_one({"username_key": fold(username)})
    return found


def find_by_tg_name(store: Store, tg_name: str) -> User | None:
    """The user with this name at Telegram, in whatever case it is written."""
    found: User | None = store.db.users.find_one({"tg_key": fold(tg_name)})
    return found


def change(store: Store, user_id: str, fields: dict[str, Any]) -> User | None:
    """The user after these fields were set, or where None taken away; None where there is none."""
    update: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        update.setdefault("$unset" if value is None else "$set", {})[name] = value
    changed: User | None = store.db.users.find_one_and_update(
        {"_id": user_id}, update, return_document=ReturnDocument.AFTER
    )
    return changed


def change_password(
    store: Store, user_id: str, *, old: str, new: str, spared: str | None = None
) -> User | None:
    """The user, given a new hash in place of the old one; None where that is no longer theirs.

    All their sessions have ended by that, but the one that is spared.
    """
    changed: User | None = store.db.users.find_one_and_update(
        {"_id": user_id, "password": old, "state": "active"},
        _renewed(new, spared),
        return_document=ReturnDocument.AFTER,
    )
    return changed


def reset_password(store: Store, user_id: str, *, address: str, new: str) -> User | None:
    """The user, given a new hash; None unless this is their address and they may come in."""
    changed: User | None = store.db.users.find_one_and_update(
        {"_id": user_id, "email_key": fold(address), "state": {"$in": ["active", "unconfirmed"]}},
        _renewed(new, None),
        return_document=ReturnDocument.AFTER,
    )
    return changed


def _renewed(password: str, spared: str | None) -> dict[str, Any]:
    """With the password begins another epoch: every session of the one before has ended, in this
    one update, but for the one that is spared.
    """
    begun: dict[str, Any] = {"$set": {"password": password}, "$inc": {"epoch": 1}}
    if spared is None:
        return {**begun, "$unset": {"spared": ""}}
    begun["$set"]["spared"] = spared
    return begun


def fold(name: str) -> str:
    """Equal for names that people take for the same: case and Unicode's spellings do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
