"""What stands for a person, a session or an API token: read together with that person."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .accounts import User


class Held(NamedTuple):
    """A session or an API token, and its user as stored."""

    what: dict[str, Any]
    user: User


def held(collection: Any, wanted: Mapping[str, Any]) -> Held | None:
    """The only document that matches and its user, in one round trip; None where either is gone."""
    user = {"from": "users", "localField": "user", "foreignField": "_id", "as": "users"}
    for found in collection.aggregate([{"$match": wanted}, {"$lookup": user}]):
        users = found.pop("users")
        return Held(found, users[0]) if users else None
    return None
