"""Users, one document each. An absent field is absent, never null; names are unique when folded."""

import unicodedata
from collections.abc import Collection
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tracker.errors import Taken

from . import Store, numbers

User = dict[str, Any]


def insert(store: Store, user: User) -> User:
    """Store a user, with a number; of two with one name exactly one wins, the other gets Taken."""
    keys = {"email_key": fold(user["email"]), "username_key": fold(user["username"])}
    user = {**user, **keys, "number": numbers.reserve(store.db, "users", 1)[0]}
    try:
        store.db.users.insert_one(user)
    except DuplicateKeyError:
        raise Taken from None
    return user


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
    return list(store.db.users.find({"_id": {"$in": list(ids)}}))


def find_by_email(store: Store, email: str) -> User | None:
    """The user with this address, in whatever case it is written."""
    found: User | None = store.db.users.find_one({"email_key": fold(email)})
    return found


def change(store: Store, user_id: str, fields: dict[str, Any]) -> User | None:
    """The user after these fields were set; None where there is none."""
    changed: User | None = store.db.users.find_one_and_update(
        {"_id": user_id}, {"$set": fields}, return_document=ReturnDocument.AFTER
    )
    return changed


def fold(name: str) -> str:
    """Equal for names that people take for the same: case and Unicode's spellings do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
