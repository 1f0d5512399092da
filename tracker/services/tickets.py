"""Tickets: what a page shows in place of its token where that would stand in an address.

A ticket is a one-time token whose address is the session that it opens, and which soon ends.
"""

from datetime import timedelta

from tracker.errors import BadLink, Unauthenticated
from tracker.store.bearers import Held

from . import one_time_tokens, sessions
from .accounts import NOBODY
from .one_time_tokens import Link
from .people import User
from .world import World

LIVES = timedelta(seconds=30)
_LINK = Link("live", LIVES, "")


def issue(world: World, user: User, session_id: str) -> str:
    """A ticket for the session in which somebody asks."""
    return one_time_tokens.issue(world, _LINK, user=user["_id"], address=session_id)


def use(world: World, ticket: str) -> Held:
    """The session of a ticket and its user, to the first who shows it. Raises Unauthenticated."""
    try:
        shown = one_time_tokens.use(world, ticket, _LINK.purpose)
    except BadLink:
        raise Unauthenticated(NOBODY) from None
    held = sessions.asking(world, shown["address"], shown["user"])
    if held is None:
        raise Unauthenticated(NOBODY)
    return held
