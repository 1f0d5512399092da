"""Leaving for good. One write shuts the account; the sweep does the rest, in slices, and may be
interrupted anywhere.

Trees that somebody owns are removed with them, also for those they are shared with: who wants to
keep one for the others hands it over first. In the trees of others the person is taken off the
tasks and the list of members. Of the account a number stays, without a name, so that "created by"
still points somewhere. All is gone through twice: the second round, five minutes later, finds what
requests that were under way still made.
"""

import time
from collections.abc import Callable, Collection
from datetime import timedelta

import structlog

from tracker.core import leaving as rules
from tracker.core import moving
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.errors import Conflict, Moving, WrongPassword
from tracker.store import (
    api_tokens,
    categories,
    dead_events,
    leaving,
    notifications,
    one_time_tokens,
    pomodoros,
    sessions,
    trees,
)
from tracker.store.accounts import User
from tracker.store.leaving import Mark

from . import alerts, passage, roles, writing
from .passwords import Passwords
from .trashing import SYSTEM
from .world import World

ROUNDS = 2
BETWEEN_ROUNDS = timedelta(minutes=5)
SLICE, SLICE_SECONDS = 50, 0.5
log = structlog.get_logger()


def leave(world: World, passwords: Passwords, user: User, password: str) -> None:
    """Shut one's account for good: every token of it is refused with the next request.

    Raises WrongPassword, and Conflict for the last admin.
    """
    if not passwords.fits(user.get("password"), password):
        log.warning("password_refused", user=user["_id"])
        raise WrongPassword
    if user["role"] == roles.ADMIN:
        roles.put(world, user, user["_id"], roles.USER)
    if not leaving.begin(world.store, user["_id"], world.now()):
        raise Conflict(roles.LEAVING)
    log.warning("account_left", user=user["_id"])
    _end_tokens(world, user["_id"])


def due(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The people whose going is to go on now."""
    return leaving.due(world.store, world.now(), limit, skip)


def go_on(world: World, user: str) -> bool:
    """One slice of somebody's going; False once its round has ended."""
    mark = leaving.mark_of(world.store, user)
    if mark is None or mark["at"] > world.now():
        return False
    own = leaving.own_trees(world.store, user, mark["after"], SLICE)
    shared = [] if own else leaving.shared_trees(world.store, user, SLICE)
    if own:
        _wind_up(world, user, mark, own)
    elif shared:
        _withdraw(world, user, shared)
    else:
        _end_round(world, user, mark)
    return bool(own or shared)


def _wind_up(world: World, user: str, mark: Mark, own: list[str]) -> None:
    """Notes how far it came before it passes anything on: a tree that fails is met again."""
    end = time.monotonic() + SLICE_SECONDS
    for tree in own:
        _commit(world, tree, "purge", lambda found: rules.wind_up(found, at=world.now()))
        leaving.hush_history(world.store, tree)
        dead_events.remove_all(world.store, tree)
        notifications.empty_of_tree(world.store, tree)
        leaving.pass_by(world.store, user, mark, tree)
        if time.monotonic() > end:
            return


def _withdraw(world: World, user: str, shared: list[str]) -> None:
    end = time.monotonic() + SLICE_SECONDS
    for tree in shared:
        _commit(world, tree, "leave", lambda found: rules.withdraw(found, user, at=world.now()))
        if time.monotonic() > end:
            return


def _commit(world: World, tree: str, deed: str, edited: Callable[[Tree], Edit | None]) -> None:
    """One commit of the service itself, once no part of the tree is on its way to another."""
    for intent in moving.intents(trees.head(world.store, tree) or {}):
        passage.carry(world, intent)

    def decide(found: Tree) -> Edit | None:
        edit = edited(found)
        if edit and moving.is_frozen(found, edit):
            raise Moving
        return edit

    writing.commit_alone(world, tree, Act(SYSTEM, deed, tree, world.now()), decide)


def _end_round(world: World, user: str, mark: Mark) -> None:
    _end_tokens(world, user)
    for kind in (categories, notifications, pomodoros):
        kind.remove_all(world.store, user)
    alerts.forget(world, user)
    is_last = mark["round"] == ROUNDS
    leaving.bury(world.store, user, mark, None if is_last else world.now() + BETWEEN_ROUNDS)
    log.info("account_gone" if is_last else "account_emptied", user=user)


def _end_tokens(world: World, user: str) -> None:
    for kind in (sessions, api_tokens, one_time_tokens):
        kind.remove_all(world.store, user)
