"""Hints that something happened: from who wrote to who watches, by Redis or in this process.

A hint is a short text, and may be lost: what it hints at stands in the database, and who watches
looks there now and then in any case. No rule here, and nothing of what the texts mean.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import redis
import structlog
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry

# who writes waits no longer than this for a Redis that does not answer, and then not for a while
PUBLISH_SECONDS = 0.25
AWAY_SECONDS = 5.0
# who listens begins again after this
AGAIN_SECONDS = 1.0
# an idle connection is proved alive as often
PROOF_SECONDS = 20
MOST_KEPT = 500
# what is heard in the place of hints that may have been missed
MISSED = ""
log = structlog.get_logger()


class Ear:
    """Hears hints from when it was made until it is closed. `hears` says whether any can come."""

    def __init__(self, *, hears: bool) -> None:
        self.hears = hears
        self.closed = threading.Event()
        self._heard: deque[str] = deque(maxlen=MOST_KEPT)
        self._some = threading.Event()

    def put(self, hint: str) -> None:
        """Let it hear a hint; where too many wait, the oldest makes room and `MISSED` is heard."""
        if len(self._heard) == MOST_KEPT:
            hint = MISSED
        self._heard.append(hint)
        self._some.set()

    def wait(self, seconds: float) -> list[str]:
        """What was heard, as soon as there is any; nothing after so many seconds, or if closed."""
        self._some.wait(seconds)
        self._some.clear()  # before it is emptied: what comes meanwhile wakes the next wait
        return [self._heard.popleft() for _ in range(len(self._heard))]

    def lose(self) -> None:
        """No hint can come for now; who waits for one is woken, and had better look."""
        if self.hears:
            self.hears = False
            self.put(MISSED)

    def close(self) -> None:
        self.closed.set()
        self._some.set()


class Channel(Protocol):
    """A way for hints."""

    def publish(self, hint: str) -> None:
        """Send a hint to all who listen. Raises nothing, and takes half a second at most."""

    def listen(self) -> Ear:
        """An ear for the hints of all who publish."""


class Here:
    """Hints inside this process; `alone` says that nobody writes in another one."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._ears: tuple[Ear, ...] = ()
        self._lock = threading.Lock()

    def publish(self, hint: str) -> None:
        for ear in self._ears:
            ear.put(hint)

    def listen(self) -> Ear:
        ear = Ear(hears=self._alone)
        with self._lock:
            self._ears = (*(e for e in self._ears if not e.closed.is_set()), ear)
        return ear


class Shared:
    """Hints between processes, by Redis; where it is away they are dropped, and told once."""

    def __init__(self, url: str, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._name, self._clock = url, name, clock
        # tried again at once where a kept connection had died, and not where nothing is answered
        retry = Retry(NoBackoff(), 1, (redis.exceptions.ConnectionError,))
        self._client: Any = redis.Redis.from_url(
            url,
            socket_timeout=PUBLISH_SECONDS,
            socket_connect_timeout=PUBLISH_SECONDS,
            retry=retry,
        )
        self._away_until = float("-inf")

    def publish(self, hint: str) -> None:
        if self._clock() < self._away_until:
            return
        try:
            self._client.publish(self._name, hint)
        except (redis.RedisError, OSError) as fault:
            self._away_until = self._clock() + AWAY_SECONDS
            log.warning("hints_without_redis", fault=type(fault).__name__)

    def listen(self) -> Ear:
        """Begins a thread, which connects again whenever it must."""
        ear = Ear(hears=False)
        threading.Thread(target=self._hear, args=(ear,), name="ear", daemon=True).start()
        return ear

    def _hear(self, ear: Ear) -> None:
        client: Any = redis.Redis.from_url(
            self._url,
            socket_timeout=None,
            socket_connect_timeout=AWAY_SECONDS,
            socket_keepalive=True,
            health_check_interval=PROOF_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        while not ear.closed.is_set():
            try:
                self._take_in(client, ear)
            except (redis.RedisError, OSError):
                ear.lose()
                ear.closed.wait(AGAIN_SECONDS)
        client.close()

    def _take_in(self, client: Any, ear: Ear) -> None:
        with client.pubsub() as messages:
            messages.subscribe(self._name)
            while not ear.closed.is_set():
                message = messages.get_message(timeout=AGAIN_SECONDS)
                if message and message["type"] == "subscribe":
                    ear.hears = True
                    ear.put(MISSED)
                elif message and message["type"] == "message":
                    ear.put(message["data"].decode(errors="replace"))


def init_app(app: Flask, config: Any) -> Channel:
    """Give the application its way for hints: by Redis where there is one."""
    channel: Channel = Here(alone=config.embedded)
    if config.redis_url:
        channel = Shared(config.redis_url, f"{config.task_queue}:hints")
    app.extensions["events"] = channel
    return channel
