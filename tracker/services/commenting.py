"""Comments on a task: listing, writing, changing and deleting them. Who may read a task may
comment; a comment is changed by its author, and deleted by its author or the tree's owner.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tracker.core import access, comments, limits
from tracker.core import attached as said
from tracker.core.attached import COMMENTS, NEWEST
from tracker.core.edits import Edit
from tracker.core.terms import ANY, Key, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Forbidden, NotFound
from tracker.store import accounts, attached, idem
from tracker.store.attached import Document

from . import finding, hung, markup, people, replies, writing
from .markup import Rendered
from .people import User
from .world import World
from .writing import Command

NO_COMMENT = "Comment not found"
NOT_YOURS = "Not authorized"
# longer than a key lives that might still bring one in, by the time that it takes to do so
GIVEN_UP = idem.KEPT + timedelta(hours=1)


class Comments(NamedTuple):
    """A page of comments, oldest first, with the people who wrote them, and the id behind which the
    next page begins.
    """

    rows: list[Document]
    people: dict[str, User]
    further: str | None


def listing(world: World, caller: User, task: str, *, after: str = "", limit: int = 0) -> Comments:
    """The comments of a live task behind one of them, at most `limit`; all for 0."""
    found = finding.live(world, caller, task)
    rows = attached.of_task(world.store, COMMENTS, found.row["_id"], after=after, limit=limit)
    authors = people.known(world, caller, {row["user"] for row in rows})
    return Comments(rows, authors, rows[-1]["_id"] if limit and len(rows) == limit else None)


def add(world: World, caller: User, task: str, content: str, terms: Terms = ANY) -> Comments:
    """Say something about a task. Raises NotFound, Stale, TooLarge.

    The comment is stored first, and stands once the tree's commit has counted it.
    """
    rendered, fresh = markup.render(content), world.new_id()
    made: Document = {}

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        comment_id = _claimed(world, terms.key, fresh, now)
        texts = {"content": content, **_texts(world, tree, rendered)}
        comment = _new(comment_id, task, caller, texts, now)
        limits.check_growth(tree, comments.add(place, comment).apply(tree))
        # an earlier try may have stored it, or a twin under the same key
        made.update(attached.insert(world.store, COMMENTS, comment))
        return comments.add(place, made)

    command = Command(caller, "comment", task, terms)
    return _answered(writing.write(world, command, decide, lambda _: _answer(caller, made)))


def change(
    world: World, caller: User, task: str, comment: str, content: str, terms: Terms = ANY
) -> Comments:
    """Put another text in the place of one's own. Raises NotFound, Forbidden, Stale, TooLarge."""
    rendered = markup.render(content)
    after: Document = {}

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        before = _standing(world, place, comment)
        if before["user"] != caller["_id"]:
            raise Forbidden(NOT_YOURS)
        after.update(before)
        if content == before["content"]:
            return Edit()
        after.update({"content": content, **_texts(world, tree, rendered), "updated_at": now})
        return comments.change(place, before, after)

    command = Command(caller, "edit_comment", task, terms, clean=True)
    return _answered(writing.write(world, command, decide, lambda _: _answer(caller, after)))


def delete(world: World, caller: User, task: str, comment: str, terms: Terms = ANY) -> None:
    """Take a comment away. Raises NotFound, Forbidden, Stale."""

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        found = _standing(world, place, comment)
        rank = access.rank(tree, caller["_id"], open_workspace=world.open_workspace)
        if found["user"] != caller["_id"] and rank < access.OWNER:
            raise Forbidden(NOT_YOURS)
        left: list[str] = []
        if said.moves_up(place.node, COMMENTS, comment):
            left = attached.newest_ids(world.store, COMMENTS, task, NEWEST + 1)
        return comments.delete(place, found, left)

    command = Command(caller, "delete_comment", task, terms, clean=True)
    writing.write(world, command, decide, lambda _: None)


def unfinished(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Comments that were stored a day ago, and that no commit has counted."""
    before = world.now() - GIVEN_UP
    return attached.unfinished(world.store, COMMENTS, before, limit, skip)


def drop_unfinished(world: World, comment: str) -> None:
    """Remove such a comment, or let it stand where it was counted after all."""
    found = attached.pending(world.store, COMMENTS, comment)
    if found is None:
        return
    if hung.is_committed(world, COMMENTS, found):
        attached.finish(world.store, COMMENTS, comment)
    else:
        attached.drop_pending(world.store, COMMENTS, comment, world.now() - GIVEN_UP)


def _claimed(world: World, key: Key | None, fresh: str, now: datetime) -> str:
    """The id of a new comment: under a key the one that its first try took, so that no retry leaves
    a second document behind.
    """
    if key is None or idem.claim(world.store, key.id, key.request, fresh, now):
        return fresh
    claim = idem.get(world.store, key.id, now)
    if claim is None or "result" in claim:
        return fresh  # a twin has just come to its end: this commit will lose the race, and find it
    replies.require_same(claim, key)
    return str(claim["root"])


def _new(comment: str, task: str, author: User, texts: dict[str, Any], now: datetime) -> Document:
    return {
        "_id": comment,
        "task": task,
        "user": author["_id"],
        **texts,
        "created_at": now,
        "updated_at": now,
        "hops": 0,
        "rev": 0,
        "pending": now,
    }


def _texts(world: World, tree: Tree, rendered: Rendered) -> dict[str, Any]:
    """What a text becomes: HTML, and who of those it names may see the task."""
    named = comments.names(rendered.texts)
    mentioned = [
        user["_id"]
        for user in (accounts.by_usernames(world.store, named) if named else [])
        if user["state"] == "active"
        and access.rank(tree, user["_id"], open_workspace=world.open_workspace)
    ]
    return {"html": rendered.html, "mentions": sorted(mentioned)}


def _standing(world: World, place: Place, comment: str) -> Document:
    found = attached.get(world.store, COMMENTS, comment)
    if found is None or found["task"] != place.node["id"]:
        raise NotFound(NO_COMMENT)
    return found


def _answer(author: User, comment: Document) -> dict[str, Any]:
    """The answer as it is remembered under a key."""
    return {"comment": dict(comment), "author": people.public(author)}


def _answered(found: dict[str, Any]) -> Comments:
    author = found["author"]
    return Comments([found["comment"]], {author["_id"]: author}, None)
