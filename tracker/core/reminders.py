"""Reminders, one at a time: which moment one stands for, and what becomes of it. No trees here.

A reminder lies in the list `reminders` of its task and belongs to one person:

    {id, user, time_zone, created_at, done_for, fired_at | None, snoozed_until | None}

and either `at`, a moment, or `minutes` before the date that `of` names, `due_date` or `start_date`.
What stands for a date follows it when it moves. `done_for` is the moment up to which all is done:
what it fired for, missed or put off, and what was before it was made. Only a later one fires, so
that none does twice, whatever clocks do.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Reminder = dict[str, Any]
Dates = Mapping[str, Any]

DATES = DUE, START = "due_date", "start_date"
# up to a year before a date; of an all-day date up to its last minute, as nine in the morning
MOST_BEFORE, MOST_AFTER = 366 * 24 * 60, 24 * 60 - 1
MOST_SNOOZED = 28 * 24 * 60
# A service that stood still over night still reminds; what is older would only puzzle its reader.
CATCH_UP = timedelta(hours=24)
_WHEN = ("at", "minutes", "of")


class Settled(NamedTuple):
    """A reminder after its moments up to now, and the one to tell its person of, if any."""

    reminder: Reminder
    told: datetime | None


def made(
    reminder: str, user: str, when: Mapping[str, Any], *, zone: str, now: datetime
) -> Reminder:
    """A new reminder of a person, for moments from now on."""
    return {
        "id": reminder,
        "user": user,
        "time_zone": zone,
        "created_at": now,
        **when,
        "done_for": now,
        "fired_at": None,
        "snoozed_until": None,
    }


def reset(reminder: Reminder, when: Mapping[str, Any], *, now: datetime) -> Reminder:
    """A reminder for other moments, from now on; the same one where they are not other."""
    if all(reminder.get(name) == when.get(name) for name in _WHEN):
        return reminder
    kept = {name: value for name, value in reminder.items() if name not in _WHEN}
    done_for = max(now, reminder["fired_at"] or now)
    return {**kept, **when, "done_for": done_for, "snoozed_until": None}


def snooze(reminder: Reminder, dates: Dates, until: datetime) -> Reminder:
    """A reminder put off: the moment that it stands for is done, and another takes its place."""
    done_for = max(reminder["done_for"], moment(reminder, dates) or reminder["done_for"])
    return {**reminder, "done_for": done_for, "snoozed_until": until}


def moment(reminder: Reminder, dates: Dates) -> datetime | None:
    """The moment it stands for, put off or not; None where the task has no such date."""
    if "at" in reminder:
        at: datetime = reminder["at"]
        return at
    date: datetime | None = dates[reminder["of"]]
    if date is None:
        return None
    before = timedelta(minutes=reminder["minutes"])
    if not is_all_day(date):
        return date - before
    return _on_the_wall(date.replace(tzinfo=None) - before, reminder["time_zone"])


def is_all_day(date: datetime) -> bool:
    """True for the first moment of a day in UTC: so a date without a time of day is stored."""
    return date == date.replace(hour=0, minute=0, second=0, microsecond=0)


def next_at(reminder: Reminder, dates: Dates) -> datetime | None:
    """The moment at which it fires next."""
    return min(_open(reminder, dates), default=None)


def settle(reminder: Reminder, dates: Dates, now: datetime) -> Settled:
    """Do what its moments up to now ask for; of those missed for longer than CATCH_UP nobody is
    told.
    """
    past = [each for each in _open(reminder, dates) if each <= now]
    if not past:
        return Settled(reminder, None)
    told = max(past) if now - max(past) <= CATCH_UP else None
    after = {**reminder, "fired_at": now if told else reminder["fired_at"]}
    if reminder["snoozed_until"] in past:
        after["snoozed_until"] = None
    stood_for = moment(reminder, dates)
    if stood_for in past:
        after["done_for"] = max(reminder["done_for"], stood_for)
    return Settled(after, told)


def _open(reminder: Reminder, dates: Dates) -> list[datetime]:
    stands_for, snoozed = moment(reminder, dates), reminder["snoozed_until"]
    found = [stands_for] if stands_for and stands_for > reminder["done_for"] else []
    return [*found, snoozed] if snoozed else found


def _on_the_wall(local: datetime, zone: str) -> datetime:
    """What a clock on the wall shows, as a moment: of two the first, and of none, where clocks are
    put forward, what it would have been before (RFC 5545, 3.3.5).
    """
    return local.replace(tzinfo=_zone(zone)).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """A zone; UTC where this machine does not know it, so that no tree waits for it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
