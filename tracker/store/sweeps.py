"""What all sweeps of all processes have come to since ever: one document, for whoever measures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

ROW = "sweeps"


class Tally(NamedTuple):
    """What one part of a sweep has come to; `seconds` of work, without the rests between."""

    done: int
    failed: int
    seconds: float


def note(store: Any, at: datetime, parts: Mapping[str, Tally]) -> None:
    """Add what one sweep did; the last one's time stays."""
    sums = {
        f"parts.{name}.{what}": value
        for name, tally in parts.items()
        for what, value in tally._asdict().items()
    }
    change: dict[str, Any] = {"$max": {"at": at}} | ({"$inc": sums} if sums else {})
    store.db.counters.update_one({"_id": ROW}, change, upsert=True)


def total(store: Any) -> tuple[datetime | None, dict[str, Tally]]:
    """When the last sweep ended, and the sums by part; None and nothing before the first one."""
    found = store.db.counters.find_one({"_id": ROW}) or {}
    parts = {name: Tally(**sums) for name, sums in found.get("parts", {}).items()}
    return found.get("at"), parts
