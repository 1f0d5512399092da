"""Palettes of tags in user documents, and which names stand on tasks.

`tags` is the palette (`core.tags`), `tags_rev` counts its changes, `tidy_at` says since when the
trees of its owner have had to follow one, and `categories_going` which categories they lose.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from tracker.core.tags import Tags

from .accounts import User


def put(
    store: Any, user: User, tags: Tags, tidy_at: datetime | None = None, **fields: Any
) -> User | None:
    """The user with another palette, and with `tidy_at` where the trees must follow; None where the
    palette is another one by now.
    """
    stands = {"_id": user["_id"], "tags_rev": user.get("tags_rev")}
    update = {"tags": tags} | ({"tidy_at": tidy_at} if tidy_at else {}) | fields
    changed: User | None = store.db.users.find_one_and_update(
        stands,
        {"$set": update, "$inc": {"tags_rev": 1}},
        return_document=ReturnDocument.AFTER,
    )
    return changed


def settle(store: Any, user: User, tags: Tags) -> bool:
    """Put a palette that the trees have followed; False where there is more to follow by now."""
    stands = {"_id": user["_id"], "tags_rev": user.get("tags_rev")}
    done = {"tidy_at": "", "categories_going": ""}
    update = {"$set": {"tags": tags}, "$unset": done, "$inc": {"tags_rev": 1}}
    return bool(store.db.users.update_one(stands, update).matched_count)


def due(store: Any, now: datetime, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of people whose trees have something to follow."""
    wanted = {"tidy_at": {"$lte": now}, "_id": {"$nin": list(skip)}}
    return [user["_id"] for user in store.db.users.find(wanted, {"_id": 1}, limit=limit)]


def counts(store: Any, owner: str) -> dict[str, int]:
    """How many live tasks of an owner's trees bear each name."""
    mine = {**_mine(store, owner), "is_deleted": False, "tags": {"$gt": ""}}
    name = {"_id": "$tags", "tasks": {"$sum": 1}}
    found = store.db.task_paths.aggregate(
        [{"$match": mine}, {"$unwind": "$tags"}, {"$group": name}]
    )
    return {group["_id"]: group["tasks"] for group in found}


def is_used(store: Any, owner: str, name: str) -> bool:
    """Whether a task of an owner's trees bears a name, in the trash or not."""
    wanted = {**_mine(store, owner), "tags": name}
    return store.db.task_paths.find_one(wanted, {"_id": 1}) is not None


def roots(
    store: Any, owner: str, names: Collection[str], categories: Collection[str], limit: int
) -> Iterator[str]:
    """Trees of an owner in which some task, trashed or not, bears one of these names or categories:
    those that so many rows lie in.
    """
    for field, values in (("tags", names), ("category", categories)):
        if values:
            wanted = {**_mine(store, owner), field: {"$in": list(values)}}
            found = store.db.task_paths.find(wanted, {"root": 1}, limit=limit)
            yield from dict.fromkeys(row["root"] for row in found)


def _mine(store: Any, owner: str) -> dict[str, Any]:
    return {"space": store.space_of(owner), "owner": owner, "gone": False}
