"""Passwords and their argon2id hashes: bounded in number, as slow for people who do not exist."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.errors import Unavailable

# The least that OWASP advises for argon2id: 19 MiB, two passes, one lane
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
AT_ONCE = 2
WAIT_SECONDS = 0.25


class TooManyLogins(Unavailable):
    detail = "Too many log-ins at once; try again"
    retry_after = 1


class Passwords:
    """Hashes and verifies; raises TooManyLogins when no place comes free in a moment.

    Few at once, for each takes 19 MB and a core; not queued for long, for waiting log-ins would
    fill the server's threads. The cost `cheap` is for tests.
    """

    def __init__(self, cost: str, *, at_once: int = AT_ONCE, wait: float = WAIT_SECONDS) -> None:
        memory, passes = (8, 1) if cost == "cheap" else (MEMORY_KIB, PASSES)
        self._hasher = PasswordHasher(memory_cost=memory, time_cost=passes, parallelism=LANES)
        self._slots = threading.BoundedSemaphore(at_once)
        self._wait = wait
        self._nobody = self._hasher.hash("no password hashes to this for anybody")

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

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place among those who hash; raises TooManyLogins."""
        if not self._slots.acquire(timeout=self._wait):
            raise TooManyLogins
        try:
            yield
        finally:
            self._slots.release()
