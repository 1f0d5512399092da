"""Steps of a write, one at a time, so that a test can put them in any order.

`plant` makes a tree and drains it; `commit` does the commit point alone and leaves the drain to
the test, as a writer does who pauses there.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.core.forest import at
from tracker.core import commits, drafts, edits, trees
from tracker.core.commits import Act, Commit
from tracker.core.edits import Edit
from tracker.core.rows import Row
from tracker.core.trees import Node, Tree
from tracker.store import Store, drains
from tracker.store import trees as stored

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DEED = Act("ann", "edit", "r", NOON)

Decide = Callable[[Tree], Edit]


def plant(store: Store, root: Node, **head: Any) -> Tree:
    """A new drained tree as it stands in the store."""
    planted = {**drafts.plant(root, owner="ann"), **head}
    first = commits.found(planted, drafts.born(root), DEED, store.space_of)
    assert stored.insert(store, first)
    drains.drain(store, first)
    return load(store, root["id"])


def load(store: Store, tree: str) -> Tree:
    found = stored.load(store, tree)
    assert found
    return found


def row(store: Store, task: str) -> Row:
    """The row as it is stored, gone or not."""
    found: Row | None = store.db.task_paths.find_one({"_id": task})
    assert found, f"no row of {task}"
    return found


def prepare(store: Store, tree: Tree, decide: Decide, **how: bool) -> Commit:
    return commits.prepare(tree, decide(tree), DEED, store.space_of, **how)


def commit(store: Store, tree: str, decide: Decide, **how: bool) -> Tree:
    """Commit an Edit on the tree as it stands; the snapshot that its writer would drain."""
    made = prepare(store, load(store, tree), decide, **how)
    assert stored.commit(store, made)
    return made.after if made.was_clean else load(store, tree)


def retitle(task: str, title: str) -> Decide:
    """Give a task another title."""

    def decide(tree: Tree) -> Edit:
        rev = tree["rev"] + 1
        return edits.fields(at(tree, task), {"title": title}, kind="task_updated", rev=rev)

    return decide


def end(task: str) -> Decide:
    """Take a task and all below it out of its tree, for good."""

    def decide(tree: Tree) -> Edit:
        place = at(tree, task)
        path = trees.field_path(place.path, task)
        return Edit({"size": tree["size"] - trees.size(place.node)}, (path,))

    return decide
