"""What somebody's going does to trees: their own end, in others they give everything back. Makes
Edits.
"""

from datetime import datetime

from . import members, schedule, trash
from .edits import Edit, fields, merge
from .trees import Place, Tree, walk


def wind_up(tree: Tree, *, at: datetime) -> Edit | None:
    """End a tree and whom it is shared with; None for one that has ended. Only for a clean tree."""
    if tree["root"] is None:
        return None
    return merge([trash.purge(tree, Place(tree["root"], ()), at=at), Edit({"members": []})])


def withdraw(tree: Tree, user: str, *, at: datetime) -> Edit | None:
    """End a membership, take the person off every task, and their reminders away; None for somebody
    who is no member.
    """
    if not any(member["user"] == user for member in tree["members"]):
        return None
    back = {"assigned_to": None, "updated_at": at}
    given_back = [
        fields(place, back, kind="task_updated", rev=tree["rev"] + 1)
        for place in walk(tree["root"])
        if place.node["assigned_to"] == user
    ]
    forgotten = [schedule.forget(place, user) for place in walk(tree["root"])]
    return merge([members.remove(tree, user), *given_back, *forgotten])
