"""Holding back who tries too often; how often is too often stands in `core.tries`.

The counters lie in the database: a restart forgets nothing, workers share them, Redis is no matter.
"""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import structlog

from tracker.core import tries
from tracker.core.tries import Counts, Rule
from tracker.errors import TooMany, TrackerError, Unavailable
from tracker.store import throttles
from tracker.store.accounts import fold

from .world import World

DETAIL = "Too many tries; try again later"
log = structlog.get_logger()


class Try(NamedTuple):
    """A try: by which rule, in which windows it counts, until when."""

    rule: Rule
    windows: list[str]
    until: datetime


@contextmanager
def throttled(
    world: World, what: str, *, address: str, account: str | None = None
) -> Iterator[None]:
    """Let a try be made, and count it; raises TooMany instead where there were too many.

    `account` is what the caller typed, known or not: an answer must not tell. Where only wrong
    tries count, one is counted once it went wrong: right ones never stand in each other's way, and
    of wrong ones at one moment some more may pass.
    """
    made = _begun(world, what, address, account)
    if made.rule.only_wrong:
        _require_room(world, what, made)
        with _counting_wrong(world, made):
            yield
    else:
        throttles.add(world.store, made.windows, made.until)
        _require_room(world, what, made, counted=True)
        yield


def _begun(world: World, what: str, address: str, account: str | None) -> Try:
    rule = tries.RULES[what]
    start, until = tries.window(world.now(), rule.seconds)
    who = [f"from {address}"]
    if account is not None:
        who += [f"from {address} at {fold(account)}", f"at {fold(account)}"]
    return Try(rule, [f"{what}:{_hashed(one)}:{start}" for one in who], until)


def _require_room(world: World, what: str, made: Try, *, counted: bool = False) -> None:
    """What is refused does not count: nobody makes the wait of others longer by asking on."""
    found = throttles.counts(world.store, made.windows)
    counts = Counts(*(number if counted else number + 1 for number in found))
    if not tries.refuses(made.rule, counts):
        return
    if counted:
        throttles.add(world.store, made.windows, made.until, -1)
    log.warning("throttled", what=what, **counts._asdict())
    raise TooMany(math.ceil((made.until - world.now()).total_seconds()), DETAIL)


@contextmanager
def _counting_wrong(world: World, made: Try) -> Iterator[None]:
    """What we were too busy for was no try."""
    try:
        yield
    except Unavailable:
        raise
    except TrackerError:
        throttles.add(world.store, made.windows, made.until)
        raise


def _hashed(who: str) -> str:
    """Short, and telling nobody's address."""
    return hashlib.blake2b(who.encode(), digest_size=16).hexdigest()
