"""Who may do what: the whole table, written down a second time."""

from typing import Any

import pytest

from tests.core.forest import at, node, tree
from tracker.core import access, trees
from tracker.core.trees import Node, Tree
from tracker.errors import Forbidden, NotFound

VIEWERS = {
    "read",
    "comment",
    "edit_comment",
    "delete_comment",
    "detach",
    "remind",
    "notify",
    "leave",
}
ASSIGNEES = VIEWERS | {"edit", "complete", "reopen", "create", "attach", "run_pomodoros"}
EDITORS = ASSIGNEES | {"delete", "restore", "move", "assign"}
OWNERS = EDITORS | {"purge", "move_out", "share", "invite", "rule", "hand_over"}
MAY = {"olga": OWNERS, "edda": EDITORS, "anton": ASSIGNEES, "vera": VIEWERS}
MEMBERS = [
    {"user": "edda", "role": "editor"},
    {"user": "vera", "role": "viewer"},
    {"user": "anton", "role": "viewer"},
]


def head(**rest: Any) -> Tree:
    root = node("r", node("a", node("b"), assigned_to="anton"), node("c"))
    return tree(root, owner="olga", members=MEMBERS, **rest)


def line(name: str) -> list[Node]:
    place = at(head(), name)
    return [*trees.line(head(), place.path), place.node]


def may(user: str, deed: str, name: str = "b", *, open_workspace: bool = False) -> bool:
    try:
        access.require(head(), user, deed, line(name), open_workspace=open_workspace)
    except Forbidden:
        return False
    return True


def test_the_table_knows_every_deed() -> None:
    assert set(access.DEEDS) == OWNERS


@pytest.mark.parametrize("deed", sorted(OWNERS))
@pytest.mark.parametrize("user", MAY)
def test_members_may_what_their_role_says(user: str, deed: str) -> None:
    assert may(user, deed) == (deed in MAY[user])


@pytest.mark.parametrize("deed", sorted(OWNERS))
def test_a_stranger_learns_nothing(deed: str) -> None:
    with pytest.raises(NotFound):
        access.require(head(), "sam", deed, line("b"))


def test_an_assignee_may_edit_the_task_and_what_is_below_it_only() -> None:
    assert [may("anton", "edit", name) for name in "rabc"] == [False, True, True, False]


def test_an_editor_to_whom_a_task_is_assigned_stays_one() -> None:
    given = {**at(head(), "b").node, "assigned_to": "edda"}
    access.require(head(), "edda", "delete", [given])


def test_a_stranger_to_whom_a_task_is_assigned_stays_one() -> None:
    with pytest.raises(NotFound):
        access.require({**head(), "members": []}, "anton", "read", line("b"))


def test_in_an_open_workspace_everybody_edits_and_nobody_but_the_owner_owns() -> None:
    for deed in sorted(OWNERS):
        assert may("sam", deed, open_workspace=True) == (deed in EDITORS)
        assert may("vera", deed, open_workspace=True) == (deed in EDITORS)
        assert may("olga", deed, open_workspace=True)


def test_ranks_rise_from_stranger_to_owner() -> None:
    ranks = [access.rank(head(), user) for user in ("sam", "vera", "edda", "olga")]
    assert ranks == [0, access.VIEWER, access.EDITOR, access.OWNER]
