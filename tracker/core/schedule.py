"""When something of a task falls due, and what is told of a tree then. Makes Edits.

What falls due is told by a commit of the service itself, which changes neither a task's rev nor its
`updated_at`. Its events, any number of them:

    {"type": "task_overdue", "task", "changes": {}, "users": [id], "due_date": moment}
    {"type": "reminder", "task", "changes": {}, "users": [id], "reminder": id, "moment": moment}

`users` are those to be told: never empty, and nobody who may not see the tree. One commit may tell
a person of one task twice, by two reminders.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from . import moving, notices, reminders
from .access import rank
from .edits import Edit, merge
from .life import is_open
from .reminders import Reminder
from .trees import Node, Place, Tree, field_path

# so many tasks of a tree in one commit: its writers wait no longer than for any other
MOST = 100


def next_fire(node: Node) -> datetime | None:
    """When something of a task falls due next, or has: its deadline, if nobody was told of that
    one, or a reminder. None for a task that is completed or in the trash itself.
    """
    if not is_open(node) or node.get("deleted_at"):
        return None
    due = node["due_date"]
    found = [due] if due is not None and node.get("told_overdue") != due else []
    for reminder in node.get("reminders") or ():
        moment = reminders.next_at(reminder, node)
        if moment is not None:
            found.append(moment)
    return min(found, default=None)


def next_of(node: Node, reminder: Reminder) -> datetime | None:
    """When one reminder of a live task fires next; None once the task is completed."""
    return reminders.next_at(reminder, node) if is_open(node) else None


def is_due(tree: Tree, now: datetime) -> bool:
    """Whether anything of a tree is to be told now."""
    return any(True for _ in _due(tree, now))


def fire(tree: Tree, now: datetime, *, open_workspace: bool = False) -> Edit | None:
    """The Edit that tells what has fallen due, of MOST tasks at most; None where there is nothing.

    What is on its way to another tree is left alone: it falls due there.
    """
    found = list(islice(_due(tree, now), MOST))
    answers = partial(notices.responsible, tree, open_workspace=open_workspace)
    sees = partial(rank, tree, open_workspace=open_workspace)
    overdue = [_overdue(place, now, answers) for place in found]
    reminded = [_reminded(place, now, sees) for place in found]
    return merge([*overdue, *reminded]) if found else None


def put(place: Place, kept: list[Reminder]) -> Edit:
    """The Edit that gives a task other reminders; nobody else hears of it."""
    return Edit({f"{field_path(place.path, place.node['id'])}.reminders": kept})


def forget(place: Place, user: str) -> Edit:
    """The Edit that takes a person's reminders of a task away; of nothing where there are none."""
    before = place.node.get("reminders") or []
    after = [kept for kept in before if kept["user"] != user]
    return put(place, after) if len(after) < len(before) else Edit()


def _due(tree: Tree, now: datetime) -> Iterator[Place]:
    """The live tasks of which something has fallen due, but for those on their way elsewhere."""
    away = {intent["task"] for intent in moving.intents(tree)}
    stack = [Place(tree["root"], ())] if tree["root"] else []
    while stack:
        place = stack.pop()
        node = place.node
        if node.get("deleted_at") or node["id"] in away:
            continue
        moment = next_fire(node)
        if moment is not None and moment <= now:
            yield place
        below = (*place.path, node["id"])
        stack.extend([Place(child, below) for child in node["children"].values()])


def _overdue(place: Place, now: datetime, answers: Callable[[Node], list[str]]) -> Edit:
    """Tell of a deadline the first of those who answer for the task."""
    node = place.node
    due = node["due_date"]
    if due is None or due > now or node.get("told_overdue") == due:
        return Edit()
    path = f"{field_path(place.path, node['id'])}.told_overdue"
    return Edit({path: due}, (), (notices.overdue(node, answers(node)[:1]),))


def _reminded(place: Place, now: datetime, sees: Callable[[str], int]) -> Edit:
    """Fire the reminders whose moment has come; for who may not see the tree they are done, too."""
    before = place.node.get("reminders") or []
    settled = [reminders.settle(reminder, place.node, now) for reminder in before]
    after = [one.reminder for one in settled]
    if after == before:
        return Edit()
    event = {"type": "reminder", "task": place.node["id"], "changes": {}}
    events = tuple(
        {**event, "users": [one["user"]], "reminder": one["id"], "moment": told}
        for one, told in settled
        if told and sees(one["user"])
    )
    return Edit(put(place, after).set, (), events)
