"""Where tasks go: into a tree, elsewhere in it, out of it and into another. Makes Edits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracker.errors import Cycle, Fault

from . import order
from .drafts import born, check_completed
from .edits import Edit, fields, merge
from .life import COMPLETED, open_line, rule_of
from .limits import check_growth
from .order import Spot
from .trees import Node, Place, Tree, field_path, ordered, size, walk


def insert(tree: Tree, parent: Place, node: Node, *, at: datetime) -> Edit:
    """Put a new subtree below a parent, and reopen completed ancestors of an open one; checks the
    limits.
    """
    check_completed(node, Fault("/status", ""), rule=rule_of(tree))
    path = (*parent.path, parent.node["id"])
    added = Edit(
        {field_path(path, node["id"]): node, "size": tree["size"] + size(node)},
        (),
        (born(node),),
    )
    edit = merge([added, open_line(tree, path, at=at)] if node["status"] != COMPLETED else [added])
    check_growth(tree, edit.apply(tree))
    return edit


def move(tree: Tree, place: Place, parent: Place, spot: Spot, *, at: datetime) -> Edit:
    """Put a subtree below another task of its tree, or elsewhere among its siblings, in one update.

    Raises Cycle for a move into itself or its own descendants, TooLarge for one that goes too
    deep.
    """
    node, rev = place.node, tree["rev"] + 1
    if node["id"] in {parent.node["id"], *parent.path}:
        raise Cycle(Fault("/parent_id", Cycle.detail))
    if place.parent == parent.node["id"]:
        return _reorder(place, parent, spot, at=at, rev=rev)
    position, spread = order.find(parent, spot, node["id"], rev=rev)
    path = (*parent.path, parent.node["id"])
    arrived = {**node, "position": position, "rev": rev, "updated_at": at}
    edit = merge(
        [
            Edit(
                {field_path(path, node["id"]): arrived},
                (field_path(place.path, node["id"]),),
                (_moved(node, place.parent, parent.node["id"]),),
            ),
            spread,
            Edit() if node["status"] == COMPLETED else open_line(tree, path, at=at),
        ]
    )
    check_growth(tree, edit.apply(tree))
    return edit


def leave(tree: Tree, place: Place, *, at: datetime) -> Edit:
    """Take a subtree out of its tree; of a root nothing is left but the tree's head."""
    if not place.path:
        return Edit({"root": None, "size": 0, "ended_at": at})
    left = tree["size"] - size(place.node)
    return Edit({"size": left}, (field_path(place.path, place.node["id"]),))


def arrive(tree: Tree, parent: Place | None, node: Node, spot: Spot, *, at: datetime) -> Edit:
    """Put a subtree of another tree below a task of this one, or where its root was; checks the
    limits.
    """
    rev = tree["rev"] + 1
    if parent is None:
        landed = _transplanted(node, rev=rev, position=float(rev), at=at)
        edit = Edit({"root": landed, "size": size(landed), "ended_at": None})
        check_growth(None, {**edit.apply(tree)})
        return edit
    position, spread = order.find(parent, spot, node["id"], rev=rev)
    landed = _transplanted(node, rev=rev, position=position, at=at)
    path = (*parent.path, parent.node["id"])
    added = Edit({field_path(path, node["id"]): landed, "size": tree["size"] + size(landed)})
    opened = Edit() if landed["status"] == COMPLETED else open_line(tree, path, at=at)
    edit = merge([added, spread, opened])
    check_growth(tree, edit.apply(tree))
    return edit


def _reorder(place: Place, parent: Place, spot: Spot, *, at: datetime, rev: int) -> Edit:
    position, spread = order.find(parent, spot, place.node["id"], rev=rev)
    changes = {"position": position, "updated_at": at}
    return merge([fields(place, changes, kind="task_moved", rev=rev), spread])


def _moved(node: Node, before: str | None, after: str | None) -> dict[str, Any]:
    return {"type": "task_moved", "task": node["id"], "changes": {"parent_id": [before, after]}}


def _transplanted(node: Node, *, rev: int, position: float, at: datetime) -> Node:
    """A subtree as another tree takes it: one hop more and that tree's rev on every task.

    Positions come from revs, too: as they were, what is appended later might not come last.
    """
    made: dict[str, Node] = {}
    for place in reversed(list(walk(node))):
        below = ordered(place.node["children"])
        children = {
            child["id"]: {**made[child["id"]], "position": rev - 1 + (index + 1) / len(below)}
            for index, child in enumerate(below)
        }
        made[place.node["id"]] = {
            **place.node,
            "rev": rev,
            "hops": place.node["hops"] + 1,
            "children": children,
        }
    return {**made[node["id"]], "position": position, "updated_at": at}


def moved(node: Node, intent: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a task that came from another tree."""
    target = intent["target"]
    changes = {
        "root_id": [intent["source"], target["tree"]],
        "parent_id": [intent["from"], target["parent"]],
    }
    return {"type": "task_moved", "task": node["id"], "changes": changes}
