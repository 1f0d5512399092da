"""Pomodoros: stretches of work on a task, of minutes that were planned. Makes Edits, and counts.

A node holds `pomodoros: {planned, done}`; nothing where nobody planned or finished any. One that is
finished counts for its task, and changes neither the task's rev nor its `updated_at`. How long
somebody was at it is what the service's clock says, and never more than was planned.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .edits import Edit
from .trees import Node, Place, field_path

MINUTES, MOST_MINUTES = 25, 180
MOST_PLANNED = 1_000

RUNNING, DONE, INTERRUPTED = "running", "done", "interrupted"

Pomodoro = dict[str, Any]


class Counts(NamedTuple):
    """How many were planned, None where nobody said, and how many are done."""

    planned: int | None
    done: int


def of_node(stored: Mapping[str, Any]) -> Counts:
    """What a node or a row says."""
    said = stored.get("pomodoros") or {}
    return Counts(said.get("planned"), said.get("done", 0))


def summed(nodes: Iterable[Node]) -> Counts:
    """The counts of several tasks together."""
    found = [of_node(node) for node in nodes]
    return Counts(sum(one.planned or 0 for one in found), sum(one.done for one in found))


def planned(stored: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    """What a node says once so many are planned."""
    return {"planned": number, "done": of_node(stored).done}


def given(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of a task, with what its node says once `pomodoros` {planned} are given."""
    if "pomodoros" not in changes:
        return dict(changes)
    known, wanted = of_node(stored).planned, changes["pomodoros"]
    number = wanted.get("planned", known) if wanted is not None else None
    others = {name: value for name, value in changes.items() if name != "pomodoros"}
    return others if number == known else {**others, "pomodoros": planned(stored, number)}


def count(place: Place, pomodoro: str) -> Edit:
    """One more that is done. The event names it, so that the drain takes its mark off."""
    known = of_node(place.node)
    after = Counts(known.planned, known.done + 1)._asdict()
    event = {
        "type": "pomodoro_finished",
        "task": place.node["id"],
        "changes": {"pomodoros": [place.node.get("pomodoros"), after]},
        "pomodoro": pomodoro,
    }
    path = f"{field_path(place.path, place.node['id'])}.pomodoros"
    return Edit({path: after}, (), (event,))


def seconds(pomodoro: Pomodoro, ended_at: datetime) -> int:
    """How long somebody was at it; a clock that was set back makes it none."""
    took = min(ended_at - pomodoro["started_at"], timedelta(minutes=pomodoro["minutes"]))
    return max(int(took.total_seconds()), 0)
