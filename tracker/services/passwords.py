"""Passwords and their argon2id hashes: bounded in number, as slow for people who do not exist."""

import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.core.passwords import Rule, check
from tracker.errors import Unavailable

# The least that OWASP advises for argon2id: 19 MiB, two passes, one lane
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
# In a process: there is one a core. Who waits fills a thread of the server, so that few may.
AT_ONCE, WAITING, WAIT_SECONDS = 1, 3, 0.25


def well_known() -> frozenset[str]:
    """The 30,000 passwords that zxcvbn counts as tried first, in small letters."""
    # 14 MB and 30 ms: only for those who ask
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


class TooManyLogins(Unavailable):
    detail = "Too many log-ins at once; try again"
    retry_after = 1


class Passwords:
    """Hashes and verifies; raises TooManyLogins when no place comes free in a moment.

    Few at once, for each takes 19 MB and a core; few may wait, and not for long, for who waits
    fills a thread of the server. The cost `cheap` is for tests: so quick that any number may wait.
    `common` are passwords that nobody may choose.
    """

    def __init__(
        self,
        cost: str,
        *,
        common: Container[str] = (),
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        wait: float = WAIT_SECONDS,
    ) -> None:
        memory, passes = (8, 1) if cost == "cheap" else (MEMORY_KIB, PASSES)
        self._hasher = PasswordHasher(memory_cost=memory, time_cost=passes, parallelism=LANES)
        self._slots = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(
            at_once + (10_000 if cost == "cheap" else waiting)
        )
        self._wait = wait
        self._common = common
        self._nobody = self._hasher.hash("no password hashes to this for anybody")

    def new(self, password: str, rule: Rule) -> str:
        """A hash of a password that somebody chooses; raises Invalid where the rule forbids it."""
        check(password, rule, self._common)
        return self.hash(password)

    def hash(self, password: str) -> str:
        """A salted hash of the whole password, byte for byte."""
        with self.slot():
            return self._hasher.hash(password)

    def fits(self, known: str | None, password: str) -> bool:
        """True when the password made this hash; without one False, after the same work."""
        with self.slot():
            try:
                self._hasher.verify(known or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return known is not None

    def require_room(self) -> None:
        """Passes where one more may hash or wait to; raises TooManyLogins before any other work."""
        with _held(self._places, 0):
            pass

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place among those who hash; raises TooManyLogins."""
        with _held(self._places, 0), _held(self._slots, self._wait):
            yield


@contextmanager
def _held(places: threading.Semaphore, wait: float) -> Iterator[None]:
    if not places.acquire(timeout=wait):
        raise TooManyLogins
    try:
        yield
    finally:
        places.release()
