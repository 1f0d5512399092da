"""What is kept is good for its version and its time; where it cannot be kept, nothing happens."""

from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisAway

from tests.conftest import Clock
from tracker.web.caching import SECONDS, WITHOUT_REDIS_SECONDS, Cache, Here, Made


class Shaky:
    """A shelf that can be away."""

    def __init__(self) -> None:
        self.here, self.away, self.asked = Here(), False, 0

    def get(self, name: str) -> bytes | None:
        self._ask()
        return self.here.get(name)

    def put(self, name: str, value: bytes) -> None:
        self._ask()
        self.here.put(name, value)

    def _ask(self) -> None:
        self.asked += 1
        if self.away:
            raise RedisAway


@pytest.fixture
def shelf() -> Shaky:
    return Shaky()


@pytest.fixture
def cache(shelf: Shaky, clock: Clock) -> Cache:
    return Cache(shelf, clock)


def test_what_is_kept_comes_back_for_its_version_alone(cache: Cache) -> None:
    cache.put("ann:x", "1", Made(b"one\ntwo"))
    assert cache.get("ann:x", "1") == b"one\ntwo"
    assert cache.get("ann:x", "2") is None
    assert cache.get("bob:x", "1") is None
    cache.put("ann:x", "2", Made(b""))
    assert cache.get("ann:x", "2") == b""
    assert cache.get("ann:x", "1") is None


def test_it_is_kept_until_it_may_change_by_itself(cache: Cache, clock: Clock) -> None:
    cache.put("x", "1", Made(b"x", clock.now + timedelta(seconds=10)))
    clock.advance(seconds=10)
    assert cache.get("x", "1") == b"x"
    clock.advance(milliseconds=1)
    assert cache.get("x", "1") is None


def test_it_is_kept_five_minutes_at_most(cache: Cache, clock: Clock) -> None:
    for until in (None, clock.now + timedelta(days=1)):
        cache.put("x", "1", Made(b"x", until))
        clock.advance(seconds=SECONDS)
        assert cache.get("x", "1") == b"x"
        clock.advance(seconds=1)
        assert cache.get("x", "1") is None


def test_a_clock_that_is_set_back_finds_nothing(cache: Cache, clock: Clock) -> None:
    cache.put("x", "1", Made(b"x"))
    clock.advance(seconds=-1)
    assert cache.get("x", "1") is None


def test_while_it_is_away_it_is_left_alone(cache: Cache, shelf: Shaky, clock: Clock) -> None:
    cache.put("x", "1", Made(b"old"))
    shelf.away = True
    assert cache.get("x", "1") is None
    asked = shelf.asked
    cache.put("x", "2", Made(b"new"))
    assert cache.get("x", "2") is None
    assert shelf.asked == asked
    shelf.away = False
    clock.advance(seconds=WITHOUT_REDIS_SECONDS + 1)
    assert cache.get("x", "2") is None  # and not what it knew before
    cache.put("x", "2", Made(b"new"))
    assert cache.get("x", "2") == b"new"


def test_a_process_keeps_no_more_than_it_can() -> None:
    here = Here(most=2)
    for name in "abc":
        here.put(name, b"x")
    assert [here.get(name) for name in "abc"] == [None, None, b"x"]
