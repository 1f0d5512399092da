"""Ends a deed at any call of the database, before it, after it, or in the midst of a bulk.

The crash is handed in as a wrapped database. It is no Exception, so that nothing takes it for a
fault to recover from; only `finally` sees it, and no crash test relies on that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.store.wrapped import Call

NEVER = 0
BEFORE, MIDDLE, AFTER = "before", "middle", "after"


class CrashNow(BaseException):
    """The process is gone."""


@dataclass
class Crash:
    """Hears every call and ends the process at the n-th."""

    at: int = NEVER
    where: str = AFTER
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Any:
        self.calls.append(call)
        if len(self.calls) != self.at:
            return call.run()
        if self.where == MIDDLE:
            half(call)
        elif self.where == AFTER:
            call.run()
        raise CrashNow


def half(call: Call) -> None:
    """Do one half of a bulk."""
    requests = list(call.args[0])
    if len(requests) > 1:
        call.with_args(requests[: len(requests) // 2]).run()


def points(calls: list[Call]) -> Iterator[tuple[int, str]]:
    """Every point at which a run with these calls can end."""
    for number, call in enumerate(calls, start=1):
        yield number, BEFORE
        if call.method == "bulk_write":
            yield number, MIDDLE
        yield number, AFTER
