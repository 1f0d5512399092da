"""Processes that end, or are held up, at any of their database calls.

A process is a World of its own: the same data, but queues and number blocks that nobody shares. A
gap is the place just before one of its calls; `at_gap` puts a deed there, `crash_at` ends it there.
"""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import uuid_utils

from tests.faults.crashes import CrashNow, half
from tests.store.wrapped import Around, Call, wrap
from tracker.services.world import World
from tracker.store import Store

Clock = Callable[[], datetime]
Deed = Callable[[], object]


def process(store: Store, clock: Clock, *arounds: Around) -> World:
    """A World whose calls go through each `around`, the first one closest to the service."""
    for around in reversed(arounds or (undisturbed,)):
        store = wrap(store, around)
    return World(store, clock, lambda: str(uuid_utils.uuid7()))


def undisturbed(call: Call) -> Any:
    return call.run()


def at_gap(nth: int, deed: Deed) -> Around:
    """Do something else before the nth call (from 0)."""
    count = itertools.count()

    def around(call: Call) -> Any:
        if next(count) == nth:
            deed()
        return call.run()

    return around


def at_write(nth: int, deed: Deed) -> Around:
    """Do something else before the nth write."""
    count = itertools.count()

    def around(call: Call) -> Any:
        if call.writes and next(count) == nth:
            deed()
        return call.run()

    return around


def crash_at(nth: int) -> Around:
    """End before the nth write: after the one before it, and after every read in between."""
    return at_write(nth, _crash)


def crash_within(nth: int) -> Around:
    """End when the first half of the nth write is done; only a bulk has halves."""
    count = itertools.count()

    def around(call: Call) -> Any:
        if call.writes and next(count) == nth:
            if call.method == "bulk_write":
                half(call)
            _crash()
        return call.run()

    return around


def counted(deed: Callable[[Around], object], *, writes_only: bool = False) -> int:
    """How many calls, or writes, a deed makes when nothing disturbs it."""
    made: list[Call] = []

    def around(call: Call) -> Any:
        if call.writes or not writes_only:
            made.append(call)
        return call.run()

    deed(around)
    return len(made)


def crashes(deed: Deed) -> bool:
    """Whether a deed met its crash; what it answers or raises else is not looked at here."""
    try:
        deed()
    except CrashNow:
        return True
    return False


def _crash() -> None:
    raise CrashNow
