"""Answers that are kept: in Redis for all processes, or in this one where there is no Redis.

What is kept is good for one version of what somebody may see (`services.seeing`), which is asked of
the database each time, and until a time. So nothing has to be told that it is old: not by a writer,
and not by a Redis that was away and comes back with what it knew. While Redis is away nothing is
kept, and nothing is refused.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, cast

import redis
import structlog
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

SECONDS = 300
MOST_KEPT = 500
REDIS_SECONDS = 0.25
WITHOUT_REDIS_SECONDS = 5.0
log = structlog.get_logger()


class Made(NamedTuple):
    """An answer, and when it may change by itself; None for never."""

    body: bytes
    until: datetime | None = None


class Shelf(Protocol):
    """Where bytes are kept by a name for at most `SECONDS`; may raise what Redis raises."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes) -> None: ...


class Here:
    """A shelf in this process; when it holds too many it is emptied."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self._kept.get(name)

    def put(self, name: str, value: bytes) -> None:
        with self._lock:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[name] = value


class Shared:
    """A shelf in a Redis, by one call each."""

    def __init__(self, url: str, prefix: str) -> None:
        retry = Retry(NoBackoff(), 1, (redis.exceptions.ConnectionError,))
        self._redis: Any = redis.Redis.from_url(
            url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, retry=retry
        )
        self._prefix = prefix

    def get(self, name: str) -> bytes | None:
        return cast(bytes | None, self._redis.get(f"{self._prefix}:kept:{name}"))

    def put(self, name: str, value: bytes) -> None:
        self._redis.set(f"{self._prefix}:kept:{name}", value, ex=SECONDS)


class Cache:
    """Keeps one answer a name, with its version and its times."""

    def __init__(self, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        self._shelf, self._clock = shelf, clock
        self._away_until = 0.0

    def get(self, name: str, version: str) -> bytes | None:
        """What is kept under a name, if it is of this version and still good."""
        found = self._asked(lambda: self._shelf.get(name))
        if not found:
            return None
        head, _, body = found.partition(b"\n")
        kept, made_at, until = head.decode().split(" ")
        is_good = kept == version and float(made_at) <= self._clock().timestamp() <= float(until)
        return body if is_good else None

    def put(self, name: str, version: str, made: Made) -> None:
        """Keep an answer until it may change by itself, and no longer than `SECONDS`."""
        now = self._clock()
        end = now + timedelta(seconds=SECONDS)
        until = min(end, made.until) if made.until else end
        head = f"{version} {now.timestamp()} {until.timestamp()}\n"
        self._asked(lambda: self._shelf.put(name, head.encode() + made.body))

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What the shelf says; None while it is away."""
        now = self._clock().timestamp()
        if 0 < self._away_until - now <= WITHOUT_REDIS_SECONDS:
            return None
        try:
            return ask()
        except (RedisError, OSError) as fault:
            self._away_until = now + WITHOUT_REDIS_SECONDS
            log.warning("cache_without_redis", fault=type(fault).__name__)
            return None


def init_app(app: Flask, config: Any) -> None:
    """Give an application what keeps its answers."""
    shelf = Shared(config.redis_url, config.task_queue) if config.redis_url else Here()
    app.extensions["cache"] = Cache(shelf, app.extensions["world"].clock)


def kept(name: str, version: str, make: Callable[[], Made], *, may_keep: bool) -> bytes:
    """An answer of this version, kept or made now; it is kept where `may_keep`."""
    cache: Cache = current_app.extensions["cache"]
    found = cache.get(name, version)
    if found is not None:
        return found
    made = make()
    if may_keep:
        cache.put(name, version, made)
    return made.body
