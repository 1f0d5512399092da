"""The parent-path index of a tree: one row a task, made from one snapshot and never patched.

A row carries what a list item and a task's answer need, what a search looks for, `next_fire_at`
where something falls due, for the sweep, and `(hops, rev)`, by which a newer row wins over an older
one. It carries no rights: those are read from the tree's head.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from . import attached, labels
from .life import COMPLETED, PRIORITIES
from .schedule import next_fire
from .trees import Node, Place, Tree, nodes

Row = dict[str, Any]
_Pair = tuple[Node | None, Place, bool, bool]

TOMBSTONE_DAYS = 7
_COPIED = (
    "number",
    "title",
    "description",
    "status",
    "status_label",
    "start_date",
    "due_date",
    "completed_at",
    "created_at",
    "updated_at",
    "created_by",
    "assigned_to",
    "tags",
    "notify_overdue",
    "position",
    "hops",
)


class Progress(NamedTuple):
    """How many live tasks stand below one, and how many of them are completed."""

    done: int
    total: int


NONE = Progress(0, 0)
# what few tasks have: absent from the rows of the others
_RARE = ("category", "pomodoros", "said")
_Counts = dict[str, Progress]


def progress(root: Node | None) -> dict[str, Progress]:
    """The progress of every task of a tree, in one walk."""
    known: dict[str, Progress] = {}
    for node in reversed(nodes(root)):
        done = total = 0
        for child in node["children"].values():
            if not child.get("deleted_at"):
                below = known[child["id"]]
                done += below.done + (child["status"] == COMPLETED)
                total += below.total + 1
        known[node["id"]] = Progress(done, total)
    return known


def project(tree: Tree, space: str, only: Collection[str] | None = None) -> dict[str, Row]:
    """The rows of a tree by task id, all of them or those asked for."""
    known = progress(tree["root"])
    rows: dict[str, Row] = {}
    stack: list[tuple[Node, tuple[str, ...], bool]] = [(tree["root"], (), False)]
    while stack and tree["root"]:
        node, path, below_trashed = stack.pop()
        task = node["id"]
        if only is None or task in only:
            place = Place(node, path)
            rows[task] = _row(tree, space, place, known[task], below_trashed=below_trashed)
        if node["children"]:
            trashed, below = below_trashed or bool(node.get("deleted_at")), (*path, task)
            stack.extend([(child, below, trashed) for child in node["children"].values()])
    return rows


def changed(before: Tree | None, after: Tree, spaces: tuple[str, str]) -> list[str]:
    """The tasks whose row after an Edit is new or other than before; equal to comparing all rows.

    `spaces` are those of the tree before and after.
    """
    pairs = list(_pairs(before, after, spaces))
    if before is None:
        return [place.node["id"] for _, place, _, _ in pairs]
    old, new = _counted(before, after, pairs)
    found: list[str] = []
    for was, place, was_trashed, is_trashed in pairs:
        task = place.node["id"]
        row = _row(after, spaces[1], place, new.get(task, NONE), below_trashed=is_trashed)
        there = was and _row(
            before,
            spaces[0],
            Place(was, place.path),
            old.get(task, NONE),
            below_trashed=was_trashed,
        )
        if there is None or not same(row, there):
            found.append(task)
    return found


def _counted(before: Tree, after: Tree, pairs: list[_Pair]) -> tuple[_Counts, _Counts]:
    """The progress before and after; nothing is counted where nothing that counts has changed."""
    if all(was is not None and _counts_alike(was, place.node) for was, place, _, _ in pairs):
        return {}, {}
    return progress(before["root"]), progress(after["root"])


def _counts_alike(was: Node, node: Node) -> bool:
    return (
        was["status"] == node["status"]
        and was.get("deleted_at") == node.get("deleted_at")
        and was["children"].keys() == node["children"].keys()
    )


def _pairs(before: Tree | None, after: Tree, spaces: tuple[str, str]) -> Iterator[_Pair]:
    """Each node after an Edit beside what stood at its place before, where they may differ.

    What an Edit did not touch is shared between both trees, so whole branches are passed over by
    identity, unless their owner, their space or the trash above them is another.
    """
    if after["root"] is None:
        return
    rehomed = before is None or before["owner"] != after["owner"] or spaces[0] != spaces[1]
    stack: list[_Pair] = [
        (before["root"] if before else None, Place(after["root"], ()), False, False)
    ]
    while stack:
        was, place, was_trashed, is_trashed = stack.pop()
        if was is place.node and was_trashed == is_trashed and not rehomed:
            continue
        yield was, place, was_trashed, is_trashed
        was_trashed = was_trashed or bool(was and was.get("deleted_at"))
        is_trashed = is_trashed or bool(place.node.get("deleted_at"))
        path = (*place.path, place.node["id"])
        for key, child in place.node["children"].items():
            beneath = was["children"].get(key) if was else None
            stack.append((beneath, Place(child, path), was_trashed, is_trashed))


def tombstone(task: str, *, hops: int, rev: int, root: str, at: datetime) -> Row:
    """The row of a task that is gone: it stays for a week, so that no late row brings the task
    back.
    """
    return {
        "_id": task,
        "gone": True,
        "hops": hops,
        "rev": rev,
        "root": root,
        "purge_at": at + timedelta(days=TOMBSTONE_DAYS),
    }


def same(one: Row | None, other: Row | None) -> bool:
    """Whether two rows say the same; the rev that they were made from does not count."""
    if one is None or other is None:
        return one is other
    return {**one, "rev": 0} == {**other, "rev": 0}


def _row(
    tree: Tree, space: str, place: Place, done: Progress, *, below_trashed: bool = False
) -> Row:
    node = place.node
    row = {name: node[name] for name in _COPIED} | _uncommon(node)
    title = node["title"].casefold()
    row.update(
        _id=node["id"],
        gone=False,
        rev=tree["rev"],
        task_rev=node["rev"],
        root=tree["_id"],
        parent=place.parent,
        path=list(place.path),
        depth=len(place.path),
        owner=tree["owner"],
        space=space,
        title_key=title,
        text=f"{title}\n{(node['description'] or '').casefold()}",
        priority=PRIORITIES.index(node["priority"]),
        is_deleted=below_trashed or bool(node.get("deleted_at")),
        trashed_at=None if below_trashed else node.get("deleted_at"),
        completion=node.get("completion"),
        **done._asdict(),
        subtask_count=_live(node),
        **({} if below_trashed else _firing(node)),
    )
    return row


def _uncommon(node: Node) -> Row:
    """Absent, not null, where a task has none, as most have not."""
    found = {name: node[name] for name in _RARE if node.get(name) is not None}
    if node["status_label"]:
        found["label_key"] = labels.key(node["status_label"])
    return found | attached.row_fields(node)


def _firing(node: Node) -> Row:
    """Absent, not null, where nothing falls due: the sweep's index holds no other row."""
    fires = next_fire(node)
    return {"next_fire_at": fires} if fires else {}


def _live(node: Node) -> int:
    return sum(1 for child in node["children"].values() if not child.get("deleted_at"))
