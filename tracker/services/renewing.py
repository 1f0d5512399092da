"""A new password: for who knows the old one, and for who forgot it. Other devices are logged out.

The owner is told by letter, so that nobody takes an account in silence.
"""

import structlog

from tracker.core.passwords import Rule
from tracker.errors import BadLink, Conflict, WrongPassword
from tracker.store import accounts, addresses
from tracker.store.accounts import User

from . import letters, one_time_tokens, sessions
from .letters import Kind
from .passwords import Passwords
from .world import World

PURPOSE = "reset"
# A link that is worth nothing without the current password
BY_LINK = "renew"
log = structlog.get_logger()


def forgot(world: World, address: str) -> None:
    """Send a link to this address if somebody has it; does and tells the same either way."""
    letters.ask(world, letters.RESET, address)


def look(world: World, token: str) -> None:
    """Returns where a token could set a new password now; raises BadLink."""
    one_time_tokens.look(world, token, PURPOSE)


def reset(world: World, passwords: Passwords, token: str, password: str, rule: Rule) -> None:
    """Set a new password by a token, and end all sessions; of all who ask at once one succeeds.

    Raises BadLink, or Invalid for a password that the rule forbids: the token is good still. Who
    opened the letter has the address, so it is confirmed as well.
    """
    look(world, token)  # so that nobody makes us hash by a wrong one
    hashed = passwords.new(password, rule)
    found = one_time_tokens.use(world, token, PURPOSE)
    address = found["address"]
    user = accounts.reset_password(world.store, found["user"], address=address, new=hashed)
    if user is None:
        raise BadLink
    addresses.confirm(world.store, user["_id"], address, world.now())
    _tell(world, user, "password_reset", keep=None)


def change(
    world: World, passwords: Passwords, user: User, *, current: str, new: str, rule: Rule,
    keep: str | None,
) -> None:  # fmt: skip
    """Set a new password, and end all sessions but `keep`. Raises WrongPassword, Invalid."""
    if not passwords.fits(user["password"], current):
        log.warning("password_refused", user=user["_id"])
        raise WrongPassword
    hashed = passwords.new(new, rule)
    changed = accounts.change_password(
        world.store, user["_id"], old=user["password"], new=hashed, spared=keep
    )
    if changed is None:
        raise WrongPassword  # somebody was faster, and it is no longer the current one
    _tell(world, changed, "password_changed", keep=keep)


def ask(world: World, user: User, kind: Kind) -> None:
    """Send a user the link by which they change their password; raises Conflict where they have no
    address.
    """
    if "email" not in user:
        raise Conflict("Your account has no e-mail address")
    letters.ask(world, kind, user["email"], user=user["_id"])


def owner(world: World, token: str) -> User:
    """Whose password a link of `ask` changes; raises BadLink."""
    found = one_time_tokens.look(world, token, BY_LINK)
    user = accounts.find(world.store, found["user"])
    if user is None or user["state"] != "active" or user.get("email") != found["address"]:
        raise BadLink
    return user


def change_by_link(
    world: World, passwords: Passwords, user: User, token: str, *, current: str, new: str,
    rule: Rule,
) -> None:  # fmt: skip
    """Set a new password by a link and the current one, and end all sessions.

    Raises BadLink, also for somebody else's link, WrongPassword, Invalid. What is refused does not
    use the link up.
    """
    if owner(world, token)["_id"] != user["_id"]:
        raise BadLink
    if not passwords.fits(user["password"], current):
        log.warning("password_refused", user=user["_id"])
        raise WrongPassword
    hashed = passwords.new(new, rule)
    one_time_tokens.use(world, token, BY_LINK)
    changed = accounts.change_password(world.store, user["_id"], old=user["password"], new=hashed)
    if changed is None:
        raise WrongPassword  # somebody was faster, and it is no longer the current one
    _tell(world, changed, "password_changed", keep=None)


def _tell(world: World, user: User, event: str, *, keep: str | None) -> None:
    log.warning(event, user=user["_id"])
    sessions.end_all(world, user["_id"], but=keep)
    letters.tell(world, letters.PASSWORD_CHANGED, user, user.get("email"))
