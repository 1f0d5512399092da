"""What people were told in the application, and what they wish to be told. Drains make it.

Nobody is shown, or is counted, what is about a task that they may no longer see, or that lies in
the trash: today's rights are asked for, of the head of the tree in which the task stands now.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from tracker.core import life, notices, preferences, trees
from tracker.core.edits import Edit
from tracker.core.preferences import Preferences
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import NotFound, NotOverdue
from tracker.store import accounts, notifications
from tracker.store.notifications import Mark as Mark
from tracker.store.notifications import Row

from . import finding, writing
from .people import User
from .world import World
from .writing import Command

NO_NOTIFICATION = "Notification not found"
# So many rows are looked at, whatever is asked: of unread ones, and for one page
MOST_COUNTED, MOST_LOOKED_AT = 1_000, 200


class Listed(NamedTuple):
    """A page, the newest first; how many are unread; and where the next page goes on, if any."""

    rows: list[Row]
    unread: int
    further: Mark | None


def listing(world: World, caller: User, *, after: Mark | None, unread: bool, limit: int) -> Listed:
    """A page of one's own; four round trips.

    A page may hold fewer than `limit`, though more follows, where most of it is hidden.
    """
    user, now = caller["_id"], world.now()
    counted = notifications.unread(world.store, user, now, MOST_COUNTED)
    found = notifications.page(
        world.store, user, now, after=after, unread=unread, limit=MOST_LOOKED_AT
    )
    seen = _seen(world, user, [*counted, *found])
    shown = [row for row in found if row["task"] in seen]
    return Listed(shown[:limit], _count(counted, seen), _further(found, shown, limit))


def unread(world: World, caller: User) -> int:
    """How many one has not read, of the newest 1,000 such; three round trips."""
    counted = notifications.unread(world.store, caller["_id"], world.now(), MOST_COUNTED)
    return _count(counted, _seen(world, caller["_id"], counted))


def read(world: World, caller: User, notification: str) -> Row:
    """Mark one of one's own as read. Raises NotFound."""
    _require(world, caller, notification)
    changed = notifications.put_read(world.store, caller["_id"], notification)
    if changed is None:
        raise NotFound(NO_NOTIFICATION)
    return changed


def read_all(world: World, caller: User) -> None:
    """Mark all of one's own as read."""
    notifications.put_all_read(world.store, caller["_id"])


def remove(world: World, caller: User, notification: str) -> None:
    """Take one of one's own away. Raises NotFound."""
    _require(world, caller, notification)
    if not notifications.empty(world.store, caller["_id"], notification):
        raise NotFound(NO_NOTIFICATION)


def prefer(world: World, caller: User, changes: Mapping[str, Mapping[str, bool]]) -> Preferences:
    """Change what is named of one's preferences; answers all of them."""
    chosen = {
        f"notify.{kind}.{way}": wanted
        for kind, ways in changes.items()
        for way, wanted in ways.items()
    }
    changed = accounts.change(world.store, caller["_id"], chosen) if chosen else caller
    return preferences.of(changed or caller)


def tell_overdue(world: World, caller: User, task: str, terms: Terms = ANY) -> Row:
    """Tell whoever answers for an overdue task, the caller included; what they were told.

    Its assignee, else its creator, else the tree's owner: the first who is active. A letter goes
    out only where the sweep has not told anybody of this deadline, and then the sweep does not.
    Raises NotOverdue.
    """

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        node = place.node
        if not life.is_overdue(node, now):
            raise NotOverdue
        again = node.get("told_overdue") == node["due_date"]
        event = notices.overdue(node, [_responsible(world, caller, tree, place)], again=again)
        path = f"{trees.field_path(place.path, node['id'])}.told_overdue"
        return Edit({path: node["due_date"]}, (), (event,))

    told: Row = writing.write(world, Command(caller, "notify", task, terms), decide, _last_told)
    return told


def _last_told(after: Tree) -> Row:
    entry = after["outbox"][-1]
    # whoever was chosen may see the tree, be it by its head or because everybody may
    (notice,) = notices.of_entry(after, entry, open_workspace=True)
    return notifications.row(notice, None)


def _responsible(world: World, caller: User, tree: Tree, place: Place) -> str:
    asked = notices.responsible(tree, place.node, open_workspace=world.open_workspace)
    found = {user["_id"]: user["state"] for user in accounts.by_ids(world.store, asked)}
    return next((user for user in asked if found.get(user) == "active"), str(caller["_id"]))


def _require(world: World, caller: User, notification: str) -> None:
    row = notifications.get(world.store, caller["_id"], notification, world.now())
    if row is None or row["task"] not in _seen(world, caller["_id"], [row]):
        raise NotFound(NO_NOTIFICATION)


def _seen(world: World, user: str, rows: list[Row]) -> Collection[str | None]:
    """The tasks of rows that somebody may see, and None, for what is about no task."""
    named = {row["task"] for row in rows} - {None}
    return {None, *(finding.visible(world, user, named) if named else ())}


def _count(counted: list[Row], seen: Collection[str | None]) -> int:
    return sum(1 for row in counted if row["task"] in seen)


def _further(found: list[Row], shown: list[Row], limit: int) -> Mark | None:
    """Behind the last that is shown, or that was looked at; None where nothing may follow."""
    if len(shown) > limit:
        last = shown[limit - 1]
    elif len(found) == MOST_LOOKED_AT:
        last = found[-1]
    else:
        return None
    return Mark(last["created_at"], last["_id"])
