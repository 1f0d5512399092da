"""One reminder: the moment it stands for, in its zone, and what becomes of it when it is put off or
set for another time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.core.forest import NOON
from tracker.core import reminders
from tracker.core.reminders import Reminder

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEFORE = {"minutes": 30, "of": "due_date"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reminder(
    user: str = "ann", *, zone: str = "UTC", made: datetime = NOON, **when: Any
) -> Reminder:
    return reminders.made(f"of {user}", user, when or BEFORE, zone=zone, now=made)


def test_a_moment_before_a_reminder_was_made_is_no_concern_of_it() -> None:
    assert reminders.next_at(reminder(made=NOON), {"due_date": NOON + 20 * MINUTE}) is None


def test_to_snooze_puts_off_and_a_later_date_fires_beside_it() -> None:
    dates = {"due_date": NOON + 3 * HOUR}
    put_off = reminders.snooze(reminder(), dates, NOON + 4 * HOUR)
    assert reminders.next_at(put_off, dates) == NOON + 4 * HOUR
    settled = reminders.settle(put_off, dates, NOON + 4 * HOUR)
    assert settled.told == NOON + 4 * HOUR
    assert reminders.next_at(settled.reminder, dates) is None
    moved = {"due_date": NOON + 9 * HOUR}
    assert reminders.next_at(put_off, moved) == NOON + 4 * HOUR
    assert reminders.next_at(settled.reminder, moved) == NOON + 8 * HOUR + 30 * MINUTE


def test_one_that_fired_fires_again_when_snoozed() -> None:
    own = reminders.settle(reminder(at=NOON + HOUR), {}, NOON + HOUR).reminder
    again = reminders.snooze(own, {}, NOON + 2 * HOUR)
    assert reminders.next_at(again, {}) == NOON + 2 * HOUR
    assert reminders.settle(again, {}, NOON + 2 * HOUR).reminder["snoozed_until"] is None


def test_to_set_one_for_another_time_does_away_with_all_before() -> None:
    dates, now = {"due_date": NOON + 3 * HOUR}, NOON + 2 * HOUR + 40 * MINUTE
    own = reminders.settle(reminder(), dates, now).reminder
    earlier = reminders.reset(own, {"minutes": 60, "of": "due_date"}, now=now)
    assert reminders.next_at(earlier, dates) is None
    closer = reminders.reset(own, {"minutes": 10, "of": "due_date"}, now=now)
    assert reminders.next_at(closer, dates) == NOON + 2 * HOUR + 50 * MINUTE
    fixed = reminders.reset(reminders.snooze(own, dates, NOON + 9 * HOUR), {"at": now}, now=NOON)
    assert fixed.keys().isdisjoint({"minutes", "of"})
    assert (fixed["snoozed_until"], fixed["done_for"]) == (None, now)
    assert reminders.reset(own, BEFORE, now=NOON + 9 * HOUR) is own


def test_what_fired_while_the_clock_was_ahead_is_not_set_for_that_time_again() -> None:
    then, before = NOON + 3 * HOUR, NOON + HOUR
    own = reminders.settle(reminder(at=then), {}, then + MINUTE).reminder
    for when in (then + 2 * HOUR, then):
        own = reminders.reset(own, {"at": when}, now=before)
    assert reminders.next_at(own, {}) is None


ALL_DAY = [
    # minutes before midnight, zone, date, moment
    (0, "UTC", "2026-03-05", "2026-03-05T00:00"),
    (0, "Europe/Berlin", "2026-03-05", "2026-03-04T23:00"),
    (0, "Asia/Kathmandu", "2026-03-05", "2026-03-04T18:15"),
    (0, "America/New_York", "2026-07-05", "2026-07-05T04:00"),
    (0, "Pacific/Kiritimati", "2026-03-05", "2026-03-04T10:00"),
    (-540, "Europe/Berlin", "2026-03-05", "2026-03-05T08:00"),
    # nine in the morning and a day before midnight stay so on days of 23 and 25 hours
    (-540, "Europe/Berlin", "2026-03-29", "2026-03-29T07:00"),
    (-540, "Europe/Berlin", "2026-10-25", "2026-10-25T08:00"),
    (1440, "Europe/Berlin", "2026-03-30", "2026-03-28T23:00"),
    # half past two is not there, or there twice
    (-150, "Europe/Berlin", "2026-03-29", "2026-03-29T01:30"),
    (-150, "Europe/Berlin", "2026-10-25", "2026-10-25T00:30"),
    # no midnight, and a day that was left out
    (0, "America/Asuncion", "2023-10-01", "2023-10-01T04:00"),
    (0, "Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),
    (1440, "Europe/Berlin", "2028-03-01", "2028-02-28T23:00"),
    (-540, "Asia/Tokyo", "2028-02-29", "2028-02-29T00:00"),
    (0, "Nowhere/Atall", "2026-03-05", "2026-03-05T00:00"),
]


@pytest.mark.parametrize(("minutes", "zone", "date", "then"), ALL_DAY)
def test_of_an_all_day_date_minutes_count_from_midnight_on_the_wall(
    minutes: int, zone: str, date: str, then: str
) -> None:
    own = reminder(zone=zone, minutes=minutes, of="due_date")
    assert reminders.moment(own, {"due_date": moment(date)}) == moment(then)


def test_of_a_time_minutes_are_minutes_in_every_zone() -> None:
    own = reminder(zone="Europe/Berlin", minutes=120, of="due_date")
    dates = {"due_date": moment("2026-03-29T02:30")}
    assert reminders.moment(own, dates) == moment("2026-03-29T00:30")
    assert not reminders.is_all_day(moment("2026-03-29T00:00:00.001"))
