"""An edit and a revoked membership: after the revocation is acknowledged, no edit lands.

Searched: a member who edits the task x, an owner who ends the membership, somebody who edits
another task of the tree; every interleaving. Taken out: the edit is guarded by the rev of its task
alone, which the revocation does not move. The rev of the tree covers all that the decision read; a
filter that names the right as well would do for this one.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, search

BY_TREE_REV = "the tree's rev"
BY_TASK_REV_AND_RIGHT = "the task's rev, and the right in the filter"
BY_TASK_REV = "the task's rev"


@pytest.mark.parametrize("guard", [BY_TREE_REV, BY_TASK_REV_AND_RIGHT])
def test_no_edit_lands_after_the_revocation(guard: str) -> None:
    found = explore(guard)
    assert not found.violations, found.example


def test_an_edit_guarded_by_its_task_alone_lands_after_the_revocation() -> None:
    assert "edit without right" in explore(BY_TASK_REV).violations


class Tree(NamedTuple):
    rev: int = 0
    task_rev: int = 0
    member: bool = True


class State(NamedTuple):
    tree: Tree = Tree()
    editor: str = "load"
    loaded: Tree | None = None
    neighbour: str = "edit"
    edited_as: bool | None = None  # was the editor a member when the edit landed?


def explore(guard: str) -> Found:
    return search(State(), [partial(editor, guard), owner, neighbour], broken)


def editor(guard: str, s: State) -> Iterator[State]:
    """Load, decide, commit under the guard; a lost race is decided again on a fresh tree."""
    if s.editor == "load":
        yield s._replace(editor="commit" if s.tree.member else "forbidden", loaded=s.tree)
    elif s.editor == "commit" and fits(guard, s.tree, s.loaded):
        rev = s.tree.rev + 1
        after = s.tree._replace(rev=rev, task_rev=rev)
        yield s._replace(tree=after, editor="done", edited_as=s.tree.member)
    elif s.editor == "commit":
        yield s._replace(editor="load")


def fits(guard: str, tree: Tree, loaded: Tree) -> bool:
    """Whether the update matches the document."""
    if guard == BY_TREE_REV:
        return tree.rev == loaded.rev
    return tree.task_rev == loaded.task_rev and (tree.member or guard == BY_TASK_REV)


def owner(s: State) -> Iterator[State]:
    """End the membership: a commit like any other."""
    if s.tree.member:
        yield s._replace(tree=s.tree._replace(rev=s.tree.rev + 1, member=False))


def neighbour(s: State) -> Iterator[State]:
    """An edit of another task of the tree."""
    if s.neighbour == "edit":
        yield s._replace(tree=s.tree._replace(rev=s.tree.rev + 1), neighbour="done")


def broken(s: State) -> Iterator[str]:
    if s.edited_as is False:
        yield "edit without right"
