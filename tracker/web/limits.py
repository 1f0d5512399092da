"""How often one may ask: every request counted, and tries at what can be guessed counted apart.

A request counts for its user once that is known, else for its address. The numbers are told as
`RateLimit` headers (IETF draft 11). Health routes and CORS preflights are free.
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, cast

import structlog
from flask import Flask, Response, current_app, g, request
from redis.exceptions import RedisError

from tracker.core.tries import RULES
from tracker.errors import TooMany
from tracker.services import throttling

from . import proxies
from .marks import Method, is_marked, marked
from .windows import SECONDS, Here, Shared, Window
from .world import world

SAFE = {"GET", "HEAD"}
WITHOUT_REDIS_SECONDS = 5.0
log = structlog.get_logger()


class Told(NamedTuple):
    """What an answer tells of its limit: how many a window, how many are left, and for how long."""

    quota: int
    left: int
    seconds: int


class Limits:
    """Counts requests in Redis where there is one. While it is away reads are free, and the rest
    counts in this process.
    """

    def __init__(
        self, *, anonymous: int, user: int, shared: Shared | None, clock: Callable[[], float]
    ) -> None:
        self._anonymous, self._user = anonymous, user
        self._shared, self._here, self._clock = shared, Here(clock), clock
        self._away_until = 0.0

    def count(self, user: str | None, address: str, *, is_read: bool) -> Told | None:
        """Count a request; None where no limit holds. Raises nothing: `left` is below 0 for one
        too many.
        """
        quota = self._user if user else self._anonymous
        window = self._window(f"user:{user}" if user else address, is_read) if quota else None
        if window is None:
            return None
        return Told(quota, quota - window.number, max(math.ceil(window.left), 1))

    def _window(self, who: str, is_read: bool) -> Window | None:
        if self._shared and not 0 < self._away_until - self._clock() <= WITHOUT_REDIS_SECONDS:
            try:
                return self._shared.count(who)
            except (RedisError, OSError) as fault:
                self._away_until = self._clock() + WITHOUT_REDIS_SECONDS
                log.warning("limits_without_redis", fault=type(fault).__name__)
        return None if self._shared and is_read else self._here.count(who)


def init_app(app: Flask, config: Any) -> None:
    """Hold the requests of an application against the limits of its settings."""
    clock = app.extensions["world"].clock
    app.extensions["limits"] = Limits(
        anonymous=config.rate_limit_anonymous,
        user=config.rate_limit_user,
        shared=Shared(config.redis_url, config.task_queue) if config.redis_url else None,
        clock=lambda: clock().timestamp(),
    )
    app.before_request(_count_what_is_open)
    app.after_request(_tell)


def free(method: Method) -> Method:
    """Mark a method of a resource as free of the general limits."""
    return marked(method, "free")


def count(user: str | None) -> None:
    """Count this request for a user, or for its address; raises TooMany."""
    limits = cast(Limits, current_app.extensions["limits"])
    g.limit = limits.count(user, proxies.network(), is_read=request.method in SAFE)
    if g.limit and g.limit.left < 0:
        raise TooMany(g.limit.seconds)


def throttled(what: str, *, account: str | None = None) -> AbstractContextManager[None]:
    """Let a try of `core.tries.RULES` be made inside, or raise TooMany; see `services.throttling`.
    Raises TooManyLogins where the try would hash a password and too many do.

    with limits.throttled("login", account=body["email"]): ...
    """
    if RULES[what].hashes:
        current_app.extensions["passwords"].require_room()
    return throttling.throttled(world(), what, address=proxies.network(), account=account)


def _count_what_is_open() -> None:
    """A private method is counted where it becomes known who asks."""
    view = current_app.view_functions.get(request.endpoint or "")
    verb = request.method
    private = hasattr(view, "view_class") and not is_marked(view, verb, "public")
    if not (private or verb == "OPTIONS" or is_marked(view, verb, "free")):
        count(None)


def _tell(response: Response) -> Response:
    told = g.get("limit")
    if told:
        response.headers["RateLimit-Policy"] = f'"default";q={told.quota};w={SECONDS}'
        response.headers["RateLimit"] = f'"default";r={max(told.left, 0)};t={told.seconds}'
    return response
