"""Letters about notices: whether one still is to go out when it leaves, and what it says then.

Much may have changed since it was queued: it goes to nobody who may no longer see the task, who is
shut out, or who does not want it any more, and says nothing that is no longer so. Where many would
go to one person, one goes in their place.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from tracker.core import life, notices
from tracker.core.notices import ASSIGNED, COMMENT, MEMBER, OVERDUE, REMINDER, Notice
from tracker.core.preferences import MAIL, wants
from tracker.core.rows import Row
from tracker.mail import Letter, Post, is_talkative
from tracker.store import accounts, jobs, letters
from tracker.store.accounts import User
from tracker.store.jobs import Job

from . import finding
from .jobs import DEAD_KEPT
from .world import World

# So many of a kind go to one person one by one; of what is beyond, one letter tells.
FEW, WITHIN = 5, timedelta(minutes=10)
MOST_LISTED = 50
# in characters: together they keep a line below the 998 bytes of RFC 5322, escaped as well
LONGEST_TITLE, LONGEST_NAME = 120, 60
A_TASK, SOMEBODY = "one of your tasks", "Somebody"
# what holds one written sign together
_JOINERS = "\u200c\u200d"


class _Words(NamedTuple):
    """How a kind of letter speaks: its template and subject, and what one of many says."""

    template: str
    subject: str
    many: str
    message: str


_WORDS = {
    OVERDUE: _Words(
        "overdue",
        "Overdue: {title}",
        "Overdue: {count} tasks",
        "{count} of your tasks are past their due dates. Please take action.",
    ),
    ASSIGNED: _Words(
        "assigned",
        "Task assigned: {title}",
        "Tasks assigned: {count}",
        "You have been assigned to {count} tasks.",
    ),
    COMMENT: _Words(
        "comment",
        "New comment: {title}",
        "New comments: {count}",
        "There are {count} new comments on your tasks.",
    ),
    REMINDER: _Words(
        "reminder", "Reminder: {title}", "Reminders: {count}", "You have {count} reminders."
    ),
    MEMBER: _Words(
        "member",
        "Shared with you: {title}",
        "Shared with you: {count} tasks",
        "You have been given access to {count} tasks and what is below them.",
    ),
}


def deliver(world: World, job: Job, post: Post) -> None:
    """Post the letter of a job, and of those that it takes along; or nothing, where it is not to be
    read any more, or is held back until others can go with it.
    """
    now, reader = world.now(), accounts.find(world.store, job["user"])
    if reader is None or not _reads(reader, job["about"]):
        return
    if _is_one_too_many(world, job, now):
        jobs.hold(world.store, job, now + WITHIN)
        return
    taken = letters.gather(world.store, job, FEW, now + DEAD_KEPT)
    told = _still_so(world, [Notice(**one["data"]["notice"]) for one in (job, *taken)], now)
    if told:
        post(_letter(world, job, reader, told))
        letters.put_sent(world.store, job, now, len(told))


def _reads(user: User, kind: str) -> bool:
    return user["state"] == "active" and "email" in user and wants(user, kind, MAIL)


def _is_one_too_many(world: World, job: Job, now: datetime) -> bool:
    """Whether many have gone of late; a reminder that came late would be none."""
    if job["about"] == REMINDER:
        return False
    return letters.sent_since(world.store, job, now - WITHIN) >= FEW


def _still_so(world: World, told: list[Notice], now: datetime) -> list[Notice]:
    """What is still to be told, under the titles of today; two round trips."""
    found = finding.visible(world, told[0].user, {one.task for one in told})
    return [
        one._replace(subject=found[one.task]["title"])
        for one in told
        if one.task in found and _is_so(one, found[one.task], now)
    ]


def _is_so(notice: Notice, row: Row, now: datetime) -> bool:
    """Whether what a notice tells is so, by the row of its task."""
    if notice.kind == OVERDUE:
        same = row["due_date"] == notice.said["due_date"]
        return same and bool(row["notify_overdue"]) and life.is_overdue(row, now)
    if notice.kind == ASSIGNED:
        return bool(row["assigned_to"] == notice.user)
    return notice.kind != REMINDER or life.is_open(row)


def _letter(world: World, job: Job, reader: User, told: list[Notice]) -> Letter:
    letter = _of_many(reader, told) if told[1:] else _of_one(world, reader, told[0])
    return letter._replace(id=job["_id"], to=reader["email"], name=reader["full_name"])


def _of_one(world: World, reader: User, notice: Notice) -> Letter:
    words = _WORDS[notice.kind]
    author = accounts.find(world.store, notice.by) if notice.kind == COMMENT else None
    name = _cut(_said(reader, author["full_name"], SOMEBODY), LONGEST_NAME) if author else SOMEBODY
    title = _title(reader, notice)
    _, message = notices.words(notice._replace(subject=title), name)
    subject = words.subject.format(title=title)
    path = f"/api/tasks/{notice.task}"
    return Letter("", words.template, subject, "", "", path, said={"message": message})


def _of_many(reader: User, told: list[Notice]) -> Letter:
    words, count = _WORDS[told[0].kind], len(told)
    titles = [_title(reader, one) for one in {one.task: one for one in told}.values()]
    said = {
        "message": words.message.format(count=count),
        "titles": titles[:MOST_LISTED],
        "more": max(len(titles) - MOST_LISTED, 0),
    }
    subject, path = words.many.format(count=count), "/api/notifications"
    return Letter("", "digest", subject, "", "", path, said=said)


def _title(reader: User, notice: Notice) -> str:
    return _cut(_said(reader, notice.subject, A_TASK), LONGEST_TITLE)


def _said(reader: User, words: str, instead: str) -> str:
    """Somebody's words on one line. To an address that nobody has confirmed none that say more
    than a name does: whoever gave it may not be who reads there.
    """
    if "email_confirmed_at" not in reader and is_talkative(words):
        return instead
    line = "".join(c if c.isprintable() or c in _JOINERS else " " for c in words)
    return " ".join(line.split()) or instead


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
