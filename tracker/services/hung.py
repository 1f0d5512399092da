"""What hangs on tasks, for the answers that show them: their comments and files, in one round trip
each, and none where the rows say that there are none.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tracker.core import attached as said
from tracker.core import trees
from tracker.core.attached import COMMENTS, FILES
from tracker.core.rows import Row
from tracker.store import attached, drains, paths
from tracker.store import trees as stored
from tracker.store.attached import Document

from .world import World

ByTask = Mapping[str, list[Document]]


class Hung(NamedTuple):
    """Comments and files by the ids of their tasks, oldest first; a task without any is absent."""

    comments: ByTask
    files: ByTask

    def authors(self) -> set[str]:
        """Who wrote the comments."""
        return {comment["user"] for some in self.comments.values() for comment in some}


def of_task(world: World, row: Row, *, as_of: datetime | None = None) -> Hung:
    """All that hangs on a task. With `as_of` nothing that came or changed after the row was made,
    at that time: the answer of a write may be given again to somebody who may see no more.
    """
    found: dict[str, ByTask] = {}
    for kind in said.KINDS:
        some: list[Document] = []
        if said.counted(row, kind):
            until = max(said.newest(row, kind), default=None) if as_of else None
            some = attached.of_task(world.store, kind, row["_id"], until=until)
        unchanged = [one for one in some if not as_of or one.get("updated_at", as_of) <= as_of]
        found[kind] = _by_task(unchanged)
    return Hung(found[COMMENTS], found[FILES])


def newest(world: World, rows: Iterable[Row]) -> Hung:
    """The newest ten of each kind that hang on tasks."""
    rows = list(rows)
    found: dict[str, ByTask] = {}
    for kind in said.KINDS:
        ids = [one for row in rows for one in said.newest(row, kind)]
        found[kind] = _by_task(attached.by_ids(world.store, kind, ids) if ids else [])
    return Hung(found[COMMENTS], found[FILES])


def is_committed(world: World, kind: str, document: Document) -> bool:
    """Whether a commit brought in what is pending still; its tree is drained, which settles that
    but where the drain gave its event up.
    """
    row = paths.get(world.store, document["task"])
    if row is None:
        return False
    drains.drain_now(world.store, row["root"])
    tree = stored.load(world.store, row["root"])
    place = trees.find(tree, document["task"]) if tree else None
    return bool(place and document["_id"] in said.tally(place.node, kind)["newest"])


def _by_task(documents: Iterable[Document]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for document in documents:
        found.setdefault(document["task"], []).append(document)
    return found
