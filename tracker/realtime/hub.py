"""All connections of this process: who may join, and who is handed what."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from flask import current_app

from tracker.core.live import Message
from tracker.errors import NoRoom, TooMany
from tracker.events import Channel
from tracker.services.watching import Proof, Told
from tracker.services.world import World
from tracker.web.answers import dump

from .lines import RESTART, Cord, Ending, Frame, Line
from .watch import Watch

ELSEWHERE = "This process holds no live connections; the realtime process does"
SOON = 5
LOOK_SECONDS = 0.25


class Limits(NamedTuple):
    """How many connections there may be, and how many of one person."""

    all: int
    of_one: int


class Hub:
    """Hands what is told to the connections of those who may hear it. Any thread may use it.

    It works while somebody is connected, and not before and not after.
    """

    def __init__(
        self,
        world: World,
        channel: Channel,
        log: Any,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world, self._channel, self._log, self._limits = world, channel, log, limits
        self._clock = clock
        self._lines: dict[str, set[Line]] = {}
        self._watch: Watch | None = None
        self._closed = False
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many connections there are."""
        return sum(map(len, list(self._lines.values())))

    def join(self, proof: Proof, cord: Cord) -> Line:
        """A line for a connection, which must `leave` it. Raises NoRoom, TooMany, Unavailable."""
        line = Line(proof, cord, self._clock)
        with self._lock:
            self._require_room(proof.user)
            if self._watch is None:
                self._watch = Watch(self, self._world, self._channel.listen(), self._log)
                self._begin(self._watch)
            self._lines.setdefault(proof.user, set()).add(line)
            self._world.metrics.hold_sockets(self.count)
        return line

    def leave(self, line: Line) -> None:
        """Forget a line; its connection is over."""
        with self._lock:
            mine = self._lines.get(line.proof.user, set())
            mine.discard(line)
            if not mine:
                self._lines.pop(line.proof.user, None)
            self._world.metrics.hold_sockets(self.count)

    def lines(self) -> list[Line]:
        """All lines as they are now."""
        with self._lock:
            return [line for mine in self._lines.values() for line in mine]

    def users(self) -> frozenset[str]:
        """Who is connected now."""
        with self._lock:
            return frozenset(self._lines)

    def deliver(self, told: Told) -> None:
        """Hand messages to the connections of those who may hear them."""
        with self._lock:
            lines = [line for user in told.users for line in self._lines.get(user, ())]
        frames = list(map(frame, told.messages)) if lines else []
        for line in lines:
            line.put(frames)

    def close(self, ending: Ending = RESTART) -> None:
        """End all connections, and take no more."""
        self._closed = True
        for line in self.lines():
            line.end(ending)

    def close_when(self, is_over: Callable[[], bool]) -> None:
        """Close soon after something is over, such as the process that a server has told to end."""

        def wait() -> None:
            while not is_over():
                time.sleep(LOOK_SECONDS)
            self.close()

        threading.Thread(target=wait, name="closer", daemon=True).start()

    def rest(self, watch: Watch) -> bool:
        """Let a watch go where nobody is connected; the next who joins begins another."""
        with self._lock:
            if not self._lines and self._watch is watch:
                self._watch = None
            return self._watch is not watch

    def _require_room(self, user: str) -> None:
        if not self._limits.all:
            raise NoRoom(ELSEWHERE)
        if self._closed or sum(map(len, self._lines.values())) >= self._limits.all:
            raise NoRoom
        if len(self._lines.get(user, ())) >= self._limits.of_one:
            raise TooMany(SOON, "You have too many live connections open; close one")

    def _begin(self, watch: Watch) -> None:
        try:
            watch.begin()
        except BaseException:
            self._watch = None
            raise


def frame(message: Message) -> Frame:
    """A message as all who hear it are sent it."""
    return Frame(message.id, dump(message._asdict()).decode())


def frames(messages: Iterable[Message]) -> list[Frame]:
    return list(map(frame, messages))


def hub() -> Hub:
    """The connections of the application that answers the request."""
    return cast(Hub, current_app.extensions["live"])
