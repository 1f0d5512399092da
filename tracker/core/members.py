"""Who belongs to a tree. The list lies in the tree's head, so that a change of it is a commit like
any other.
"""

from collections.abc import Iterable

from tracker.errors import Conflict, Fault, Invalid, NotFound

from .access import DEEDS, rank
from .edits import Edit
from .trees import Tree


def is_member(tree: Tree, user: str) -> bool:
    """True for the owner and for everybody the tree is shared with."""
    return bool(rank(tree, user))


def admit(tree: Tree, users: Iterable[str], *, by: str, open_workspace: bool = False) -> Edit:
    """Make viewers of the outsiders among `users`, because a task is given to them.

    Raises Invalid where `by` may not invite: only the owner assigns people from outside.
    """
    outside = sorted({user for user in users if not is_member(tree, user)})
    if not outside or open_workspace:
        return Edit()
    if rank(tree, by) < DEEDS["invite"]:
        raise Invalid(
            Fault(
                "/assigned_to", "Only the tree's owner may assign somebody who is no member of it"
            )
        )
    new = [{"user": user, "role": "viewer"} for user in outside]
    event = {"type": "member_added", "task": tree["_id"], "changes": {"members": [None, outside]}}
    return Edit({"members": [*tree["members"], *new]}, (), (event,))


def put(tree: Tree, user: str, role: str) -> Edit:
    """Give a person a role; `owner` hands the tree over, and its owner so far stays as an editor.

    Raises Conflict for the owner's own role: a tree without an owner is nobody's.
    """
    if user == tree["owner"]:
        if role == "owner":
            return Edit()
        raise Conflict("The owner keeps that role until the tree is handed over")
    others = [member for member in tree["members"] if member["user"] != user]
    known = next((m["role"] for m in tree["members"] if m["user"] == user), None)
    if known == role:
        return Edit()
    event = _event(tree, user, known, role)
    if role == "owner":
        before = {"user": tree["owner"], "role": "editor"}
        return Edit({"owner": user, "members": [before, *others]}, (), (event,))
    return Edit({"members": [*others, {"user": user, "role": role}]}, (), (event,))


def remove(tree: Tree, user: str) -> Edit:
    """End a membership. Raises Conflict for the owner, NotFound for somebody who is no member."""
    if user == tree["owner"]:
        raise Conflict("The owner cannot leave; hand the tree over first")
    left = [member for member in tree["members"] if member["user"] != user]
    if len(left) == len(tree["members"]):
        raise NotFound("No such member")
    role = next(member["role"] for member in tree["members"] if member["user"] == user)
    return Edit({"members": left}, (), (_event(tree, user, role, None),))


def _event(tree: Tree, user: str, before: str | None, after: str | None) -> dict[str, object]:
    kind = "member_added" if before is None else "member_changed" if after else "member_removed"
    said = [role and {"user": user, "role": role} for role in (before, after)]
    return {"type": kind, "task": tree["_id"], "changes": {"members": said}}
