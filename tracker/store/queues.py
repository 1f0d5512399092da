"""One writer of a tree at a time, inside this process and in the order of coming.

Between processes only the guarded update holds; the queue just makes lost races rare.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.errors import Busy

WAIT_SECONDS = 2.0


class Queues:
    """A line of waiting writers for each tree that is being written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, deque[threading.Event]] = {}

    @contextmanager
    def turn(self, tree: str, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold a tree's turn for the length of the block; raises Busy when it does not come in
        time.
        """
        mine = self._join(tree)
        try:
            if not mine.wait(wait):
                raise Busy
            yield
        finally:
            self._leave(tree, mine)

    def _join(self, tree: str) -> threading.Event:
        mine = threading.Event()
        with self._lock:
            line = self._lines.setdefault(tree, deque())
            line.append(mine)
            line[0].set()
        return mine

    def _leave(self, tree: str, mine: threading.Event) -> None:
        with self._lock:
            line = self._lines[tree]
            line.remove(mine)
            if line:
                line[0].set()
            else:
                del self._lines[tree]
