"""Accounts: logging in, who somebody is, one's own profile. No tokens here."""

from typing import Any

import structlog

from tracker.errors import Forbidden, Unauthenticated
from tracker.store import accounts
from tracker.store.accounts import User

from .passwords import Passwords
from .world import World

WRONG_LOGIN = "Invalid email or password"
DISABLED = "Account is disabled"
UNCONFIRMED = "The e-mail address is not confirmed yet: open the link in the letter that was sent"
NOBODY = "Could not validate credentials"
log = structlog.get_logger()


def log_in(world: World, passwords: Passwords, given: dict[str, Any]) -> User:
    """Who has this `email` or `username`, and this `password`.

    Raises Unauthenticated, alike for what is unknown and what is wrong, or Forbidden.
    """
    user = _named(world, given)
    if not passwords.fits(user["password"] if user else None, given["password"]) or user is None:
        log.warning("login_refused", user=user["_id"] if user else None)
        raise Unauthenticated(WRONG_LOGIN)
    if user["state"] != "active":
        log.warning("login_refused", user=user["_id"], state=user["state"])
        raise Forbidden(UNCONFIRMED if user["state"] == "unconfirmed" else DISABLED)
    return user


def change_profile(world: World, user: User, wanted: dict[str, Any]) -> User:
    """The user with new fields of the profile; None clears one."""
    changed = accounts.change(world.store, user["_id"], wanted) if wanted else user
    if changed is None:
        raise Unauthenticated(NOBODY)
    return changed


def _named(world: World, given: dict[str, Any]) -> User | None:
    if "email" in given:
        return accounts.find_by_email(world.store, given["email"])
    return accounts.find_by_username(world.store, given["username"])
