"""The threads behind the connections of a process: one asks what is new, one who may stay.

They begin with the first connection and end after the last. A fault of the database ends nothing:
it is logged once, and what was missed is told when it is over.
"""

import threading
import time
import traceback
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Protocol

from tracker.events import Ear
from tracker.services import telling, watching
from tracker.services.watching import Feed, Told
from tracker.services.world import World

from .lines import LEFT, SHUT, Line

# how often all is looked at: while hints come, and while none can
QUIET_SECONDS, DEAF_SECONDS = 10.0, 2.0
# what happens within it after a hint is told together
GATHER_SECONDS = 0.03
AGAIN_SECONDS = 1.0
PROOF_SECONDS = 2.0
# who takes nothing for so long has gone, or might as well
STUCK_SECONDS = 10.0


class Lines(Protocol):
    """The connections, as far as they are watched over."""

    def lines(self) -> list[Line]: ...
    def users(self) -> Collection[str]: ...
    def deliver(self, told: Told) -> None: ...
    def rest(self, watch: Any) -> bool: ...


class Watch:
    """Watches for some connections, from `begin` until none is left."""

    def __init__(self, lines: Lines, world: World, ear: Ear, log: Any) -> None:
        self._lines, self._world, self._ear, self._log = lines, world, ear, log
        self._feed = Feed(world)
        self._looked = time.monotonic()
        self._complained: set[str] = set()

    def begin(self) -> None:
        """Pass over what has happened so far, and watch from now on. Raises Unavailable."""
        try:
            with self._world.store.deadline():
                self._feed.begin()
        except BaseException:
            self._ear.close()
            raise
        for work in (self._follow, self._guard):
            threading.Thread(target=work, name="live", daemon=True).start()

    def _follow(self) -> None:
        """Tell what is new, until the ear is closed."""
        missed = False
        while not self._ear.closed.is_set():
            hints = self._ear.wait(AGAIN_SECONDS if missed else self._pause())
            if hints:
                time.sleep(GATHER_SECONDS)
                hints += self._ear.wait(0)
            missed = not self._tried("live_feed_waits", partial(self._look, hints, missed))

    def _pause(self) -> float:
        due = self._looked + (QUIET_SECONDS if self._ear.hears else DEAF_SECONDS)
        return max(due - time.monotonic(), 0.0)

    def _look(self, heard: list[str], missed: bool) -> None:
        hints = telling.read(heard)
        at_all = missed or hints.all or self._pause() == 0.0
        began = time.monotonic()
        with self._world.store.deadline():
            for told in self._feed.look(None if at_all else hints, self._lines.users()):
                self._lines.deliver(told)
        if at_all:
            self._looked = began

    def _guard(self) -> None:
        """See to it that nobody stays who may not, until nobody is left."""
        while not self._lines.rest(self):
            self._tried("live_guard_waits", self._check)
            self._ear.closed.wait(PROOF_SECONDS)
        self._ear.close()

    def _check(self) -> None:
        lines = self._lines.lines()
        for line in lines:
            if line.is_stuck(STUCK_SECONDS):
                line.cord.hang_up()
            if line.cord.has_left():
                line.end(LEFT)
        with self._world.store.deadline():
            ended = watching.ended(self._world, {line.proof for line in lines})
        for line in lines:
            if line.proof in ended:
                line.end(SHUT)

    def _tried(self, what: str, work: Callable[[], None]) -> bool:
        """False for a fault, which is told once until it goes well again."""
        try:
            work()
        except Exception as fault:
            if what not in self._complained:
                self._log.warning(what, exception="".join(traceback.format_exception(fault)))
            self._complained.add(what)
            return False
        self._complained.discard(what)
        return True
