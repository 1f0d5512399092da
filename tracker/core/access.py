"""Who may do what on a tree: one table. Rights are read from the tree's head, never from rows or
tokens.

A head is `{owner, members: [{user, role}]}`. A stranger is told that there is nothing (NotFound), a
member without the right is told so (Forbidden).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.errors import Forbidden, NotFound

from .trees import Node

VIEWER, ASSIGNEE, EDITOR, OWNER = 1, 2, 3, 4
ROLES = {"viewer": VIEWER, "editor": EDITOR, "owner": OWNER}

# deed -> the least that may do it; an assignee is one on the given task and on what is below it
DEEDS = {
    "read": VIEWER,
    "comment": VIEWER,
    "remind": VIEWER,
    "notify": VIEWER,
    "edit_comment": VIEWER,
    "delete_comment": VIEWER,
    "detach": VIEWER,  # what one attached oneself; of others it takes `delete`
    "leave": VIEWER,
    "edit": ASSIGNEE,
    "attach": ASSIGNEE,
    "complete": ASSIGNEE,
    "reopen": ASSIGNEE,
    "create": ASSIGNEE,
    "run_pomodoros": ASSIGNEE,
    "delete": EDITOR,
    "restore": EDITOR,
    "move": EDITOR,
    "assign": EDITOR,
    "purge": OWNER,
    "move_out": OWNER,
    "share": OWNER,
    "invite": OWNER,
    "rule": OWNER,
    "hand_over": OWNER,
}

NO_TASK = "Task not found"


def rank(head: Mapping[str, Any], user: str, *, open_workspace: bool = False) -> int:
    """What a user is on a tree: OWNER, EDITOR, VIEWER, or 0 for a stranger."""
    if head["owner"] == user:
        return OWNER
    role = next((m["role"] for m in head["members"] if m["user"] == user), None)
    known = ROLES[role] if role else 0
    return max(known, EDITOR) if open_workspace else known


def require(
    head: Mapping[str, Any],
    user: str,
    deed: str,
    line: Iterable[Node] = (),
    *,
    open_workspace: bool = False,
) -> None:
    """Passes, or raises NotFound for strangers and Forbidden for members without the right.

    `line` holds the nodes from the root down to the task, for what its assignee may do.
    """
    known = rank(head, user, open_workspace=open_workspace)
    if not known:
        raise NotFound(NO_TASK)
    if known < ASSIGNEE and any(node.get("assigned_to") == user for node in line):
        known = ASSIGNEE
    if known < DEEDS[deed]:
        raise Forbidden(f"Your role on this tree does not allow to {deed.replace('_', ' ')}")
