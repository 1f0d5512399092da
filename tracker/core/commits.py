"""What one write puts beside its edit: the new rev, and the outbox entry that says which rows it
changes.

The entry is written in the same update as the edit, so whoever finds it later, after a crash too,
can finish.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from . import rows
from .edits import Edit
from .limits import check_entry
from .trees import Tree, walk

Entry = dict[str, Any]
Op = dict[str, Any]


class Act(NamedTuple):
    """Who did what, to which task, when: what history tells of a commit."""

    actor: str
    deed: str
    task: str
    at: datetime
    is_hidden: bool = False  # a step that people need not hear of


@dataclass(frozen=True)
class Commit:
    """One write, ready to be stored: the tree before, the Edit, and the tree after it with its
    entry.
    """

    before: Tree
    edit: Edit
    entry: Entry
    after: Tree
    op: Op | None = None

    @property
    def was_clean(self) -> bool:
        """True when nothing waited to be drained, so that `after` is all there is to drain."""
        return not self.before["outbox"] and not self.before["ops"]


def prepare(
    tree: Tree, edit: Edit, act: Act, space_of: Callable[[str], str], *, moved_out: bool = False
) -> Commit:
    """The commit of an Edit on a tree as it was loaded. Raises TooLarge for an entry over its
    limit.

    With `moved_out` what leaves the tree lives on in another: its newer rows are there.
    """
    after = {**edit.apply(tree), "rev": tree["rev"] + 1}
    spaces = space_of(tree["owner"]), space_of(after["owner"])
    entry = _entry(
        act,
        after["rev"],
        edit,
        rows.changed(tree, after, spaces),
        {} if moved_out else _gone(tree, after, edit),
    )
    return Commit(tree, edit, entry, _with(after, entry))


def found(tree: Tree, event: dict[str, Any], act: Act, space_of: Callable[[str], str]) -> Tree:
    """A new tree (mostly at rev 0) as its first commit stores it, one rev on with its entry."""
    after = {**tree, "rev": tree["rev"] + 1}
    space = space_of(tree["owner"])
    edit = Edit(events=(event,))
    named = rows.changed(None, after, (space, space))
    return _with(after, _entry(act, after["rev"], edit, named, {}))


def remember(commit: Commit, op: Op) -> Commit:
    """The same commit with the stored answer of its key, in the same write as the effect."""
    op = {**op, "seq": commit.after["rev"]}
    after = {**commit.after, "ops": [*commit.after["ops"], op]}
    return replace(commit, after=after, op=op)


def history(tree: Tree, entry: Entry) -> dict[str, Any]:
    """The one history row of a commit; its id makes a second writing of it harmless.

    `events` and `titles` are for those who watch: what happened to which task, in its order, and
    what those tasks are called in this snapshot of the tree, as far as they stand in it.
    """
    changes: dict[str, Any] = {}
    for event in entry["events"]:
        changes[event["task"]] = {**changes.get(event["task"], {}), **event["changes"]}
    return {
        "_id": f"{tree['_id']}:{entry['seq']}",
        "tree": tree["_id"],
        "seq": entry["seq"],
        "at": entry["at"],
        "actor": entry["actor"],
        "deed": entry["deed"],
        "task": entry["task"],
        "changes": changes,
        "tasks": sorted({entry["task"], *changes}),
        "hidden": entry["hidden"],
        "events": [_told(event) for event in entry["events"]],
        "titles": {} if entry["hidden"] else _titles(tree, {*changes}),
    }


def _told(event: Mapping[str, Any]) -> list[str]:
    """What happened to which task; of a comment which one, and whose it is."""
    about = [event["comment"], event["author"]] if "comment" in event else []
    return [event["type"], event["task"], *about]


def _titles(tree: Tree, tasks: set[str]) -> dict[str, str]:
    found = (place.node for place in walk(tree["root"]) if place.node["id"] in tasks)
    return {node["id"]: node["title"] for node in islice(found, len(tasks))}


def _entry(act: Act, seq: int, edit: Edit, named: list[str], gone: dict[str, int]) -> Entry:
    entry = {
        "seq": seq,
        "at": act.at,
        "actor": act.actor,
        "deed": act.deed,
        "task": act.task,
        "events": [dict(event) for event in edit.events],
        "rows": named,
        "gone": gone,
        "hidden": act.is_hidden,
    }
    check_entry(entry)
    return entry


def _gone(before: Tree, after: Tree, edit: Edit) -> dict[str, int]:
    """The tasks that an Edit ends, with their hops: only one that unsets can end any."""
    if not edit.unset and after["root"] is not None:
        return {}
    left = {place.node["id"] for place in walk(after["root"])}
    return {p.node["id"]: p.node["hops"] for p in walk(before["root"]) if p.node["id"] not in left}


def _with(after: Tree, entry: Entry) -> Tree:
    return {**after, "outbox": [*after["outbox"], entry], "dirty": True}
