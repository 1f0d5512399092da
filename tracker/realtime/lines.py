"""One connection: the messages that wait for it, and how it ends. Knows no protocol.

The hub puts in, the connection's own thread takes out; neither ever waits for the other.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from tracker.services.watching import Proof

MOST_WAITING = 1_000


class Frame(NamedTuple):
    """A message as it is sent, made once for all who hear it."""

    id: str
    text: str


class Ending(NamedTuple):
    """Why a connection ends: a close code (RFC 6455, 7.4, and IANA's registry), and the reason."""

    code: int
    reason: str


class Cord(Protocol):
    """What a connection hangs by."""

    def hang_up(self) -> None:
        """Break it off, whatever it is at."""

    def has_left(self) -> bool:
        """Whether its client is known to have gone."""


LEFT = Ending(1000, "")
RESTART = Ending(1012, "The service restarts; come back")
SLOW = Ending(1013, "Messages were read too slowly; come back")
SHUT = Ending(4001, "The session has ended")


class Line:
    """What one watcher waits for, and by which cord. `clock` is in seconds."""

    __slots__ = ("proof", "cord", "ending", "_clock", "_waiting", "_some", "_out_since")

    def __init__(
        self, proof: Proof, cord: Cord, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.proof, self.cord, self._clock = proof, cord, clock
        self.ending: Ending | None = None
        self._waiting: deque[Frame] = deque()
        self._some = threading.Event()
        self._out_since: float | None = clock()

    def put(self, frames: Sequence[Frame]) -> None:
        """Let frames wait; where too many do already, the connection ends as too slow."""
        if self.ending:
            return
        if self._waiting and len(self._waiting) + len(frames) > MOST_WAITING:
            self.end(SLOW)
            return
        self._waiting.extend(frames)
        self._some.set()

    def take(self, seconds: float | None = None) -> list[Frame]:
        """All that waits, as soon as there is any; nothing after so many seconds, or at the end."""
        self._out_since = None
        self._some.wait(seconds)
        self._some.clear()  # before it is emptied: what comes meanwhile wakes the next
        self._out_since = self._clock()
        if self.ending:
            return []
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def end(self, ending: Ending) -> None:
        """End it; of several endings the first counts."""
        self.ending = self.ending or ending
        self._waiting.clear()
        self._some.set()

    def is_stuck(self, seconds: float) -> bool:
        """Whether it has been at sending, at its beginning or at its end for longer than that."""
        since = self._out_since
        return since is not None and self._clock() - since > seconds
