"""A mail server that counts what it takes, and may do something to the world in the midst of it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tests.post import Server

HANGS_AFTER = 60.0
BEFORE, AFTER = "before", "after"


class Trap(NamedTuple):
    """Springs at a letter of this number: before it is taken, or after and before that is said.

    The deed is told the port that the letter comes from. The letter then waits until it is over.
    """

    when: str
    number: int
    deed: Callable[[int], object]
    over: threading.Event | None


class Sink(Server):
    """Knows letters by whom they go to; `seen` holds each try's Message-ID."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, list[str]] = {}
        self._begun: Counter[str] = Counter()
        self._trap: Trap | None = None
        self._changed = threading.Condition()
        self._sprung = threading.Event()

    def set_trap(
        self,
        when: str,
        number: int,
        deed: Callable[[int], object],
        over: threading.Event | None = None,
    ) -> None:
        """Do the deed once, in the middle of the letter of this number from now on."""
        self._begun.clear()
        self._sprung.clear()
        self._trap = Trap(when, number, deed, over)

    def wait_for_trap(self) -> None:
        """Returns when the deed is done."""
        assert self._sprung.wait(HANGS_AFTER), f"no letter sprang {self._trap}"

    def wait_for(self, people: Iterable[str]) -> None:
        """Returns when each of them has a letter."""
        missing = set(people)

        def arrived() -> bool:
            missing.difference_update(self.seen)
            return not missing

        with self._changed:
            assert self._changed.wait_for(arrived, HANGS_AFTER), f"no letter to {sorted(missing)}"

    def doubled(self, people: Iterable[str]) -> set[str]:
        """Who had a letter more than once, each time the same by its Message-ID."""
        assert all(len(set(self.seen[one])) == 1 for one in people)
        return {one for one in people if len(self.seen[one]) > 1}

    async def handle_RCPT(self, server: Any, session: Any, *rest: Any) -> str:
        self._spring(BEFORE, session.peer[1])
        return await super().handle_RCPT(server, session, *rest)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        with self._changed:
            self.seen.setdefault(self.to[-1], []).append(str(self.taken[-1]["Message-ID"]))
            self._changed.notify_all()
        self._spring(AFTER, session.peer[1])
        return answer

    def _spring(self, when: str, port: int) -> None:
        self._begun[when] += 1
        trap = self._trap
        if trap and (trap.when, trap.number) == (when, self._begun[when]):
            self._trap = None
            trap.deed(port)
            self._sprung.set()
            if trap.over:
                trap.over.wait(HANGS_AFTER)
