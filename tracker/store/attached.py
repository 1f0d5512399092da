"""What hangs on tasks and is stored beside their trees: the collections `comments` and `files`.

How a document comes and goes, comments and files alike:

    added     the document is inserted with `pending` (the time of it), then a commit on the tree
              writes count and newest ids (`core.attached.add`, `put`) with the event
              `comment_added` or `file_added`; its drain takes `pending` off. What stays pending was
              never committed: the sweep removes it after a day, when no retry under its key can
              name it any more.
    removed   the commit comes first (`core.attached.remove`), with the event `comment_deleted` or
              `file_deleted`; its drain sets `deleted_at`.
    purged    a task that is gone for good takes its comments with it; its files get `deleted_at`.

An event names one by `comment` or `file`, several by `comments` or `files`. Whoever reads here sees
neither what is pending nor what is deleted. A deleted comment is kept for a while and expires by
itself. A deleted file waits for whoever removes its bytes first and its document second: a drain is
database to database, and the bytes may lie elsewhere.

A drain may run late, twice, or beside another, so every step here comes to the same whenever and
however often it is done: nothing is inserted, what is deleted stays deleted, and of two texts of a
comment that of the higher (hops, rev) stays.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from tracker.core.attached import COMMENTS, FILES
from tracker.core.commits import Entry
from tracker.core.edits import Event
from tracker.core.trees import Tree

Document = dict[str, Any]

KEPT = timedelta(days=30)
# all in one answer of the database, however many a list shows
BATCH = 10_000

_SHOWN = {"pending": None, "deleted_at": None}
_KINDS = {"comment": COMMENTS, "file": FILES}


def settle(store: Any, snapshot: Tree) -> None:
    """What the entries of a snapshot bring about in comments and files; no round trip where that
    is nothing.
    """
    writes: dict[str, list[Any]] = {COMMENTS: [], FILES: []}
    gone: dict[str, datetime] = {}
    for entry in snapshot["outbox"]:
        gone |= dict.fromkeys(entry["gone"], entry["at"])
        for event in entry["events"]:
            name, _, deed = event["type"].partition("_")
            if name in _KINDS:
                writes[_KINDS[name]] += _writes(name, deed, event, entry)
    for kind, some in writes.items():
        if some:
            store.db[kind].bulk_write(some, ordered=False)
    if gone:
        _bury(store, gone)


def insert(store: Any, kind: str, document: Document) -> Document:
    """Store a new document, pending; answers what stands under its id, where somebody was first
    theirs.
    """
    try:
        store.db[kind].insert_one(document)
    except DuplicateKeyError:
        return store.db[kind].find_one({"_id": document["_id"]}) or document
    return document


def get(store: Any, kind: str, one: str) -> Document | None:
    """The document with this id."""
    found: Document | None = store.db[kind].find_one({"_id": one, **_SHOWN})
    return found


def by_ids(store: Any, kind: str, ids: Collection[str]) -> list[Document]:
    """The documents with these ids, oldest first."""
    wanted = {"_id": {"$in": list(ids)}, **_SHOWN}
    return list(store.db[kind].find(wanted, sort=[("_id", 1)], batch_size=BATCH))


def of_task(
    store: Any, kind: str, task: str, *, after: str = "", until: str | None = None, limit: int = 0
) -> list[Document]:
    """What a task has of a kind, oldest first: behind one id, up to another; without a limit all,
    in one round trip.
    """
    span = {"$gt": after} | ({"$lte": until} if until else {})
    wanted = {"task": task, "_id": span, **_SHOWN}
    found = store.db[kind].find(wanted, sort=[("_id", 1)], limit=limit, batch_size=limit or BATCH)
    return list(found)


def of_user(store: Any, kind: str, user: str, after: str, limit: int) -> list[Document]:
    """What somebody wrote, in whosever tasks, oldest first: behind one id."""
    wanted = {"user": user, "_id": {"$gt": after}, **_SHOWN}
    found = store.db[kind].find(wanted, sort=[("_id", 1)], limit=limit, batch_size=limit)
    return list(found)


def newest_ids(store: Any, kind: str, task: str, limit: int) -> list[str]:
    """The ids of the newest that a task has, newest first."""
    wanted = {"task": task, **_SHOWN}
    found = store.db[kind].find(wanted, {"_id": 1}, sort=[("_id", -1)], limit=limit)
    return [one["_id"] for one in found]


def unfinished(
    store: Any, kind: str, before: datetime, limit: int, skip: Collection[str] = ()
) -> list[str]:
    """The ids of what has been pending since before a time."""
    wanted = {"pending": {"$lt": before}, "_id": {"$nin": list(skip)}}
    return [one["_id"] for one in store.db[kind].find(wanted, {"_id": 1}, limit=limit)]


def pending(store: Any, kind: str, one: str) -> Document | None:
    """A document that is still pending."""
    found: Document | None = store.db[kind].find_one({"_id": one, "pending": {"$ne": None}})
    return found


def finish(store: Any, kind: str, one: str) -> None:
    """Take `pending` off what was committed after all."""
    store.db[kind].update_one({"_id": one}, {"$unset": {"pending": ""}})


def drop_pending(store: Any, kind: str, one: str, before: datetime) -> bool:
    """Remove what has been pending since before a time; False where it is not any more."""
    late = {"_id": one, "pending": {"$lt": before}}
    return bool(store.db[kind].delete_one(late).deleted_count)


def _writes(name: str, deed: str, event: Event, entry: Entry) -> Iterator[UpdateOne]:
    for one in [event[name]] if name in event else event[_KINDS[name]]:
        if deed == "added":
            yield UpdateOne({"_id": one}, {"$unset": {"pending": ""}})
        elif deed == "deleted":
            expires = {"expires_at": entry["at"] + KEPT} if name == "comment" else {}
            yield UpdateOne({"_id": one}, {"$set": {"deleted_at": entry["at"], **expires}})
        elif deed == "updated":
            yield _rewriting(one, event, entry)


def _rewriting(one: str, event: Event, entry: Entry) -> UpdateOne:
    """The new text of a comment, which the event carries: it is committed before it is here."""
    hops, rev = event["hops"], entry["seq"]
    older = {"$or": [{"hops": {"$lt": hops}}, {"hops": hops, "rev": {"$lt": rev}}]}
    now = {**event["said"], "updated_at": entry["at"], "hops": hops, "rev": rev}
    return UpdateOne({"_id": one, **older}, {"$set": now})


def _bury(store: Any, gone: dict[str, datetime]) -> None:
    tasks = {"$in": list(gone)}
    store.db[COMMENTS].delete_many({"task": tasks})
    left = {"$set": {"deleted_at": max(gone.values())}}
    store.db[FILES].update_many({"task": tasks, "deleted_at": None}, left)
