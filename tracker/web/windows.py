"""Counting requests in windows of a minute: in Redis for all processes, or in this one alone."""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 60
MOST_KNOWN = 20_000
REDIS_SECONDS = 0.25

# one call: a window begins with its first request; one without an end, if ever, gets its end
_COUNT = """
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {count, left}
"""


class Window(NamedTuple):
    """The requests in a window so far, and the seconds until it ends."""

    number: int
    left: float


class Here:
    """Windows of this process; when it knows too many at once it forgets them all."""

    def __init__(self, clock: Callable[[], float], most: int = MOST_KNOWN) -> None:
        self._clock, self._most, self._lock = clock, most, threading.Lock()
        self._known: dict[str, tuple[int, float]] = {}

    def count(self, who: str) -> Window:
        """Count one more request."""
        now = self._clock()
        with self._lock:
            count, end = self._known.get(who, (0, 0.0))
            if not now < end <= now + SECONDS:
                count, end = 0, now + SECONDS
                self._make_room(now)
            self._known[who] = count + 1, end
        return Window(count + 1, end - now)

    def _make_room(self, now: float) -> None:
        if len(self._known) >= self._most:
            self._known = {who: one for who, one in self._known.items() if now < one[1]}
        if len(self._known) >= self._most:
            self._known.clear()


class Shared:
    """Windows in a Redis, by one call each; raises what Redis raises, within a moment."""

    def __init__(self, url: str, prefix: str) -> None:
        # tried again at once where a kept connection had died, and not where nothing is answered
        retry = Retry(NoBackoff(), 1, (redis.exceptions.ConnectionError,))
        client = redis.Redis.from_url(
            url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, retry=retry
        )
        self._script: Any = client.register_script(_COUNT)
        self._prefix = prefix

    def count(self, who: str) -> Window:
        """Count one more request."""
        count, left = self._script(keys=[f"{self._prefix}:requests:{who}"], args=[SECONDS * 1000])
        return Window(int(count), left / 1000)
