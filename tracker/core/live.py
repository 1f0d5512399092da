"""What those who watch hear of a commit or a notification, and who may hear it: TaskHub's words.

A message is `{type, data, id}`. Its id begins with the time of what it tells, in milliseconds, so
that somebody who comes back can say from when on they have missed things.
"""

import re
from collections.abc import Collection, Iterable, Mapping
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
    "pomodoro_finished": UPDATED,
}
# those of comments are told as what they are, and name their author but where the comment went
COMMENTS = ("comment_added", "comment_updated", "comment_deleted")

_NOBODY: Mapping[str, str] = {}
_ID = re.compile(r"([0-9]{1,14})-[0-9a-z:.-]{0,120}")

Head = Mapping[str, Any]


class Message(NamedTuple):
    """What one watcher is sent."""

    type: str
    data: dict[str, Any]
    id: str


def of_commit(row: Mapping[str, Any], names: Mapping[str, str] = _NOBODY) -> list[Message]:
    """What a row of history is told as, each kind of thing once a task; nothing of a hidden one.

    A task without a title is not there any more: nothing but its end is told of it. `names` are
    those of `authors`.
    """
    if row["hidden"]:
        return []
    titles, begin = row.get("titles", {}), _stamp(row["at"])
    told = dict.fromkeys((_kind(one[0]), *one[1:]) for one in row.get("events", ()))
    return [
        Message(kind, _data(kind, task, titles, about, names), f"{begin}-{row['_id']}.{place}")
        for place, (kind, task, *about) in enumerate(told)
        if kind and (kind == DELETED or task in titles)
    ]


def authors(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Whose comments rows of history tell of."""
    return {one[3] for row in rows for one in row.get("events", ()) if one[0] in COMMENTS}


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


def _kind(event: str) -> str | None:
    return event if event in COMMENTS else TOLD_AS.get(event)


def _data(
    kind: str, task: str, titles: Mapping[str, str], about: list[str], names: Mapping[str, str]
) -> dict[str, Any]:
    if kind == DELETED:
        return {"task_id": task}
    if kind not in COMMENTS:
        return {"task_id": task, "title": titles[task]}
    comment, author = about
    named = {} if kind == "comment_deleted" else {"author": names.get(author)}
    return {"task_id": task, "comment_id": comment, **named}


def _stamp(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))
