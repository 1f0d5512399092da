"""Days and weeks in a time zone, as moments: where each begins. A day has 23 to 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Days(NamedTuple):
    """Days that follow each other, and the moments at which each begins, and the last one ends."""

    dates: list[date]
    edges: list[datetime]


def until(now: datetime, number: int, zone: str) -> Days:
    """So many days, the last of which is today."""
    today = today_in(zone, now)
    return between(today - timedelta(days=number - 1), today, zone)


def between(first: date, last: date, zone: str) -> Days:
    """All days from one to another."""
    dates = [first + timedelta(days=nth) for nth in range((last - first).days + 1)]
    edges = [_begin(day, zone) for day in [*dates, last + timedelta(days=1)]]
    return Days(dates, edges)


def today_in(zone: str, now: datetime) -> date:
    """The date that it is in a time zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def monday_of(day: date) -> date:
    """The first day of a day's week (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def week_of(day: date) -> str:
    """The name of a day's week (ISO 8601), as `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _begin(day: date, zone: str) -> datetime:
    """The first moment of a day: midnight, or where the clocks skip it what comes for it."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
