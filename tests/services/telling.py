"""A stage for tests of notices: ann's tree r > (a > b, c), which bob and zoe edit, all of them with
an address; what each was told, and what was mailed.
"""

from datetime import timedelta
from typing import Any

from tests.core.forest import node
from tests.store.staging import NOON as NOON
from tests.store.staging import plant
from tracker.core import notices
from tracker.services import notifying, sweeping
from tracker.services.world import World
from tracker.store import Store

PEOPLE = ("ann", "bob", "zoe")
ANN, BOB, ZOE = ({"_id": name} for name in PEOPLE)
EDITORS = [{"user": name, "role": "editor"} for name in ("bob", "zoe")]
DUE = NOON - timedelta(days=1)


def people(store: Store, **fields: Any) -> None:
    """The three of them, with these fields each."""
    for number, name in enumerate(PEOPLE, start=1):
        address = f"{name}@example.com"
        known = {"email": address, "email_key": address, "email_confirmed_at": NOON, **fields}
        user = {"_id": name, "number": number, "state": "active", "full_name": name.title()}
        store.db.users.insert_one({**user, **known})


def planted(store: Store, **fields: Any) -> None:
    """The tree, with these fields of every task in it."""
    a = node("a", node("b", **fields), **fields)
    plant(store, node("r", a, node("c", **fields), **fields), members=list(EDITORS))


def overdue(store: Store, count: int, user: str = "bob", **fields: Any) -> list[str]:
    """A tree t of so many overdue tasks that are given to somebody and ask for a letter."""
    late = {"due_date": DUE, "notify_overdue": True, "assigned_to": user, **fields}
    names = [f"t{number}" for number in range(count)]
    plant(store, node("t", *(node(name, **late) for name in names)), members=list(EDITORS))
    for kept in (store.db.notifications, store.db.jobs):
        kept.delete_many({})  # of the planting
    return names


def shown(world: World, user: dict[str, Any], **which: Any) -> list[tuple[str, str]]:
    """What one is shown, the kind and the task of each; the count is of what is not read."""
    asked = {"after": None, "unread": False, "limit": 100, **which}
    listed = notifying.listing(world, user, **asked)
    if not which:
        assert listed.unread == sum(not row["is_read"] for row in listed.rows)
        assert listed.unread == notifying.unread(world, user)
    return [(row["kind"], row["task"]) for row in listed.rows]


def stored(world: World, **wanted: Any) -> list[dict[str, Any]]:
    return list(world.store.db.notifications.find(wanted))


def letters(world: World) -> list[dict[str, Any]]:
    """The jobs of letters about notices."""
    return list(world.store.db.jobs.find({"user": {"$exists": True}}))


def send(world: World) -> tuple[int, int]:
    done, failed = sweeping.run_jobs(world)
    return done, failed


def prefer(world: World, user: str, kind: str, **ways: bool) -> None:
    assert kind in notices.KINDS
    notifying.prefer(world, {"_id": user}, {kind: ways})
