"""All that somebody owns, a piece at a time: however much it is, one tree is held in memory."""

from collections.abc import Iterator
from typing import Any

from tracker.core.attached import COMMENTS, FILES
from tracker.core.trees import Tree
from tracker.store import attached, histories, leaving
from tracker.store import trees as stored
from tracker.store.accounts import User
from tracker.store.attached import Document
from tracker.store.histories import Mark

from . import categorizing
from .world import World

PAGE = 200


def own_trees(world: World, user: User) -> Iterator[Tree]:
    """The trees that somebody owns, with what lies in their trash; none that has ended."""
    for tree in _own(world, user):
        with world.store.deadline():
            found = stored.load(world.store, tree)
        if found and found["root"]:
            yield found


def memberships(world: World, user: User) -> Iterator[dict[str, str]]:
    """`{tree, role}` of the trees of others that are shared with somebody."""
    page: list[dict[str, Any]] = [{}]
    after = ""
    while page:
        with world.store.deadline():
            page = leaving.memberships(world.store, user["_id"], after, PAGE)
        for head in page:
            after = head["_id"]
            yield {"tree": after, "role": _role(head, user["_id"])}


def history(world: World, user: User) -> Iterator[dict[str, Any]]:
    """What happened to one's own trees, newest first in each."""
    for tree in _own(world, user):
        page: list[dict[str, Any]] = [{}]
        after: Mark | None = None
        while page:
            with world.store.deadline():
                page = histories.of_tree(world.store, tree, after, PAGE)
            yield from page
            last = page[-1] if page else None
            after = Mark(last["at"], last["seq"], last["_id"]) if last else None


def comments(world: World, user: User) -> Iterator[Document]:
    """What somebody said about tasks, their own and those of others."""
    return _hung(world, user, COMMENTS)


def files(world: World, user: User) -> Iterator[Document]:
    """What somebody attached to tasks, without the bytes."""
    return _hung(world, user, FILES)


def categories(world: World, user: User) -> list[dict[str, Any]]:
    """A person's categories, by their numbers."""
    with world.store.deadline():
        return [one._asdict() for one in categorizing.listing(world, user)]


def _hung(world: World, user: User, kind: str) -> Iterator[Document]:
    page: list[Document] = [{"_id": ""}]
    while page:
        with world.store.deadline():
            page = attached.of_user(world.store, kind, user["_id"], page[-1]["_id"], PAGE)
        yield from page


def _own(world: World, user: User) -> Iterator[str]:
    page, after = [""], ""
    while page:
        with world.store.deadline():
            page = leaving.own_trees(world.store, user["_id"], after, PAGE)
        yield from page
        after = page[-1] if page else ""


def _role(head: dict[str, Any], user: str) -> str:
    roles: dict[str, str] = {member["user"]: member["role"] for member in head["members"]}
    return roles[user]
