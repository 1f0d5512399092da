"""Giving a task to somebody from outside makes them a viewer, and only the owner may do it."""

import pytest

from tests.core.forest import after, node, tree
from tracker.core import members
from tracker.core.edits import Edit
from tracker.errors import Invalid

EDDA = {"user": "edda", "role": "editor"}


def test_an_outsider_becomes_a_viewer() -> None:
    shared = tree(node("r"), members=[EDDA])
    edit = members.admit(shared, ["zoe", "bob", "edda", "ann", "bob"], by="ann")
    admitted = [{"user": "bob", "role": "viewer"}, {"user": "zoe", "role": "viewer"}]
    assert after(shared, edit)["members"] == [EDDA, *admitted]
    assert shared["members"] == [EDDA]
    assert [event["changes"] for event in edit.events] == [{"members": [None, ["bob", "zoe"]]}]


def test_members_and_the_owner_need_no_admission() -> None:
    assert members.admit(tree(node("r"), members=[EDDA]), ["edda", "ann"], by="edda") == Edit()


def test_only_the_owner_admits_outsiders() -> None:
    with pytest.raises(Invalid) as refused:
        members.admit(tree(node("r"), members=[EDDA]), ["bob"], by="edda")
    assert [fault.pointer for fault in refused.value.faults] == ["/assigned_to"]


def test_an_open_workspace_admits_nobody_because_all_are_in() -> None:
    assert members.admit(tree(node("r")), ["bob"], by="sam", open_workspace=True) == Edit()
