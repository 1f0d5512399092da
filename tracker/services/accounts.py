"""Accounts: logging in, who somebody is, one's own profile. No tokens here."""

from typing import Any

import structlog

from tracker.errors import Forbidden, Inactive, NoAccount, Unauthenticated, WrongPassword
from tracker.store import accounts
from tracker.store.accounts import User

from .passwords import Passwords
from .world import World

WRONG_LOGIN = "Invalid email or password"
DISABLED = "Account is disabled"
UNCONFIRMED = "The e-mail address is not confirmed yet: open the link in the letter that was sent"
NOBODY = "Could not validate credentials"
# Who may log in where a door tells those who wait that they do
ACTIVE_OR_WAITING = ("active", "unconfirmed")
log = structlog.get_logger()


def log_in(world: World, passwords: Passwords, given: dict[str, Any]) -> User:
    """Who has this `email` or `username`, and this `password`.

    Raises Unauthenticated, alike for what is unknown and what is wrong, or Forbidden.
    """
    return _let_in(passwords, _named(world, given), given["password"])


def log_in_by_any_name(world: World, passwords: Passwords, username: str, password: str) -> User:
    """As `log_in`, by what is an address or a user name; it is an address first, so that nobody
    stands in somebody's way who calls themselves by their address.
    """
    by_email = accounts.find_by_email(world.store, username)
    return _let_in(
        passwords, by_email or accounts.find_by_username(world.store, username), password
    )


def log_in_frankly(world: World, passwords: Passwords, email: str, password: str) -> User:
    """Who has this address and this password, also one who waits for the address to be confirmed.

    It tells which of the two is wrong: only for a door whose clients count on that. Raises
    NoAccount, WrongPassword, Inactive.
    """
    user = accounts.find_by_email(world.store, email)
    if user is None:
        raise NoAccount
    if not passwords.fits(user["password"], password):
        log.warning("login_refused", user=user["_id"])
        raise WrongPassword
    if user["state"] not in ACTIVE_OR_WAITING:
        log.warning("login_refused", user=user["_id"], state=user["state"])
        raise Inactive
    return user


def named_at_telegram(world: World, tg_name: str) -> User:
    """Who has this name at Telegram and may come in. Raises NoAccount, Inactive."""
    user = accounts.find_by_tg_name(world.store, tg_name)
    if user is None:
        raise NoAccount
    if user["state"] != "active":
        raise Inactive
    return user


def is_known_at_telegram(world: World, tg_name: str) -> bool:
    """Whether any account has this name at Telegram, so that nobody else can take it."""
    return accounts.find_by_tg_name(world.store, tg_name) is not None


def change_profile(world: World, user: User, wanted: dict[str, Any]) -> User:
    """The user with new fields of the profile; None clears one."""
    changed = accounts.change(world.store, user["_id"], wanted) if wanted else user
    if changed is None:
        raise Unauthenticated(NOBODY)
    return changed


def _let_in(passwords: Passwords, user: User | None, password: str) -> User:
    if not passwords.fits(user["password"] if user else None, password) or user is None:
        log.warning("login_refused", user=user["_id"] if user else None)
        raise Unauthenticated(WRONG_LOGIN)
    if user["state"] != "active":
        log.warning("login_refused", user=user["_id"], state=user["state"])
        raise Forbidden(UNCONFIRMED if user["state"] == "unconfirmed" else DISABLED)
    return user


def _named(world: World, given: dict[str, Any]) -> User | None:
    if "email" in given:
        return accounts.find_by_email(world.store, given["email"])
    return accounts.find_by_username(world.store, given["username"])
