"""What somebody may see: the rows of their own space and of the trees shared with them, and the
people they share trees with. What waits in those trees is drained first.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from tracker.core import categories
from tracker.core.select import Query
from tracker.core.tags import Palette
from tracker.store import accounts, drains
from tracker.store import trees as stored
from tracker.store.paths import Scope

from .people import User
from .world import World

Head = dict[str, Any]


class Sight(NamedTuple):
    """A scope, and `version`: another one after every commit on a tree of it. `is_settled` where
    the rows of the scope are known to be those of this version.

    The version is made of the trees' own revs, not kept beside them: nobody has to bump it, so that
    no crash and no outage leaves an old one standing.
    """

    scope: Scope
    version: str
    is_settled: bool


class Company(NamedTuple):
    """A scope, and the active people one shares a tree of it with, oneself among them, by name."""

    scope: Scope
    people: list[User]


def scope(world: World, caller: User) -> Scope:
    """What the caller may see; one round trip where nothing waits."""
    return _scope(world, caller, stored.heads_of(world.store, caller["_id"]))


def sight(world: World, caller: User) -> Sight:
    """What the caller may see, at which version; two round trips where nothing waits. Not for an
    open workspace, where everybody's trees would have to be asked.
    """
    shared = stored.heads_of(world.store, caller["_id"])
    seen = _scope(world, caller, shared)
    heads = [*shared, *stored.revs(world.store, caller["_id"])]
    return Sight(seen, _version(heads), not any(head.get("dirty") for head in heads))


def company(world: World, caller: User) -> Company:
    """What the caller may see, and with whom; two round trips where nothing waits."""
    if world.open_workspace:
        return Company(scope(world, caller), _by_name(accounts.active(world.store)))
    heads = stored.sharing(world.store, caller["_id"])
    seen = _scope(world, caller, heads)
    owners = {head["owner"] for head in heads}
    others = (owners | {m["user"] for head in heads for m in head["members"]}) - {caller["_id"]}
    found = accounts.by_ids(world.store, sorted(others)) if others else []
    return Company(seen, _by_name([caller, *(one for one in found if one["state"] == "active")]))


def as_written(caller: User, query: Query) -> Query:
    """A query with what stands on tasks for a category of one's own, and for a tag while one's own
    trees follow a changed palette.
    """
    if query.category is not None:
        going = query.category in caller.get("categories_going", ())
        named = categories.id_of(caller["_id"], query.category)
        query = replace(query, category_ids=() if going else (named,))
    if query.tag is not None and "tidy_at" in caller:
        palette = Palette.of(caller["_id"], caller, caller["created_at"])
        query = replace(query, tag_names=palette.written(query.tag))
    return query


def _scope(world: World, caller: User, heads: list[Head]) -> Scope:
    for head in heads:
        if head.get("dirty"):
            drains.drain_now(world.store, head["_id"])
    shared = tuple(head["_id"] for head in heads if head["owner"] != caller["_id"])
    return Scope(world.store.space_of(caller["_id"]), () if world.open_workspace else shared)


def _version(heads: Iterable[Head]) -> str:
    said = sorted({f"{head['_id']} {head['rev']}" for head in heads})
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()


def _by_name(users: Iterable[User]) -> list[User]:
    return sorted(users, key=lambda user: (user["full_name"].casefold(), user["_id"]))
