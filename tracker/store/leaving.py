"""People who leave: how far their going has come, said by `leaving` on the user, and what it takes.

`{round, at, after}`: which round it is, when to go on with it, and behind which of their trees.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from . import Store

Mark = dict[str, Any]

LEAVING, LEFT = "deleting", "deleted"
NAMELESS = "Deleted account"
# what a tombstone keeps: nothing of it tells who it was
_KEPT = ("number", "created_at")


def begin(store: Store, user_id: str, now: datetime) -> bool:
    """Shut an account for good; False unless it stood open. From here on there is no way back."""
    mark = {"round": 1, "at": now, "after": ""}
    shut = {"$set": {"state": LEAVING, "leaving": mark}}
    return bool(store.db.users.update_one({"_id": user_id, "state": "active"}, shut).matched_count)


def due(store: Store, now: datetime, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of people whose going is to go on now."""
    wanted = {"leaving.at": {"$lte": now}, "_id": {"$nin": list(skip)}}
    found = store.db.users.find(wanted, {"_id": 1}, limit=limit)
    return [user["_id"] for user in found]


def mark_of(store: Store, user_id: str) -> Mark | None:
    """How far somebody's going has come; None for who stays, and for who is gone."""
    found = store.db.users.find_one({"_id": user_id}, {"leaving": 1})
    return found.get("leaving") if found else None


def pass_by(store: Store, user_id: str, mark: Mark, tree: str) -> None:
    """Note that a round is done with all trees up to one; of two notes the further one stays."""
    here = {"_id": user_id, "leaving.round": mark["round"]}
    store.db.users.update_one(here, {"$max": {"leaving.after": tree}})


def bury(store: Store, user_id: str, mark: Mark, again_at: datetime | None) -> None:
    """Leave nothing of a user but a tombstone; begin the next round at a time, or none."""
    guard = {"_id": user_id, "leaving.round": mark["round"]}
    user = store.db.users.find_one(guard)
    if user is None:
        return  # somebody else has been faster
    grave = {name: user[name] for name in _KEPT} | {"full_name": NAMELESS, "state": LEFT}
    if again_at:
        following = {"round": mark["round"] + 1, "at": again_at, "after": ""}
        grave |= {"state": LEAVING, "leaving": following}
    store.db.users.replace_one(guard, {"_id": user_id, **grave})


def own_trees(store: Store, user_id: str, after: str, limit: int) -> list[str]:
    """The ids of a person's trees behind one, in order."""
    mine = {"owner": user_id, "_id": {"$gt": after}}
    found = store.db.trees.find(mine, {"_id": 1}, sort=[("_id", 1)], limit=limit)
    return [tree["_id"] for tree in found]


def shared_trees(store: Store, user_id: str, limit: int) -> list[str]:
    """The ids of trees that are shared with a person."""
    found = store.db.trees.find({"members.user": user_id}, {"_id": 1}, limit=limit)
    return [tree["_id"] for tree in found]


def memberships(store: Store, user_id: str, after: str, limit: int) -> list[dict[str, Any]]:
    """`{_id, members}` of trees behind one that are shared with a person, in order."""
    wanted = {"members.user": user_id, "_id": {"$gt": after}}
    return list(store.db.trees.find(wanted, {"members": 1}, sort=[("_id", 1)], limit=limit))


def hush_history(store: Store, tree: str) -> None:
    """Take from a tree's history what was written in it; that something happened stays."""
    store.db.history.update_many({"tree": tree}, {"$set": {"changes": {}, "titles": {}}})
