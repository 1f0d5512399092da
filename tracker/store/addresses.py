"""E-mail addresses of users: which is proposed, which is confirmed, each by one guarded update.

The guard names the address that a letter went to, so that a link opened after a change of address
finds nothing. Whom an address belongs to is said by the unique index of `accounts`.
"""

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tracker.errors import Taken

from .accounts import User, fold


def propose(store: Any, user_id: str, address: str) -> bool:
    """Note the address to which a user wants to change; the old one stays. False for nobody."""
    wanted = {"$set": {"new_email": address}}
    return bool(store.db.users.update_one({"_id": user_id}, wanted).matched_count)


def adopt(store: Any, user_id: str, address: str, now: datetime) -> User | None:
    """Make the proposed address a user's own and confirmed; the user as before, None for nobody.

    Raises Taken where somebody else has it.
    """
    own = {"email": address, "email_key": fold(address), "email_confirmed_at": now}
    try:
        before: User | None = store.db.users.find_one_and_update(
            {"_id": user_id, "new_email": address, "state": "active"},
            {"$set": own, "$unset": {"new_email": ""}},
            return_document=ReturnDocument.BEFORE,
        )
    except DuplicateKeyError:
        raise Taken("email") from None
    return before


def confirm(store: Any, user_id: str, address: str, now: datetime) -> bool:
    """Note that an address is its user's, and let in who waited for that; False for nobody."""
    mine = {"_id": user_id, "email_key": fold(address)}
    confirmed = {"email_confirmed_at": now}
    let_in = {"$set": {**confirmed, "state": "active"}, "$unset": {"confirm_by": ""}}
    if store.db.users.update_one({**mine, "state": "unconfirmed"}, let_in).matched_count:
        return True
    known = store.db.users.update_one({**mine, "state": "active"}, {"$set": confirmed})
    return bool(known.matched_count)


def drop_unconfirmed(store: Any, now: datetime, limit: int) -> int:
    """Remove the accounts whose address was not confirmed in time, so that their names are free, at
    most `limit`; returns how many.
    """
    late: dict[str, Any] = {"state": "unconfirmed", "confirm_by": {"$lt": now}}
    found = [user["_id"] for user in store.db.users.find(late, {"_id": 1}, limit=limit)]
    if not found:
        return 0
    # asked again: one of them may have been confirmed meanwhile
    return int(store.db.users.delete_many({**late, "_id": {"$in": found}}).deleted_count)
