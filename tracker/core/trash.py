"""Deleted and gone. A deleted task carries `deleted_at`, which holds for everything below it. Makes
Edits.
"""

from datetime import datetime

from tracker.errors import Conflict, NotFound

from .access import NO_TASK
from .edits import Edit, fields, merge
from .life import is_open, open_line
from .place import leave
from .trees import Place, Tree, line, walk


def is_trashed(tree: Tree, place: Place) -> bool:
    """True for a deleted task and for everything below one."""
    return any(node.get("deleted_at") for node in (*line(tree, place.path), place.node))


def require_live(tree: Tree, place: Place) -> None:
    """Passes, or raises NotFound: what lies in the trash is gone to every deed but those of the
    trash.
    """
    if is_trashed(tree, place):
        raise NotFound(NO_TASK)


def delete(tree: Tree, place: Place, *, at: datetime) -> Edit:
    """Mark a live task as deleted, with everything below it implied."""
    marks = {"deleted_at": at, "updated_at": at}
    return fields(place, marks, kind="task_deleted", rev=tree["rev"] + 1)


def restore(tree: Tree, place: Place, *, at: datetime) -> Edit:
    """Take the mark off a deleted task whose ancestors are live, and reopen those above an open
    one.

    Raises Conflict where the task is not in the trash.
    """
    if not is_trashed(tree, place):
        raise Conflict("The task is not in the trash")
    back = {"deleted_at": None, "updated_at": at}
    restored = fields(place, back, kind="task_restored", rev=tree["rev"] + 1)
    opened = open_line(tree, place.path, at=at) if is_open(place.node) else Edit()
    return merge([restored, opened])


def lies_deeper(tree: Tree, place: Place) -> bool:
    """True where an ancestor is in the trash, so that there is no live parent to come back to."""
    return any(node.get("deleted_at") for node in line(tree, place.path))


def purge(tree: Tree, place: Place, *, at: datetime) -> Edit:
    """Remove a task and all below it for good. Only for a tree that nothing waits in."""
    event = {
        "type": "task_purged",
        "task": place.node["id"],
        "changes": {"title": [place.node["title"], None]},
    }
    return merge([leave(tree, place, at=at), Edit(events=(event,))])


def expired(tree: Tree, before: datetime) -> list[str]:
    """The topmost tasks that were deleted before a time."""
    return [
        place.node["id"]
        for place in walk(tree["root"])
        if (place.node.get("deleted_at") or before) < before and not lies_deeper(tree, place)
    ]
