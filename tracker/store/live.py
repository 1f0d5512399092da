"""What live events are made of: new rows of history and notifications, heads, and who still stands.

Rows are found by `at`, the time of the deed: one that is drained late turns up in the past.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

Row = dict[str, Any]

_COMMIT = {"tree": 1, "seq": 1, "at": 1, "hidden": 1, "events": 1, "titles": 1}
_NOTIFICATION = {"user": 1, "title": 1, "task": 1, "created_at": 1}
HEAD = {"owner": 1, "members": 1}
_STANDING = {"state": 1, "epoch": 1, "spared": 1}


class Mark(NamedTuple):
    """The last row that was seen: the next page goes on behind it."""

    at: datetime
    id: str


def commits_named(store: Any, ids: Collection[str]) -> list[Row]:
    """These rows of history, but for hidden ones."""
    return list(store.db.history.find({"_id": {"$in": list(ids)}, "hidden": False}, _COMMIT))


def commits_behind(store: Any, mark: Mark, limit: int) -> list[Row]:
    """The commits of all trees behind a mark, oldest first, but for hidden ones."""
    wanted = {"hidden": False, **_behind("at", mark)}
    order = [("at", 1), ("_id", 1)]
    return list(store.db.history.find(wanted, _COMMIT, sort=order, limit=limit))


def notifications_behind(store: Any, mark: Mark, limit: int) -> list[Row]:
    """What anybody was notified of behind a mark, oldest first."""
    wanted = {"gone": False, **_behind("created_at", mark)}
    order = [("created_at", 1), ("_id", 1)]
    found = store.db.notifications.find(wanted, _NOTIFICATION, sort=order, limit=limit)
    return [_timed(row) for row in found]


def trees_since(store: Any, since: datetime, limit: int) -> list[Row]:
    """`{_id, tree}` of the commits from a time on, oldest first, but for hidden ones."""
    wanted = {"hidden": False, "at": {"$gte": since}}
    return list(store.db.history.find(wanted, {"tree": 1}, sort=[("at", 1)], limit=limit))


def heads(store: Any, trees: Collection[str]) -> dict[str, Row]:
    """Owner and members of trees, by their ids; one that was swept is left out."""
    found = store.db.trees.find({"_id": {"$in": list(trees)}}, HEAD)
    return {head["_id"]: head for head in found}


def notifications_of(store: Any, user: str, since: datetime, limit: int) -> list[Row]:
    """What a person was notified of from a time on, the newest first."""
    wanted = {"user": user, "created_at": {"$gte": since}, "gone": False}
    order = [("created_at", -1), ("_id", -1)]
    found = store.db.notifications.find(wanted, _NOTIFICATION, sort=order, limit=limit)
    return [_timed(row) for row in found]


def sessions(store: Any, ids: Collection[str], now: datetime) -> dict[str, Row]:
    """`{user, epoch}` of the sessions among these that have not ended, by their ids."""
    wanted = {"_id": {"$in": list(ids)}, "expires_at": {"$gt": now}}
    return {one["_id"]: one for one in store.db.sessions.find(wanted, {"user": 1, "epoch": 1})}


def api_tokens(store: Any, ids: Collection[str]) -> set[str]:
    """Those of some API tokens that nobody has taken back."""
    return {one["_id"] for one in store.db.api_tokens.find({"_id": {"$in": list(ids)}}, {"_id": 1})}


def users(store: Any, ids: Collection[str]) -> dict[str, Row]:
    """`{state, epoch, spared}` of people, by their ids."""
    found = store.db.users.find({"_id": {"$in": list(ids)}}, _STANDING)
    return {user["_id"]: user for user in found}


def names(store: Any, ids: Collection[str]) -> dict[str, str]:
    """The full names of people, by their ids."""
    found = store.db.users.find({"_id": {"$in": list(ids)}}, {"full_name": 1})
    return {user["_id"]: user["full_name"] for user in found if "full_name" in user}


def _behind(time: str, mark: Mark) -> Row:
    behind = [{time: {"$gt": mark.at}}, {time: mark.at, "_id": {"$gt": mark.id}}]
    return {time: {"$gte": mark.at}, "$or": behind}


def _timed(notification: Row) -> Row:
    return {**notification, "at": notification["created_at"]}
