"""What a door asks of tasks beyond the rules of the house, where its clients count on it.

A demand holds for what is written through that door; trees made elsewhere may be otherwise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tracker.errors import Unmet

from .life import is_open, live_below
from .trees import Node, Place

AFTER_START, AHEAD = "after_start", "ahead"
WITHIN_PARENT, AROUND_SUBTASKS = "within_parent", "around_subtasks"
DEPTH, OPEN_PARENT = "depth", "open_parent"


class Demands(NamedTuple):
    """`ahead`: a due date that is set lies in the future. `nested`: no task is due after the one
    above it. `levels`: how deep a tree may grow. `open_parent`: nothing is put below what is done.
    """

    ahead: bool = False
    nested: bool = False
    levels: int | None = None
    open_parent: bool = False


NONE = Demands()


def check_new(
    demands: Demands, draft: Mapping[str, Any], line: Sequence[Node], at: datetime
) -> None:
    """Passes, or raises Unmet, for a new task below the last of a line of nodes, the root first.

    A draft may say when its task `began`: it is due later than that.
    """
    due, began = draft.get("due_date"), draft.get("began")
    if due and began and due <= began:
        raise Unmet(AFTER_START)
    _check_due(demands, due, line, at)
    if demands.levels is not None and len(line) >= demands.levels:
        raise Unmet(DEPTH)
    if demands.open_parent and line and not is_open(line[-1]):
        raise Unmet(OPEN_PARENT)


def check_change(
    demands: Demands, place: Place, line: Sequence[Node], changes: Mapping[str, Any], at: datetime
) -> None:
    """Passes, or raises Unmet, for new values of a task; a due date that stays is not asked."""
    due = changes.get("due_date")
    if due is None or due == place.node["due_date"]:
        return
    _check_due(demands, due, line, at)
    below = [beneath.node["due_date"] for beneath in live_below(place)] if demands.nested else []
    if any(later and later > due for later in below):
        raise Unmet(AROUND_SUBTASKS)


def _check_due(demands: Demands, due: datetime | None, line: Sequence[Node], at: datetime) -> None:
    if due is None:
        return
    if demands.ahead and due <= at:
        raise Unmet(AHEAD)
    above = line[-1]["due_date"] if line else None
    if demands.nested and above and due > above:
        raise Unmet(WITHIN_PARENT)
