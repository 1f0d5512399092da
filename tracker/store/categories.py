"""Categories, one document each: `{_id: user:number, user, number, name, key, created_at}`.

`key` is user and folded name: no two of a person are called alike. Of one that was deleted a
document stays without a name, so that its number is not given again. Everybody has the first one,
without a document until something becomes of it.
"""

from datetime import datetime
from typing import Any

from pymongo import ReplaceOne
from pymongo.errors import DuplicateKeyError

from tracker.core.categories import FIRST, fold
from tracker.errors import Conflict

from . import numbers

Category = dict[str, Any]

EXISTS = "Category already exists"


def of_user(store: Any, user: str) -> list[Category]:
    """All that is known of a person's categories, deleted ones too, by their numbers."""
    return list(store.db.categories.find({"user": user}, sort=[("number", 1)]))


def next_number(store: Any, user: str) -> int:
    """A number that the person's categories never had."""
    return FIRST + numbers.reserve(store.db, f"categories:{user}", 1)[0]


def add(store: Any, user: str, number: int, name: str, at: datetime) -> bool:
    """Make a category of this number; False where there is one, or another one has that name."""
    absent = {"_id": f"{user}:{number}", "name": {"$exists": False}}
    about = {**_about(user, number, name), "created_at": at}
    try:
        store.db.categories.update_one(absent, {"$set": about}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


def put(store: Any, user: str, number: int, name: str, at: datetime) -> None:
    """Give a category another name; raises Conflict where another one has that name."""
    about = _about(user, number, name)
    try:
        store.db.categories.update_one(
            {"_id": f"{user}:{number}"},
            {"$set": about, "$setOnInsert": {"created_at": at}},
            upsert=True,
        )
    except DuplicateKeyError:
        raise Conflict(EXISTS) from None


def bury(store: Any, user: str, deleted: list[int]) -> None:
    """Leave of these nothing but their numbers."""
    graves = [{"_id": f"{user}:{number}", "user": user, "number": number} for number in deleted]
    if graves:
        store.db.categories.bulk_write(
            [ReplaceOne({"_id": grave["_id"]}, grave, upsert=True) for grave in graves]
        )


def remove_all(store: Any, user: str) -> None:
    """Remove what is known of a person's categories."""
    store.db.categories.delete_many({"user": user})
    store.db.counters.delete_one({"_id": f"categories:{user}"})


def _about(user: str, number: int, name: str) -> Category:
    return {"user": user, "number": number, "name": name, "key": f"{user}:{fold(name)}"}
