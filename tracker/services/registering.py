"""Registering: with an e-mail address, a user name, a Telegram name, or all of them.

What differs from door to door is an argument; nothing here knows which door it is.
"""

from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from tracker.core.passwords import Rule
from tracker.errors import Taken
from tracker.store import accounts
from tracker.store.accounts import NAMES, User

from . import letters, roles
from .letters import Kind
from .passwords import Passwords
from .world import World

# An account that is not confirmed by then is removed, and its names are free again.
CONFIRM_WITHIN = timedelta(days=7)
log = structlog.get_logger()


class Door(NamedTuple):
    """What a door asks of those who register there; `letter` asks to confirm an address. Where it
    `crowns`, the first who asks for the role admin has it.
    """

    rule: Rule
    must_confirm: bool
    letter: Kind = letters.CONFIRM
    crowns: bool = False


def register(world: World, passwords: Passwords, wanted: dict[str, Any], door: Door) -> User:
    """A new user from `{password, full_name, email, username, tg_name, role}`.

    One of the three names is there, the rest may be absent. A role is ignored unless the door
    crowns. Raises Taken and Invalid. Where the door asks for it, one with an address waits as
    `unconfirmed` until that is confirmed.
    """
    hashed = passwords.new(wanted["password"], door.rule)
    user = accounts.insert(world.store, _account(world, wanted, hashed, door))
    log.info("registered", user=user["_id"], state=user["state"])
    if "email" in user:
        letters.ask(world, door.letter, user["email"], user=user["_id"])
    wants_crown = door.crowns and wanted.get("role") == roles.ADMIN
    return roles.crown(world, user) if wants_crown else user


def register_quietly(
    world: World, passwords: Passwords, wanted: dict[str, Any], door: Door
) -> None:
    """Register without telling whether the address was known: letters tell whoever reads there.

    As much is asked and written in either case, for time would tell as well: two letters in the
    place of an account and one. That another name is taken is told, by Taken.
    """
    try:
        register(world, passwords, wanted, door)
    except Taken as fault:
        if fault.names != ("email",):
            raise
        letters.ask(world, letters.KNOWN, wanted["email"])
        letters.ask(world, door.letter, wanted["email"])


def _account(world: World, wanted: dict[str, Any], hashed: str, door: Door) -> User:
    now = world.now()
    names = {name: wanted[name] for name in NAMES if wanted.get(name) is not None}
    full_name = wanted.get("full_name") or next(reversed(names.values())).partition("@")[0]
    account = {"_id": world.new_id(), **names, "full_name": full_name, "role": "user"}
    account |= {"state": "active", "password": hashed, "created_at": now}
    if door.must_confirm and "email" in names:
        account |= {"state": "unconfirmed", "confirm_by": now + CONFIRM_WITHIN}
    return account
