"""Days and weeks in time zones: summer time, zones without a whole hour, a day that never was."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.core import days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(found: days.Days) -> list[float]:
    spans = zip(found.edges, found.edges[1:], strict=False)
    return [(end - begin) / timedelta(hours=1) for begin, end in spans]


def test_the_last_day_is_today_where_one_is() -> None:
    now = at("2026-03-04T05:06")
    for zone, today in (("UTC", 4), ("America/Los_Angeles", 3), ("Pacific/Kiritimati", 4)):
        found = days.until(now, 7, zone)
        assert (len(found.dates), len(found.edges)) == (7, 8)
        assert found.dates[-1] == days.today_in(zone, now) == date(2026, 3, today)
        assert found.edges[-2] <= now < found.edges[-1]


@pytest.mark.parametrize(
    ("zone", "first", "wanted"),
    [
        ("Europe/Berlin", date(2026, 3, 28), [24, 23, 24]),
        ("Europe/Berlin", date(2026, 10, 24), [24, 25, 24]),
        ("Australia/Lord_Howe", date(2026, 4, 4), [24, 24.5, 24]),
        ("Asia/Kathmandu", date(2026, 3, 28), [24, 24, 24]),
        ("America/Sao_Paulo", date(2018, 11, 3), [24, 23, 24]),  # midnight never was
        ("Pacific/Apia", date(2011, 12, 29), [24, 0, 24]),  # nor was the 30th
    ],
)
def test_a_day_is_as_long_as_it_is(zone: str, first: date, wanted: list[float]) -> None:
    assert hours(days.between(first, first + timedelta(days=2), zone)) == wanted


def test_a_leap_day_is_a_day() -> None:
    found = days.until(at("2028-03-01T12:00"), 3, "UTC")
    assert found.dates == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]


def test_weeks_begin_on_mondays_and_years_with_their_thursdays() -> None:
    assert days.monday_of(date(2026, 3, 4)) == date(2026, 3, 2)
    assert days.monday_of(date(2026, 3, 2)) == date(2026, 3, 2)
    assert days.week_of(date(2027, 1, 3)) == "2026-W53"
    assert days.week_of(date(2026, 12, 31)) == "2026-W53"
