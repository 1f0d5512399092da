"""Events whose effects cannot be written: how often their drain was tried, and which were given up.

`{_id, state, attempts}` while a drain is tried again: `failing`, under the oldest entry that waits
in the tree. `{_id, state, tree, seq, at, deed, task, faults, entry}` once given up: `dead`, under
the event itself, `faults` saying which step failed of what. The tree's document knows nothing of
either, so no rev changes, and no ack is disturbed.
"""

from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, ReturnDocument

from tracker.core.commits import Entry

Dead = dict[str, Any]

KEPT = timedelta(days=30)


def count_attempt(store: Any, tree: str, entry: Entry) -> int:
    """Count one more drain that failed while this entry was the oldest in its tree."""
    counted: Dead = store.db.dead_events.find_one_and_update(
        {"_id": _id(tree, entry)},
        {
            "$inc": {"attempts": 1},
            "$setOnInsert": {"state": "failing", "expires_at": entry["at"] + KEPT},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(counted["attempts"])


def bury(store: Any, tree: str, entry: Entry, *, step: str, fault: str) -> None:
    """Give an entry's step up, for this reason; `revive` or time takes it away again."""
    about = {name: entry[name] for name in ("seq", "at", "deed", "task")}
    dead = {**about, "tree": tree, "entry": entry, "expires_at": entry["at"] + KEPT}
    change = {"$set": {**dead, "state": "dead", f"faults.{step}": fault}}
    store.db.dead_events.update_one({"_id": _id(tree, entry)}, change, upsert=True)


def remove(store: Any, event: str) -> None:
    """Forget a dead event."""
    store.db.dead_events.delete_one({"_id": event, "state": "dead"})


def remove_all(store: Any, tree: str) -> None:
    """Forget the dead events of a tree, and with them what was written in it."""
    store.db.dead_events.delete_many({"tree": tree})


def get(store: Any, event: str) -> Dead | None:
    """A dead event; None where there is none of that id."""
    found: Dead | None = store.db.dead_events.find_one({"_id": event, "state": "dead"})
    return found


def listed(store: Any, limit: int) -> list[Dead]:
    """Dead events without their entries, in the order of their ids."""
    found = store.db.dead_events.find({"state": "dead"}, {"entry": 0})
    return list(found.sort([("_id", ASCENDING)]).limit(limit))


def count(store: Any, most: int) -> int:
    """How many events are dead, `most` where there are more."""
    return int(store.db.dead_events.count_documents({"state": "dead"}, limit=most))


def _id(tree: str, entry: Entry) -> str:
    return f"{tree}:{entry['seq']}"
