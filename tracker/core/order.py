"""The order of siblings: a float `position` each. An appended child takes the tree's new rev, a
first one its negative, one between two others their middle; where doubles run out there, the
siblings are spread anew.
"""

from typing import NamedTuple

from tracker.errors import Fault, Invalid

from .edits import Edit
from .trees import Node, Place, field_path, ordered


class Spot(NamedTuple):
    """Where among its siblings: `first`, `last`, or `before` or `after` the sibling with an id."""

    where: str = "last"
    sibling: str | None = None


def find(parent: Place, spot: Spot, task: str, *, rev: int) -> tuple[float, Edit]:
    """The position of a task at a spot below a parent, and what moves its siblings apart where it
    must.

    Raises Invalid where the sibling that the spot names is not there.
    """
    siblings = [node for node in ordered(parent.node["children"]) if node["id"] != task]
    index = _index(siblings, spot)
    if index == len(siblings):
        return float(rev), Edit()
    if index == 0:
        return -float(rev), Edit()
    low, high = siblings[index - 1]["position"], siblings[index]["position"]
    middle = (low + high) / 2
    if low < middle < high:
        return middle, Edit()
    return _spread(parent, siblings, index, rev=rev)


def _index(siblings: list[Node], spot: Spot) -> int:
    if spot.where in {"first", "last"}:
        return 0 if spot.where == "first" else len(siblings)
    for index, node in enumerate(siblings):
        if node["id"] == spot.sibling and not node.get("deleted_at"):
            return index + (spot.where == "after")
    raise Invalid(Fault(f"/position/{spot.where}", "No such task below the new parent"))


def _spread(parent: Place, siblings: list[Node], index: int, *, rev: int) -> tuple[float, Edit]:
    """All siblings evenly over (rev - 1, rev], with the spot at `index` left free; their own revs
    stay.
    """
    step = 1 / (len(siblings) + 1)
    places = [rev - 1 + step * (nth + 1) for nth in range(len(siblings) + 1)]
    free = places.pop(index)
    path = (*parent.path, parent.node["id"])
    moved = zip(siblings, places, strict=True)
    return free, Edit({f"{field_path(path, node['id'])}.position": at for node, at in moved})
