"""What a refresh token that comes back means, and how long things live."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.core import sessions
from tracker.core.sessions import Lifetimes, Origin, Use

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def opened(*, rotates: bool = True) -> sessions.Session:
    plain = sessions.opened("s", "ann", Origin("curl", "::1"), DAY, at=NOW)
    return sessions.refreshable(plain, rotates=rotates)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_token_that_stands_rotates() -> None:
    assert sessions.use(opened(), 0, at=later(86_000)) is Use.ROTATE


@pytest.mark.parametrize(
    ("seconds", "meant"),
    [(-1, Use.AGAIN), (0, Use.AGAIN), (10, Use.AGAIN), (10.001, Use.REUSED), (11, Use.REUSED)],
)
def test_the_token_before_it_is_good_for_ten_seconds(seconds: float, meant: Use) -> None:
    rotated = sessions.rotated(opened(), at=NOW)
    assert sessions.use(rotated, 0, at=later(seconds)) is meant


def test_one_older_or_newer_is_reused_at_once() -> None:
    rotated = sessions.rotated(sessions.rotated(opened(), at=NOW), at=NOW)
    assert sessions.use(rotated, 0, at=NOW) is Use.REUSED
    assert sessions.use(rotated, 3, at=NOW) is Use.REUSED


def test_one_that_does_not_rotate_stays_good() -> None:
    assert sessions.use(opened(rotates=False), 0, at=later(80_000)) is Use.KEEP
    assert sessions.use(opened(rotates=False), 1, at=NOW) is Use.REUSED


def test_rotating_changes_no_end() -> None:
    rotated = sessions.rotated(opened(), at=later(5_000))
    assert rotated["expires_at"] == opened()["expires_at"]
    assert rotated["seen_at"] == later(5_000)


@pytest.mark.parametrize(
    ("access", "at", "ends"),
    [
        (DAY, 0, 900),
        (timedelta(minutes=5), 0, 300),
        (DAY, 86_000, 86_400),
    ],
)
def test_the_access_token_of_who_can_refresh_is_short(
    access: timedelta, at: float, ends: float
) -> None:
    lifetimes = Lifetimes(access, DAY)
    assert sessions.access_ends(opened(), lifetimes, at=later(at)) == later(ends)


def test_any_other_access_token_ends_with_its_session() -> None:
    plain = sessions.opened("s", "ann", Origin("curl", "::1"), DAY, at=NOW)
    assert sessions.access_ends(plain, Lifetimes(DAY, DAY), at=NOW) == NOW + DAY


def test_the_name_of_a_device_is_cut_and_shows_no_control_characters() -> None:
    said = sessions.opened("s", "ann", Origin("a\x1b[31m" + "x" * 300, "::1"), DAY, at=NOW)
    assert said["device"] == "a[31m" + "x" * 195


def test_use_is_noted_once_a_minute() -> None:
    assert sessions.was_seen_long_ago(None, at=NOW)
    assert not sessions.was_seen_long_ago(NOW, at=later(59.999))
    assert sessions.was_seen_long_ago(NOW, at=later(60))
