"""Admins: who is one, and what they do with accounts. All of it acts on the next request.

Only an admin makes admins; the first is made by `flask create-admin`. There is always one left.
"""

from collections.abc import Iterable, Mapping

import structlog

from tracker.core.passwords import Rule
from tracker.errors import Conflict, Forbidden, NotFound
from tracker.store import accounts, numbers, paths, roles, sessions
from tracker.store.accounts import User
from tracker.store.roles import Page

from .passwords import Passwords
from .world import World

ADMIN, USER = "admin", "user"
PASSWORD = Rule(8, 128)
LAST = "You are the last admin; make somebody else one first"
LEAVING = "The account is being deleted"
# in which an account may be administered; one that leaves is on its way already
_STANDING = ("active", "unconfirmed", "disabled")
log = structlog.get_logger()


def listing(
    world: World, caller: User, *, search: str | None, role: str | None, page: int, size: int
) -> Page:
    """A page of accounts. Raises Forbidden for all but admins, as does every deed here."""
    _require_admin(caller)
    return roles.page(world.store, search=search, role=role, skip=(page - 1) * size, limit=size)


def workloads(world: World, caller: User, users: Iterable[User]) -> Mapping[str, int]:
    """How many open tasks each of some people has been given, by their ids; 0 where none is."""
    _require_admin(caller)
    return paths.open_given(world.store, [user["_id"] for user in users])


def find(world: World, caller: User, email: str | None) -> User | None:
    """Who has this address, if anybody; without one the caller."""
    _require_admin(caller)
    return accounts.find_by_email(world.store, email) if email else caller


def disable(world: World, caller: User, user_id: str) -> User:
    """Shut an account: its tokens are refused, and its sessions do not come back with it.

    Raises NotFound, and Conflict for the last admin.
    """
    changed = _change(world, caller, user_id, {"state": "disabled"}, deed="user_disabled")
    sessions.remove_all(world.store, user_id)
    return changed


def enable(world: World, caller: User, user_id: str) -> User:
    """Open a disabled account again; one whose address was never confirmed waits for that."""
    _require_admin(caller)
    user = _known(world, user_id)
    if user["state"] in {"active", "unconfirmed"}:
        return user
    state = "unconfirmed" if "confirm_by" in user else "active"
    return _change(world, caller, user_id, {"state": state}, deed="user_enabled")


def put(world: World, caller: User, user_id: str, role: str) -> User:
    """Make somebody an admin, or no longer one. Raises Conflict for the last."""
    return _change(world, caller, user_id, {"role": role}, deed=f"role_{role}")


def make_admin(
    world: World, passwords: Passwords, *, email: str, username: str | None, password: str
) -> User:
    """A new admin with a confirmed address, asked for at the terminal. Raises Taken, Invalid."""
    user = {
        "_id": world.new_id(),
        "email": email,
        "full_name": username or email.partition("@")[0],
        "role": ADMIN,
        "state": "active",
        "password": passwords.new(password, PASSWORD),
        "created_at": world.now(),
        "email_confirmed_at": world.now(),
        **({"username": username} if username else {}),
    }
    made = accounts.insert(world.store, user)
    log.warning("admin_made", user=made["_id"])
    return made


def promote(world: World, email: str) -> User | None:
    """Make the person of an address an admin, asked for at the terminal; None for nobody."""
    user = accounts.find_by_email(world.store, email)
    made = user and roles.put(world.store, user["_id"], {"role": ADMIN}, among=_STANDING)
    if made:
        log.warning("admin_made", user=made["_id"])
    return made


def crown(world: World, user: User) -> User:
    """Make an admin of a new user who asked for it, while there is none at all; else nothing.

    For development only. Of several at one moment one draws the crown.
    """
    if roles.there_is_an_admin(world.store) or numbers.reserve(world.store.db, "crown", 1)[0] > 1:
        return user
    made = roles.put(world.store, user["_id"], {"role": ADMIN}, among=_STANDING)
    log.warning("admin_made", user=user["_id"])
    return made or user


def keep_an_admin(world: World, before: User) -> None:
    """Passes while an admin is left; else puts role and state back as they were, raises Conflict.

    Looked at after the change: of two admins who end each other at once, one stays.
    """
    if before["role"] != ADMIN or roles.count_admins(world.store):
        return
    accounts.change(world.store, before["_id"], {name: before[name] for name in ("role", "state")})
    raise Conflict(LAST)


def _change(world: World, caller: User, user_id: str, fields: dict[str, str], *, deed: str) -> User:
    _require_admin(caller)
    before = _known(world, user_id)
    opens = "state" in fields and fields["state"] != "disabled"
    changed = roles.put(world.store, user_id, fields, among=_STANDING, ends_sessions=opens)
    if changed is None:
        raise Conflict(LEAVING)
    keep_an_admin(world, before)
    log.warning(deed, actor=caller["_id"], user=user_id)
    return changed


def _known(world: World, user_id: str) -> User:
    user = accounts.find(world.store, user_id)
    if user is None or "role" not in user:
        raise NotFound("User not found")
    return user


def _require_admin(caller: User) -> None:
    if caller.get("role") != ADMIN:
        log.warning("admin_refused", actor=caller["_id"])
        raise Forbidden("Only an admin may do this")
