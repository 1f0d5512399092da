"""Sessions: opened by logging in, asked for by every request, refreshed, ended.

A session that is gone or has expired ends every token that names it, with the next request, in all
processes: nothing here is remembered between two requests.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NoReturn

import structlog

from tracker.core import sessions as rules
from tracker.core.sessions import Lifetimes, Origin, Session, Use
from tracker.errors import NotFound, Unauthenticated
from tracker.store import accounts, sessions
from tracker.store.accounts import User
from tracker.store.bearers import Held

from .accounts import NOBODY
from .world import World

NO_SESSION = "Session not found"
# Who may come in, unless a door says otherwise
ACTIVE = ("active",)
log = structlog.get_logger()


def open_plain(world: World, user: User, origin: Origin, lifetimes: Lifetimes) -> Session:
    """A session for a client that never refreshes: it ends with its one access token.

    `user` is who has just shown who they are. Raises Unauthenticated where that no longer holds.
    """
    session = rules.opened(world.new_id(), user["_id"], origin, lifetimes.access, at=world.now())
    return _opened(world, user, session)


def open_refreshable(
    world: World, user: User, origin: Origin, lifetimes: Lifetimes, *, rotates: bool = True
) -> Session:
    """A session with refresh tokens; they rotate, unless the client is known to keep its first.

    `user` and Unauthenticated are as for `open_plain`.
    """
    session = rules.opened(world.new_id(), user["_id"], origin, lifetimes.refresh, at=world.now())
    return _opened(world, user, rules.refreshable(session, rotates=rotates))


def asking(
    world: World, session_id: str, user: str, *, states: Collection[str] = ACTIVE
) -> Held | None:
    """The session and the user who asks in it; None where it has ended or they may not come in."""
    held = sessions.with_user(world.store, session_id, world.now())
    if held is None or held.user["_id"] != user or not stands(held, states):
        return None
    if rules.was_seen_long_ago(held.what["seen_at"], at=world.now()):
        sessions.put_seen(world.store, held.what, world.now())
    return held


def stands(held: Held, states: Collection[str] = ACTIVE) -> bool:
    """A session is of its user's epoch: what ends all of them, such as a new password, begins the
    next one, in one update with the deed, which also names the session that it spares.
    """
    session, user = held
    same = session.get("epoch", 0) == user.get("epoch", 0) or session["_id"] == user.get("spared")
    return same and user["state"] in states


def refresh(world: World, session_id: str, generation: int) -> Held:
    """The session as it stands once this generation of its refresh tokens was shown, and its user.

    The token before the newest gets the newest again, for 10 s. Any other ends the session, for
    somebody has it who should not. Raises Unauthenticated.
    """
    return _refreshed(world, session_id, generation, at=world.now())


def listing(world: World, user: User) -> list[Session]:
    """One's own sessions, the newest first."""
    return sessions.of_user(world.store, user["_id"], world.now())


def end(world: World, user: User, session_id: str) -> None:
    """End one of one's own sessions; raises NotFound."""
    if not sessions.remove(world.store, session_id, user["_id"]):
        raise NotFound(NO_SESSION)
    log.info("session_ended", user=user["_id"], session=session_id)


def log_out(world: World, user: User, session_id: str, *, everywhere: bool) -> None:
    """End the session that asks, or all of its user's."""
    if everywhere:
        sessions.remove_all(world.store, user["_id"])
    else:
        sessions.remove(world.store, session_id, user["_id"])
    log.info("logged_out", user=user["_id"], session=session_id, everywhere=everywhere)


def end_all(world: World, user: str, *, but: str | None = None) -> None:
    """End all sessions of a user, but for the one that asks if it is named."""
    sessions.remove_all(world.store, user, but=but)


def _opened(world: World, user: User, session: Session) -> Session:
    """Looks at the user again: who changes a password writes it first, then ends what sessions
    there are.
    """
    session = {**session, "epoch": user.get("epoch", 0)}
    sessions.insert(world.store, session)
    stands = accounts.find(world.store, user["_id"])
    if stands is None or stands["password"] != user["password"]:
        sessions.remove(world.store, session["_id"], user["_id"])
        raise Unauthenticated(NOBODY)
    log.info("logged_in", user=user["_id"], session=session["_id"])
    return session


def _refreshed(world: World, session_id: str, generation: int, *, at: datetime) -> Held:
    held = _refreshable(world, session_id)
    use = rules.use(held.what, generation, at=at)
    if use is Use.REUSED:
        _end_stolen(world, held)
    if use is not Use.ROTATE:
        return held
    session = rules.rotated(held.what, at=at)
    if not sessions.rotate(world.store, held.what, session):  # another was faster,
        return _refreshed(world, session_id, generation, at=at)  # so this is the one before now
    return held._replace(what=session)


def _refreshable(world: World, session_id: str) -> Held:
    held = sessions.with_user(world.store, session_id, world.now())
    if held is None or not stands(held) or "refresh" not in held.what:
        raise Unauthenticated(NOBODY)
    return held


def _end_stolen(world: World, held: Held) -> NoReturn:
    sessions.remove(world.store, held.what["_id"], held.user["_id"])
    log.warning("refresh_token_reused", user=held.user["_id"], session=held.what["_id"])
    raise Unauthenticated(NOBODY)
