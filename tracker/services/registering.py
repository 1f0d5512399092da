"""Registering: with an e-mail address, a user name, a Telegram name, or all of them.

What differs from door to door is an argument; nothing here knows which door it is.
"""

import secrets
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
# nobody else has an id of this kind
BUILT_IN = "00000000-0000-8000-8000-000000000de5"
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


def register_vouched(world: World, passwords: Passwords, tg_name: str) -> User:
    """A new user whom another system vouches for by their name at Telegram; nobody has a password
    for them. Raises Taken.
    """
    if accounts.taken(world.store, {"tg_name": tg_name}):
        raise Taken("tg_name")
    hashed = passwords.hash(secrets.token_urlsafe())
    door = Door(Rule(0, 0), must_confirm=False)
    user = accounts.insert(world.store, _account(world, {"tg_name": tg_name}, hashed, door))
    log.info("registered", user=user["_id"], state=user["state"])
    return user


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


def built_in(world: World) -> User:
    """The user whom requests without a token act as, where a door is open to them; nobody logs in
    as them. Made when first asked for.
    """
    known = accounts.find(world.store, BUILT_IN)
    if known:
        return known
    user: User = {"_id": BUILT_IN, "full_name": "dev", "role": roles.USER, "state": "active"}
    user |= {"password": "none", "created_at": world.now()}
    names = {} if accounts.find_by_username(world.store, "dev") else {"username": "dev"}
    try:
        return accounts.insert(world.store, {**user, **names})
    except Taken:  # somebody asked at the same moment
        return built_in(world)


def _account(world: World, wanted: dict[str, Any], hashed: str, door: Door) -> User:
    now = world.now()
    names = {name: wanted[name] for name in NAMES if wanted.get(name) is not None}
    full_name = wanted.get("full_name") or next(reversed(names.values())).partition("@")[0]
    account = {"_id": world.new_id(), **names, "full_name": full_name, "role": "user"}
    account |= {"state": "active", "password": hashed, "created_at": now}
    if door.must_confirm and "email" in names:
        account |= {"state": "unconfirmed", "confirm_by": now + CONFIRM_WITHIN}
    return account
