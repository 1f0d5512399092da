"""What becomes of a task where it stands: changed, completed, reopened. Makes Edits.

Completing follows the rule on the tree's root: `block` (not while a descendant is open), `cascade`
(the descendants close with it), `auto` (as block, and a parent closes with its last open child),
`independent`. Each closed node remembers in `closed` by which completion, and what it was, so that
reopening brings back exactly what that completion closed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tracker.errors import AlreadyDone, OpenBelow

from . import labels
from .edits import Edit, fields, merge
from .trees import Node, Place, Tree, find, line, ordered

TODO, STARTED, COMPLETED, OVERDUE = "todo", "in_progress", "completed", "overdue"
# as a wish only: whatever open status a task has, else `todo`
OPEN = "open"
STORED_STATUSES = (TODO, STARTED, COMPLETED)
PRIORITIES = ("low", "medium", "high", "urgent")
BLOCK, CASCADE, AUTO, INDEPENDENT = RULES = ("block", "cascade", "auto", "independent")


def is_open(node: Mapping[str, Any]) -> bool:
    return bool(node["status"] != COMPLETED)


def is_overdue(node: Mapping[str, Any], now: datetime) -> bool:
    """Derived, never stored: not completed, and due before now."""
    return is_open(node) and node["due_date"] is not None and node["due_date"] < now


def live_below(place: Place) -> Iterable[Place]:
    """The places below a node that are not in the trash, in the order of an outline."""
    stack = [place]
    while stack:
        above = stack.pop()
        if above is not place:
            yield above
        path = (*above.path, above.node["id"])
        children = reversed(ordered(above.node["children"]))
        stack.extend([Place(node, path) for node in children if not node.get("deleted_at")])


def open_below(place: Place) -> list[Node]:
    """The open tasks below a node."""
    return [below.node for below in live_below(place) if is_open(below.node)]


def numbers_below(tree: Tree, task: str) -> list[int]:
    """The numbers of what is not in the trash below a task of this tree, in ascending order."""
    place = find(tree, task)
    return sorted(below.node["number"] for below in live_below(place)) if place else []


def change(tree: Tree, place: Place, changes: Mapping[str, Any], *, at: datetime) -> Edit:
    """Set the named fields; a new `status` completes or reopens by the rules of this module.

    Raises Conflict (with `open`) where the rule of the tree forbids completing.
    """
    plain = {name: value for name, value in changes.items() if name not in {"status", "said"}}
    plain |= labels.resaid(place.node, changes)
    status = _wanted(changes.get("status"), place.node)
    if status == COMPLETED and is_open(place.node):
        return complete(tree, place, at=at, also=plain)
    if status != COMPLETED and not is_open(place.node):
        own = (place.node.get("closed") or {}).get("status") == status
        forgotten = {} if own else {"status_label": None}
        return reopen(tree, place, at=at, also={**forgotten, **plain, "status": status})
    if status != place.node["status"]:
        plain = {"status_label": None, **plain, "status": status}
    return _touched(tree, place, plain, at=at, kind="task_updated")


def _wanted(status: str | None, node: Node) -> str:
    present = str(node["status"])
    if status == OPEN:
        return present if is_open(node) else TODO
    return status or present


def complete(
    tree: Tree,
    place: Place,
    *,
    at: datetime,
    cascade: bool = False,
    also: Mapping[str, Any] = {},  # noqa: B006 - read only
) -> Edit:
    """Close a task, and what its tree's rule closes with it; an Edit of nothing where it is closed.

    Raises Conflict naming the open descendants where the rule (and no cascade) forbids it.
    """
    if not is_open(place.node):
        return _touched(tree, place, also, at=at, kind="task_updated")
    rule = CASCADE if cascade else rule_of(tree)
    still_open = [below for below in live_below(place) if is_open(below.node)]
    if rule in {BLOCK, AUTO} and still_open:
        raise _blocked([below.node for below in still_open])
    closed = [_closed(tree, place, at=at, also=also)]
    if rule == CASCADE:
        closed += [_closed(tree, below, at=at) for below in still_open]
    if rule_of(tree) == AUTO:  # also where this once cascades
        finished = _finished_above(tree, place, {below.node["id"] for below in still_open})
        closed += [_closed(tree, above, at=at) for above in finished]
    return merge(closed)


def finish(
    tree: Tree,
    place: Place,
    *,
    at: datetime,
    cascade: bool = False,
    also: Mapping[str, Any] = {},  # noqa: B006 - read only
) -> Edit:
    """Close an open task below which nothing is open, whatever rule its tree has.

    Raises AlreadyDone, or OpenBelow (unless it cascades).
    """
    if not is_open(place.node):
        raise AlreadyDone
    still_open = open_below(place)
    if still_open and not cascade:
        raise _blocked(still_open)
    return complete(tree, place, at=at, cascade=cascade, also=also)


def reopen(
    tree: Tree,
    place: Place,
    *,
    at: datetime,
    also: Mapping[str, Any] = {},  # noqa: B006 - read only
) -> Edit:
    """Open a completed task, what its completion closed below it, and its completed ancestors."""
    if is_open(place.node):
        return _touched(tree, place, also, at=at, kind="task_updated")
    act = (place.node.get("closed") or {}).get("event")
    together = [
        below
        for below in live_below(place)
        if not is_open(below.node)
        and act is not None
        and (below.node.get("closed") or {}).get("event") == act
    ]
    return merge(
        [
            _opened(tree, place, at=at, also=also),
            *(_opened(tree, below, at=at) for below in together),
            open_line(tree, place.path, at=at),
        ]
    )


def open_line(tree: Tree, path: tuple[str, ...], *, at: datetime) -> Edit:
    """Reopen the completed tasks along a path, because something open stands below them now."""
    if rule_of(tree) == INDEPENDENT:
        return Edit()
    nodes = line(tree, path)
    places = [Place(node, path[:depth]) for depth, node in enumerate(nodes)]
    return merge(_opened(tree, above, at=at) for above in places if not is_open(above.node))


def rule_of(tree: Tree) -> str:
    """The completion rule of a tree."""
    return str(tree["root"].get("completion", BLOCK))


def _finished_above(tree: Tree, place: Place, below: set[str]) -> list[Place]:
    """The open ancestors whose last open tasks are the one that now closes, and what closes below
    it.
    """
    found: list[Place] = []
    closing = {place.node["id"], *below}
    nodes = line(tree, place.path)
    for depth in range(len(nodes) - 1, -1, -1):
        above = Place(nodes[depth], place.path[:depth])
        if not is_open(above.node) or any(node["id"] not in closing for node in open_below(above)):
            break
        closing.add(above.node["id"])
        found.append(above)
    return found


def _closed(tree: Tree, place: Place, *, at: datetime, also: Mapping[str, Any] = {}) -> Edit:  # noqa: B006
    node, rev = place.node, tree["rev"] + 1
    # revs of two trees cannot be compared, and a task may move: the tree's id belongs to the name
    act = f"{tree['_id']}:{rev}"
    was = {"event": act, "status": node["status"], "label": node["status_label"]}
    now = {
        "status_label": None,
        **also,
        "status": COMPLETED,
        "completed_at": at,
        "updated_at": at,
        "closed": was,
    }
    return fields(place, now, kind="task_completed", rev=rev)


def _opened(tree: Tree, place: Place, *, at: datetime, also: Mapping[str, Any] = {}) -> Edit:  # noqa: B006
    was = place.node.get("closed") or {}
    now = {
        "status": was.get("status", TODO),
        "status_label": was.get("label"),
        **also,
        "completed_at": None,
        "closed": None,
        "updated_at": at,
    }
    return fields(place, now, kind="task_reopened", rev=tree["rev"] + 1)


def _touched(
    tree: Tree, place: Place, changes: Mapping[str, Any], *, at: datetime, kind: str
) -> Edit:
    if all(place.node.get(name) == value for name, value in changes.items()):
        return Edit()
    return fields(place, {**changes, "updated_at": at}, kind=kind, rev=tree["rev"] + 1)


def _blocked(nodes: list[Node]) -> OpenBelow:
    named = ", ".join(f"“{node['title']}”" for node in nodes[:5])
    more = f" and {len(nodes) - 5} more" if len(nodes) > 5 else ""
    return OpenBelow(
        f"Open subtasks stand below it: {named}{more}",
        sorted(node["number"] for node in nodes),
        open=[
            {"id": node["id"], "number": node["number"], "title": node["title"]}
            for node in nodes[:100]
        ],
    )
