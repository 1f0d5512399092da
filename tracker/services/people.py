"""The people around tasks: those that an answer shows, and those that may be named in a request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from tracker.core.rows import Row
from tracker.errors import Fault, Invalid
from tracker.store import accounts, trees

from .hung import Hung
from .world import World

User = dict[str, Any]


_PUBLIC = ("_id", "number", "email", "username", "full_name", "avatar_url", "state", "created_at")


class Answer(NamedTuple):
    """Rows with what it takes to show them: the people they name by id, and the time they are shown
    at; what hangs on them, where it was looked for.
    """

    rows: list[Row]
    people: dict[str, User]
    now: datetime
    hung: Hung | None = None

    @property
    def row(self) -> Row:
        return self.rows[0]


def around(
    world: World,
    caller: User,
    rows: list[Row],
    now: datetime | None = None,
    *,
    hung: Hung | None = None,
) -> Answer:
    """Rows with their creators, assignees and owners, and who wrote what hangs on them; a query
    only where the caller is not all of them.
    """
    named = {row[role] for row in rows for role in ("created_by", "assigned_to", "owner")}
    named |= hung.authors() if hung else set()
    return Answer(rows, known(world, caller, named), now or world.now(), hung)


def known(world: World, caller: User, ids: Iterable[str | None]) -> dict[str, User]:
    """People by id; who is gone is left out."""
    others = sorted({user for user in ids if user and user != caller["_id"]})
    found = accounts.by_ids(world.store, others) if others else []
    return {user["_id"]: user for user in [caller, *found]}


def public(user: User) -> User:
    """What others may see of a person, as it is stored."""
    return {name: user[name] for name in _PUBLIC if name in user}


def assignable(world: World, caller: User, username: str) -> str | None:
    """The id of who has this user name, or else this name at Telegram, by which those are shown who
    have no other; where the caller may know them and they may come in.
    """
    found = accounts.find_by_username(world.store, username)
    found = found or accounts.find_by_tg_name(world.store, username)
    try:
        require_visible(world, caller, {found["_id"]} if found else {None})
    except Invalid:
        return None
    return str(found["_id"]) if found else None


def zone_of(user: User) -> str:
    """The time zone that a person lives by, as an IANA name; UTC until they say so."""
    return str(user.get("time_zone", "UTC"))


def require_visible(world: World, caller: User, users: Iterable[str | None]) -> None:
    """Passes where the caller may know each of these people; raises Invalid naming `/assigned_to`
    else.
    """
    others = {user for user in users if user and user != caller["_id"]}
    if not others:
        return
    active = {
        user["_id"]
        for user in accounts.by_ids(world.store, sorted(others))
        if user["state"] == "active"
    }
    visible = (
        active
        if world.open_workspace
        else active & trees.companions(world.store, caller["_id"], active)
    )
    if others - visible:
        raise Invalid(Fault("/assigned_to", "No person that you share a tree with has this id"))
