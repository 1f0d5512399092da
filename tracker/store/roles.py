"""Users as their administrators see them: pages of them, and who is an admin."""

from typing import Any, NamedTuple

from pymongo import ASCENDING, ReturnDocument

from . import Store
from .accounts import NAMES, User, fold

ROLES = ("user", "admin")
# ends every session there is
_NEXT_EPOCH = {"$inc": {"epoch": 1}, "$unset": {"spared": ""}}
# sorts behind every name that begins alike
_HIGHEST = "\U0010ffff"


class Page(NamedTuple):
    users: list[User]
    total: int


def page(store: Store, *, search: str | None, role: str | None, skip: int, limit: int) -> Page:
    """Users by their numbers; `search` is the beginning of an address or of a name one logs in by.

    Accounts that were deleted have no role, and are in no list.
    """
    wanted: dict[str, Any] = {"role": {"$in": [role] if role else list(ROLES)}}
    if search:
        key = fold(search)
        begins = {"$gte": key, "$lt": key + _HIGHEST}
        wanted["$or"] = [{name: begins} for name in NAMES.values()]
    found = store.db.users.find(wanted, sort=[("number", ASCENDING)], skip=skip, limit=limit)
    return Page(list(found), store.db.users.count_documents(wanted))


def count_admins(store: Store) -> int:
    """How many may act as admins now."""
    return int(store.db.users.count_documents({"role": "admin", "state": "active"}))


def there_is_an_admin(store: Store) -> bool:
    """True also where the only one is disabled."""
    return store.db.users.find_one({"role": "admin"}, {"_id": 1}) is not None


def put(
    store: Store,
    user_id: str,
    fields: dict[str, Any],
    *,
    among: tuple[str, ...],
    ends_sessions: bool = False,
) -> User | None:
    """The user after these fields were set; None unless in one of these states."""
    changed: User | None = store.db.users.find_one_and_update(
        {"_id": user_id, "state": {"$in": list(among)}},
        {"$set": fields, **(_NEXT_EPOCH if ends_sessions else {})},
        return_document=ReturnDocument.AFTER,
    )
    return changed
