"""Notifications, one row each: what a person was told in the application, newest first.

    {_id, user, kind, task, tree, title, message, is_read, gone, created_at, expires_at}

Rows and the jobs of their letters are made by drains, under the ids of their notices. What its
reader removed stays as an empty row that is `gone`: a drain that was paused must not bring it back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tracker.core import notices
from tracker.core.notices import Notice
from tracker.core.preferences import IN_APP, MAIL, wants

from . import jobs
from .jobs import Job

Row = dict[str, Any]

KEPT = timedelta(days=90)
_NEWEST = [("created_at", -1), ("_id", -1)]
_PEOPLE = {"state": 1, "notify": 1, "full_name": 1, "email": 1}


class Mark(NamedTuple):
    """The last row that was seen: the next page goes on behind it."""

    at: datetime
    id: str


def written(store: Any, told: Sequence[Notice]) -> tuple[list[Row], list[Job]]:
    """The rows and the jobs of letters that notices become, by what each person wants now.

    One round trip. Nothing becomes of a notice for somebody who is gone or shut out.
    """
    named = {one.user for one in told} | {one.by for one in told if one.kind == notices.COMMENT}
    found = store.db.users.find({"_id": {"$in": sorted(named)}}, _PEOPLE)
    people = {user["_id"]: user for user in found}
    heard = [one for one in told if people.get(one.user, {}).get("state") == "active"]
    shown = [one for one in heard if wants(people[one.user], one.kind, IN_APP)]
    mailed = [one for one in heard if one.may_mail and _gets_mail(people[one.user], one.kind)]
    return [row(one, people.get(one.by)) for one in shown], [_letter(one) for one in mailed]


def row(notice: Notice, author: dict[str, Any] | None) -> Row:
    """A notice as a new row; `author` is whose doing it was, if they are known."""
    title, message = notices.words(notice, author["full_name"] if author else "Somebody")
    return {
        "_id": notice.id,
        "user": notice.user,
        "kind": notice.kind,
        "task": notice.task,
        "tree": notice.tree,
        "title": title,
        "message": message,
        "is_read": False,
        "gone": False,
        "created_at": notice.at,
        "expires_at": notice.at + KEPT,
    }


def plain(key: str, user: str, kind: str, words: tuple[str, str], now: datetime) -> Row:
    """A new row that is about no task; `words` are its title and its message."""
    about: Row = {"_id": key, "user": user, "kind": kind, "task": None, "tree": None}
    said = {"title": words[0], "message": words[1], "is_read": False, "gone": False}
    return {**about, **said, "created_at": now, "expires_at": now + KEPT}


def insert(store: Any, row: Row) -> bool:
    """Store a new row; False where it is there already, or was."""
    try:
        store.db.notifications.insert_one(row)
    except DuplicateKeyError:
        return False
    return True


def page(
    store: Any, user: str, now: datetime, *, after: Mark | None, unread: bool, limit: int
) -> list[Row]:
    """A person's rows, newest first; with `unread` those alone that are not read."""
    wanted = _live(user, now) | ({"is_read": False} if unread else {})
    if after:
        later = {"created_at": after.at, "_id": {"$lt": after.id}}
        wanted["$or"] = [{"created_at": {"$lt": after.at}}, later]
    return list(store.db.notifications.find(wanted, sort=_NEWEST, limit=limit))


def unread(store: Any, user: str, now: datetime, limit: int) -> list[Row]:
    """`{_id, task}` of the newest rows that a person has not read."""
    wanted = {**_live(user, now), "is_read": False}
    return list(store.db.notifications.find(wanted, {"task": 1}, sort=_NEWEST, limit=limit))


def get(store: Any, user: str, notification: str, now: datetime) -> Row | None:
    """One row of a person's own."""
    found: Row | None = store.db.notifications.find_one({"_id": notification, **_live(user, now)})
    return found


def put_read(store: Any, user: str, notification: str) -> Row | None:
    """The row after it was marked as read; None where it is gone meanwhile."""
    changed: Row | None = store.db.notifications.find_one_and_update(
        {"_id": notification, "user": user, "gone": False},
        {"$set": {"is_read": True}},
        return_document=ReturnDocument.AFTER,
    )
    return changed


def put_all_read(store: Any, user: str) -> None:
    """Mark all of a person's rows as read."""
    mine = {"user": user, "gone": False, "is_read": False}
    store.db.notifications.update_many(mine, {"$set": {"is_read": True}})


def empty(store: Any, user: str, notification: str) -> bool:
    """Take away what a row says, and let it be gone; False where it is."""
    blank = {"$set": {"gone": True, "is_read": True}, "$unset": {"title": "", "message": ""}}
    mine = {"_id": notification, "user": user, "gone": False}
    return bool(store.db.notifications.update_one(mine, blank).matched_count)


def remove_all(store: Any, user: str) -> None:
    """Remove all rows of a person for good."""
    store.db.notifications.delete_many({"user": user})


def empty_of_tree(store: Any, tree: str) -> None:
    """Take away what all rows that were made in a tree say, whoever's they are."""
    blank = {"$set": {"gone": True}, "$unset": {"title": "", "message": ""}}
    store.db.notifications.update_many({"tree": tree, "gone": False}, blank)


def _live(user: str, now: datetime) -> dict[str, Any]:
    return {"user": user, "gone": False, "expires_at": {"$gt": now}}


def _gets_mail(user: dict[str, Any], kind: str) -> bool:
    return "email" in user and wants(user, kind, MAIL)


def _letter(notice: Notice) -> Job:
    """The job of a letter: whom it is for stands outside its data, so that it can be counted. The
    title is not kept: it is asked for when the letter leaves.
    """
    data = {**notice._asdict(), "said": dict(notice.said), "subject": ""}
    job = jobs.fresh("mail", notice.id, notice.at, {"notice": data})
    return {**job, "user": notice.user, "about": notice.kind}
