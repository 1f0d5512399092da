"""The truth: one document a tree. Loads whole trees and heads, and writes by one guarded update.

`commit` is the only way to change a tree: its filter holds the rev that the decision read, so it
covers everything the decision read.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from tracker.core.commits import Commit
from tracker.core.trees import Tree

Head = dict[str, Any]

_HEAD = {"owner": 1, "members": 1, "rev": 1, "dirty": 1, "moving": 1, "moves": 1}


def load(store: Any, tree: str) -> Tree | None:
    """A whole tree as it stands, with its outbox and ops; None where there is none."""
    found: Tree | None = store.db.trees.find_one({"_id": tree})
    return found


def head(store: Any, tree: str) -> Head | None:
    """Owner, members, rev and `dirty` of a tree, without its tasks."""
    found: Head | None = store.db.trees.find_one({"_id": tree}, _HEAD)
    return found


def heads(store: Any, trees: Collection[str]) -> dict[str, Head]:
    """The heads of these trees, by their ids."""
    found = store.db.trees.find({"_id": {"$in": list(trees)}}, _HEAD)
    return {head["_id"]: head for head in found}


def heads_of(store: Any, user: str) -> list[Head]:
    """The heads of the trees shared with a user, and of the user's own trees that are not
    drained.
    """
    if store.open_workspace:
        return list(store.db.trees.find({"dirty": True}, _HEAD))
    mine = {"$or": [{"members.user": user}, {"dirty": True, "owner": user}]}
    return list(store.db.trees.find(mine, _HEAD))


def owned(store: Any, user: str, *, skip: int, limit: int) -> list[Tree]:
    """A user's own trees that are not in the trash, whole but for what waits in them, the newest
    first; one round trip, up to 16 MB.
    """
    shown, newest = {"outbox": 0, "ops": 0}, [("_id", -1)]
    found = store.db.trees.find(
        _owned(user), shown, sort=newest, skip=skip, limit=limit, batch_size=limit
    )
    return list(found)


def count_owned(store: Any, user: str) -> int:
    """How many there are of them."""
    return int(store.db.trees.count_documents(_owned(user)))


def dirty(store: Any, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of trees that wait to be drained, at most `limit`."""
    found = store.db.trees.find(
        {"dirty": True, "_id": {"$nin": list(skip)}}, {"_id": 1}, limit=limit
    )
    return [tree["_id"] for tree in found]


def count_dirty(store: Any, most: int) -> int:
    """How many trees wait to be drained, `most` where there are more."""
    return int(store.db.trees.count_documents({"dirty": True}, limit=most))


def oldest_entry(store: Any, among: int = 100) -> datetime | None:
    """When the oldest of all that waits in dirty trees was committed, as far as some of them tell;
    None where nothing waits.
    """
    found = store.db.trees.find({"dirty": True}, {"outbox.at": 1}, limit=among)
    return min((tree["outbox"][0]["at"] for tree in found if tree["outbox"]), default=None)


def insert(store: Any, tree: Tree) -> bool:
    """Store a new tree; False where its id exists already."""
    try:
        store.db.trees.insert_one(tree)
    except DuplicateKeyError:
        return False
    return True


def commit(store: Any, commit: Commit) -> bool:
    """Write one Edit with its outbox entry; False where somebody else was first.

    Matched documents are counted, never modified ones: an edit that changes nothing has matched.
    """
    before, edit = commit.before, commit.edit
    update: dict[str, Any] = {
        "$set": {**edit.set, "rev": commit.after["rev"], "dirty": True},
        "$push": {"outbox": commit.entry} | ({"ops": commit.op} if commit.op else {}),
    }
    if edit.unset:
        update["$unset"] = dict.fromkeys(edit.unset, "")
    guard = {"_id": before["_id"], "owner": before["owner"], "rev": before["rev"]}
    return bool(store.db.trees.update_one(guard, update).matched_count)


def revs(store: Any, owner: str) -> list[Head]:
    """`_id`, `rev` and `dirty` of all trees that somebody owns, from an index alone."""
    return list(store.db.trees.find({"owner": owner}, {"rev": 1, "dirty": 1}, sort=[("_id", 1)]))


def sharing(store: Any, user: str) -> list[Head]:
    """The heads of the trees that a user shares with others, whoever owns them, and of the user's
    own that are not drained.
    """
    own = {"owner": user, "$or": [{"members.user": {"$gt": ""}}, {"dirty": True}]}
    return list(store.db.trees.find({"$or": [{"members.user": user}, own]}, _HEAD))


def companions(store: Any, user: str, among: Collection[str]) -> set[str]:
    """Those of some people with whom a user shares at least one tree."""
    asked = list(among)
    mine = {"$or": [{"owner": user}, {"members.user": user}]}
    theirs = {"$or": [{"owner": {"$in": asked}}, {"members.user": {"$in": asked}}]}
    found = store.db.trees.find({"$and": [mine, theirs]}, {"owner": 1, "members": 1})
    met = {
        person
        for tree in found
        for person in (tree["owner"], *(m["user"] for m in tree["members"]))
    }
    return met.intersection(among)


def ids(store: Any, after: str = "", batch: int = 200) -> Iterator[str]:
    """The ids of all trees behind one, in order, read in batches so that no cursor stays open."""
    while True:
        found = store.db.trees.find(
            {"_id": {"$gt": after}}, {"_id": 1}, sort=[("_id", 1)], limit=batch
        )
        page = [tree["_id"] for tree in found]
        yield from page
        if len(page) < batch:
            return
        after = page[-1]


def count(store: Any) -> int:
    """About how many trees there are, for a progress bar."""
    return int(store.db.trees.estimated_document_count())


def moving(store: Any, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of trees with moves out of them that are not finished."""
    wanted = {"moving.id": {"$gt": ""}, "_id": {"$nin": list(skip)}}
    found = store.db.trees.find(wanted, {"_id": 1}, limit=limit)
    return [tree["_id"] for tree in found]


def settled(store: Any, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The ids of trees that remember outcomes of moves into them."""
    wanted = {"moves.id": {"$gt": ""}, "_id": {"$nin": list(skip)}}
    found = store.db.trees.find(wanted, {"_id": 1}, limit=limit)
    return [tree["_id"] for tree in found]


def sweep_ended(store: Any, before: datetime, limit: int) -> int:
    """Remove the heads of trees that ended before a time and of which nothing speaks any more, at
    most `limit`; returns how many.
    """
    quiet: dict[str, Any] = {
        "ended_at": {"$lt": before},
        "root": None,
        "outbox": [],
        "ops": [],
        "dirty": None,
        "moving": None,
        "moves": None,
    }
    found = [tree["_id"] for tree in store.db.trees.find(quiet, {"_id": 1}, limit=limit)]
    if not found:
        return 0
    # asked again: one of them may have taken in a task meanwhile
    return int(store.db.trees.delete_many({**quiet, "_id": {"$in": found}}).deleted_count)


def _owned(user: str) -> dict[str, Any]:
    """A tree that has ended has no root."""
    return {"owner": user, "root.id": {"$exists": True}, "root.deleted_at": None}
