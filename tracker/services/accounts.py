"""Accounts: registering, logging in, who somebody is, one's own profile. No tokens here."""

from typing import Any

from tracker.errors import Forbidden, Unauthenticated
from tracker.store import accounts
from tracker.store.accounts import User

from .passwords import Passwords
from .world import World

WRONG_LOGIN = "Invalid email or password"
DISABLED = "Account is disabled"
NOBODY = "Could not validate credentials"


def register(world: World, passwords: Passwords, wanted: dict[str, Any]) -> User:
    """A new user from `{email, username, full_name, password}`; raises Taken."""
    profile = {key: wanted[key] for key in ("email", "username", "full_name")}
    user = {
        "_id": world.new_id(),
        **profile,
        "role": "user",
        "state": "active",
        "password": passwords.hash(wanted["password"]),
        "created_at": world.now(),
    }
    return accounts.insert(world.store, user)


def log_in(world: World, passwords: Passwords, *, email: str, password: str) -> User:
    """Who has this address and password; raises Unauthenticated, alike for both, or Forbidden."""
    user = accounts.find_by_email(world.store, email)
    if not passwords.fits(user["password"] if user else None, password) or user is None:
        raise Unauthenticated(WRONG_LOGIN)
    if user["state"] != "active":
        raise Forbidden(DISABLED)
    return user


def active_user(world: World, user_id: str) -> User | None:
    """The user, unless gone or disabled; one round trip."""
    user = accounts.find(world.store, user_id)
    return user if user and user["state"] == "active" else None


def change_profile(world: World, user: User, wanted: dict[str, Any]) -> User:
    """The user with new fields of the profile; None leaves a field as it is."""
    given = {key: value for key, value in wanted.items() if value is not None}
    changed = accounts.change(world.store, user["_id"], given) if given else user
    if changed is None:
        raise Unauthenticated(NOBODY)
    return changed
