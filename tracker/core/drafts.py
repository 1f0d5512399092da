"""New tasks: what a person sent, checked, becomes nodes. Ids, numbers and times are handed in.

A draft is the fields of a task and `subtasks`, a list of drafts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tracker.errors import Fault, Invalid

from . import pomodoros
from .life import COMPLETED, INDEPENDENT, OPEN, OVERDUE, TODO
from .limits import check_count, check_growth
from .trees import Node, Tree, nodes, size

Draft = Mapping[str, Any]


class Birth(NamedTuple):
    """What every task born in one commit shares: its time, its maker and the tree's new rev."""

    at: datetime
    by: str
    rev: int


def count(draft: Draft) -> int:
    """How many tasks a draft makes. Raises TooLarge where no tree holds so many."""
    found = sum(1 for _ in _walk(draft))
    check_count(found)
    return found


def assignees(draft: Draft) -> set[str]:
    """The people to whom a draft gives tasks."""
    return {one["assigned_to"] for one in _walk(draft) if one.get("assigned_to")}


def grow(
    draft: Draft, ids: Iterator[str], numbers: Iterator[int], birth: Birth, position: float
) -> Node:
    """The nodes of a draft and all below it, each with the next id and number; children keep their
    order.
    """
    top = _born(draft, next(ids), next(numbers), birth, position)
    stack = [(draft, top)]
    while stack:
        above, node = stack.pop()
        below = above.get("subtasks") or []
        for index, child in enumerate(below):
            # spread over (rev - 1, rev], so that whatever is appended later, at a later rev, comes
            # after
            spot = birth.rev - 1 + (index + 1) / len(below)
            born = _born(child, next(ids), next(numbers), birth, spot)
            node["children"][born["id"]] = born
            stack.append((child, born))
    return top


def plant(root: Node, *, owner: str) -> Tree:
    """A new tree at rev 0 whose first commit will be its planting; checks the limits."""
    tree = {
        "_id": root["id"],
        "owner": owner,
        "members": [],
        "rev": 0,
        "v": 1,
        "size": size(root),
        "root": root,
        "outbox": [],
        "ops": [],
    }
    check_completed(root, Fault("/status", ""), rule=root.get("completion", "block"))
    check_growth(None, tree)
    return tree


def born(node: Node) -> dict[str, Any]:
    """The event of a new task: what a history says of it, and not the whole subtree.

    `assigned` names the tasks below it that are given to people, for these are to be told. It is no
    event of each, nor in `changes`: a history tells of the one deed, once.
    """
    told = {
        name: [None, node[name]]
        for name in ("title", "status", "priority", "due_date", "assigned_to")
    }
    below = {one["id"]: one["assigned_to"] for one in nodes(node)[1:] if one["assigned_to"]}
    return {
        "type": "task_created",
        "task": node["id"],
        "changes": {k: v for k, v in told.items() if v[1] is not None},
        **({"assigned": below} if below else {}),
    }


def _born(draft: Draft, task: str, number: int, birth: Birth, position: float) -> Node:
    status = _status(draft)
    return {
        "id": task,
        "number": number,
        "title": draft["title"],
        "description": draft.get("description"),
        "status": status,
        "status_label": draft.get("status_label"),
        "priority": draft.get("priority") or "medium",
        "start_date": draft.get("start_date"),
        "due_date": draft.get("due_date"),
        "completed_at": birth.at if status == COMPLETED else None,
        "created_at": birth.at,
        "updated_at": birth.at,
        "created_by": birth.by,
        "assigned_to": draft.get("assigned_to"),
        "tags": list(draft.get("tags") or []),
        "notify_overdue": bool(draft.get("notify_overdue")),
        "reminders": [],
        "position": position,
        "rev": birth.rev,
        "hops": 0,
        **_rare(draft),
        "children": {},
    }


def _status(draft: Draft) -> str:
    given = draft.get("status") or TODO
    return TODO if given in {OVERDUE, OPEN} else str(given)


def _rare(draft: Draft) -> dict[str, Any]:
    """What few tasks have, and the others do not even say."""
    found = {name: draft[name] for name in ("category", "said") if draft.get(name)}
    number = (draft.get("pomodoros") or {}).get("planned")
    return found if number is None else {**found, "pomodoros": pomodoros.planned({}, number)}


def _walk(draft: Draft) -> Iterator[Draft]:
    stack = [draft]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(one.get("subtasks") or [])


def check_completed(top: Node, fault: Fault, *, rule: str) -> None:
    """A completed task with an open one below it cannot be made (only the rule `independent` knows
    such).
    """
    if rule == INDEPENDENT:
        return
    stack = [(top, False)]
    while stack:
        node, below_completed = stack.pop()
        is_completed = node["status"] == COMPLETED
        if below_completed and not is_completed:
            raise Invalid(
                fault._replace(detail=f"“{node['title']}” is open below a completed task")
            )
        stack.extend(
            (child, below_completed or is_completed) for child in node["children"].values()
        )
