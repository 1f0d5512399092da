"""That an e-mail address is somebody's own: confirming it, asking once more, changing it."""

import structlog

from tracker.errors import BadLink, Confirmed, WrongPassword
from tracker.store import accounts, addresses
from tracker.store.accounts import User, fold

from . import letters, one_time_tokens
from .letters import Kind
from .passwords import Passwords
from .world import World

# Of an address that one registered with, and of one that is to take its place
OWN, NEW = "confirm", "change"
log = structlog.get_logger()


def look(world: World, token: str) -> str:
    """The address that this token would confirm; raises BadLink, or Confirmed where it is."""
    try:
        return str(one_time_tokens.look(world, token, OWN, NEW)["address"])
    except BadLink:
        raise _refusal(world, token) from None


def confirm(world: World, token: str) -> None:
    """Confirm the address that this token went to; of all who ask at once one succeeds.

    The account that waited for it is active. An address that is to take the place of another does
    so now, and the other one is told. Raises BadLink, Confirmed, or Taken where somebody else has
    it by now.
    """
    try:
        found = one_time_tokens.use(world, token, OWN, NEW)
    except BadLink:
        raise _refusal(world, token) from None
    done = (_adopt if found["purpose"] == NEW else _own)(world, found["user"], found["address"])
    if not done:
        raise BadLink
    log.info("email_changed" if found["purpose"] == NEW else "email_confirmed", user=found["user"])


def activate(world: World, token: str) -> None:
    """Confirm the address that one registered with, where the account waits for that. Raises
    BadLink, or Confirmed for an account that is active.
    """
    try:
        found = one_time_tokens.look(world, token, OWN)
    except BadLink:
        raise _refusal(world, token, OWN) from None
    user = accounts.find(world.store, found["user"])
    if user and user["state"] == "active" and "email_confirmed_at" in user:
        raise Confirmed
    confirm(world, token)


def resend(world: World, address: str, kind: Kind = letters.CONFIRM) -> None:
    """Send the letter again where the address waits to be confirmed; tells nothing either way."""
    letters.ask(world, kind, address)


def change(world: World, passwords: Passwords, user: User, *, address: str, password: str) -> None:
    """Ask the new address for its confirmation; the old one stays until then.

    Raises WrongPassword. Says nothing of an address that somebody else has: its letter leads to
    that person, and there to Taken.
    """
    if not passwords.fits(user["password"], password):
        log.warning("password_refused", user=user["_id"])
        raise WrongPassword
    addresses.propose(world.store, user["_id"], address)
    letters.ask(world, letters.CHANGE, address, user=user["_id"])


def _own(world: World, user: str, address: str) -> bool:
    return addresses.confirm(world.store, user, address, world.now())


def _adopt(world: World, user: str, address: str) -> bool:
    before = addresses.adopt(world.store, user, address, world.now())
    if before:
        letters.tell(world, letters.EMAIL_CHANGED, before, before.get("email"))
    return before is not None


def _refusal(world: World, token: str, *purposes: str) -> BadLink:
    """Somebody who opens a link twice need not be afraid: what they came for is done."""
    found = one_time_tokens.used(world, token, *(purposes or (OWN, NEW)))
    user = accounts.find(world.store, found["user"]) if found else None
    if found and user and user.get("email_key") == fold(found["address"]):
        return Confirmed() if "email_confirmed_at" in user else BadLink()
    return BadLink()
