"""What those who watch hear of a commit or a notification, and who may hear it: TaskHub's words.

A message is `{type, data, id}`. Its id begins with the time of what it tells, in milliseconds, so
that somebody who comes back can say from when on they have missed things.
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .access import rank

CREATED, UPDATED, DELETED = "task_created", "task_updated", "task_deleted"
NOTIFICATION = "notification"

# events of a tree -> as what they are told; what is not here is not told
TOLD_AS = {
    "task_created": CREATED,
    "task_restored": CREATED,
    "task_updated": UPDATED,
    "task_completed": UPDATED,
    "task_reopened": UPDATED,
    "task_moved": UPDATED,
    "member_added": UPDATED,
    "member_changed": UPDATED,
    "member_removed": UPDATED,
    "task_deleted": DELETED,
    "task_purged": DELETED,
}

_ID = re.compile(r"([0-9]{1,14})-[0-9a-z:.-]{0,120}")

Head = Mapping[str, Any]


class Message(NamedTuple):
    """What one watcher is sent."""

    type: str
    data: dict[str, Any]
    id: str


def of_commit(row: Mapping[str, Any]) -> list[Message]:
    """What a row of history is told as, each kind of thing once a task; nothing of a hidden one.

    A task without a title is not there any more: nothing but its end is told of it.
    """
    if row["hidden"]:
        return []
    titles, begin = row.get("titles", {}), _stamp(row["at"])
    told = dict.fromkeys((TOLD_AS.get(kind), task) for kind, task in row.get("events", ()))
    return [
        Message(kind, _data(kind, task, titles), f"{begin}-{row['_id']}.{place}")
        for place, (kind, task) in enumerate(told)
        if kind and (kind == DELETED or task in titles)
    ]


def of_notification(row: Mapping[str, Any]) -> Message:
    """What a notification is told as, to its user alone."""
    data = {"user_id": row["user"], "title": row["title"], "task_id": row["task"]}
    return Message(NOTIFICATION, data, f"{_stamp(row['at'])}-{row['_id']}")


def moment(at: datetime) -> str:
    """An id that tells nothing but a time: from there on somebody may come back."""
    return f"{_stamp(at)}-"


def time_of(message_id: str) -> datetime | None:
    """The time of what a message told; None for an id that is none of ours."""
    found = _ID.fullmatch(message_id)
    if found is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))


def audience(head: Head, users: Collection[str], *, open_workspace: bool) -> list[str]:
    """Those of some people who may hear of a tree now."""
    if open_workspace:
        return list(users)
    near = {head["owner"], *(member["user"] for member in head["members"])}
    return [user for user in near if user in users and rank(head, user)]


def _data(kind: str, task: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return {"task_id": task} if kind == DELETED else {"task_id": task, "title": titles[task]}


def _stamp(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))
