"""An Edit is a value: paths never overlap, and applying it makes a new tree out of the old one."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import DEEDS, NOON, RULES, Gardener, after, at, node, tree
from tracker.core import edits, trees
from tracker.core.commits import Commit
from tracker.core.edits import Edit, OverlappingPaths
from tracker.core.order import Spot
from tracker.core.place import move
from tracker.core.trees import Node, Tree

# what may change of a task and leave its rev as it is
UNSTAMPED = ("children", "reminders", "told_overdue")


def garden() -> Tree:
    return tree(node("r", node("a", node("b"), node("c")), node("e", node("f"))))


@pytest.mark.parametrize(
    ("set_", "unset"),
    [
        ({"root.a": 1, "root.a.b": 2}, ()),
        ({"root.a.b.c": 2, "root": 1}, ()),
        ({"root.a.b": 2}, ("root.a",)),
        ({"root.a": 2}, ("root.a.b",)),
        ({"root.a": 2}, ("root.a",)),
        ({}, ("root.a", "root.a.b")),
        ({"a": 1, "a-b": 2, "a.b": 3}, ()),
        ({"a": 1, "a0": 2, "a.z": 3, "a!": 4}, ()),
    ],
)
def test_overlapping_paths_are_refused(set_: dict[str, Any], unset: tuple[str, ...]) -> None:
    with pytest.raises(OverlappingPaths):
        Edit(set_, unset)


def test_paths_beside_each_other_are_taken() -> None:
    Edit({"root.a": 1, "root.ab": 2, "root.a-b.c": 3, "rev": 4}, ("root.b.a", "root.b.c"))


def test_merged_edits_keep_all_they_say() -> None:
    one = Edit({"a": 1}, ("b",), ({"task": "x"},))
    other = Edit({"c": 2}, ("d",), ({"task": "y"},))
    assert edits.merge([one, Edit(), other]) == Edit(
        {"a": 1, "c": 2}, ("b", "d"), ({"task": "x"}, {"task": "y"})
    )
    assert edits.merge([]) == Edit()


@pytest.mark.parametrize("other", [Edit({"a": 1}), Edit({"a.b": 2}), Edit({}, ("a",))])
def test_edits_of_the_same_thing_do_not_merge(other: Edit) -> None:
    with pytest.raises(OverlappingPaths):
        edits.merge([Edit({"a": 1}), other])


def test_what_comes_then_may_lie_inside_of_what_was_set_before() -> None:
    before = garden()
    moved = move(before, at(before, "a"), at(before, "e"), Spot(), at=NOON)
    there = moved.apply(before)
    changed = edits.fields(at(there, "b"), {"title": "B"}, kind="task_updated", rev=2)
    both = edits.then(before, moved, changed)
    assert both.apply(before) == changed.apply(there)
    assert [event["task"] for event in both.events] == ["a", "b"]
    assert at(before, "b").node["title"] == "b"


def test_what_comes_then_may_not_replace_more_than_was_set() -> None:
    before = garden()
    with pytest.raises(OverlappingPaths):
        edits.then(
            before, Edit({"root.children.a.title": "x"}), Edit({"root.children.a": node("a")})
        )


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RULES), st.lists(DEEDS, min_size=2, max_size=12))
def test_two_edits_are_as_one_what_they_are_one_after_the_other(
    rule: str, deeds: list[Any]
) -> None:
    gardener = Gardener("t", rule)
    last: Commit | None = None
    for commit in gardener.commits(deeds):
        if last:
            one, other = last.edit, commit.edit
            together = edits.then(last.before, one, other)
            assert together.apply(last.before) == other.apply(one.apply(last.before))
            assert together.events == (*one.events, *other.events)
        last = commit


def test_an_edit_sets_and_unsets() -> None:
    edit = Edit(
        {"root.children.a.title": "new", "size": 9, "root.children.e.children.g": node("g")},
        ("root.children.a.children.b", "root.children.e.description"),
    )
    changed = edit.apply(garden())
    assert changed["size"] == 9
    assert changed["root"]["children"]["a"]["title"] == "new"
    assert list(changed["root"]["children"]["a"]["children"]) == ["c"]
    assert set(changed["root"]["children"]["e"]["children"]) == {"f", "g"}
    assert "description" not in changed["root"]["children"]["e"]


def test_unsetting_what_is_not_there_changes_nothing() -> None:
    assert Edit({}, ("root.children.x", "nothing")).apply(garden()) == garden()


def test_nothing_is_changed_in_place() -> None:
    before = garden()
    kept = copy.deepcopy(before)
    inserted = node("g")
    edit = Edit({"root.children.e.children.g": inserted, "root.children.a.title": "x"})
    Edit({"root.children.e.children.g.title": "y"}).apply(edit.apply(before))
    assert before == kept
    assert inserted == node("g")


def test_what_is_not_touched_is_shared() -> None:
    before = garden()
    changed = Edit({"root.children.a.children.b.title": "x"}).apply(before)
    old, new = before["root"]["children"], changed["root"]["children"]
    assert new["e"] is old["e"]
    assert new["a"]["children"]["c"] is old["a"]["children"]["c"]
    assert new["a"] is not old["a"]
    assert changed["members"] is before["members"]


@pytest.mark.parametrize(
    "path", ["root.children.x.title", "root.children.a.children.x.rev", "nowhere.title"]
)
def test_a_path_to_nobody_raises_and_leaves_no_ghost(path: str) -> None:
    before = garden()
    with pytest.raises(KeyError):
        Edit({path: "boo"}).apply(before)
    assert before == garden()


def test_fields_are_stamped_with_the_new_rev_and_told() -> None:
    before = garden()
    new = {"title": "B", "priority": "medium", "updated_at": "now"}
    edit = edits.fields(at(before, "b"), new, kind="task_updated", rev=7)
    assert edit.set == {
        "root.children.a.children.b.title": "B",
        "root.children.a.children.b.updated_at": "now",
        "root.children.a.children.b.rev": 7,
    }
    told = {"type": "task_updated", "task": "b", "changes": {"title": ["b", "B"]}}
    assert edit.events == (told,)


def test_fields_that_say_what_stands_are_no_edit() -> None:
    before = garden()
    same = {"title": "b", "tags": []}
    assert edits.fields(at(before, "b"), same, kind="task_updated", rev=7) == Edit()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RULES), st.lists(DEEDS, max_size=12))
def test_any_sequence_of_deeds_keeps_the_tree_valid(rule: str, deeds: list[Any]) -> None:
    gardener = Gardener("t", rule)
    ids = _ids(gardener.tree)
    for commit in gardener.commits(deeds):
        assert trees.faults(commit.after) == []
        assert _ids(commit.after) == ids | gardener.inserted
        assert commit.after["rev"] == commit.before["rev"] + 1
        ids = _ids(commit.after)


@settings(max_examples=150, deadline=None)
@given(st.lists(DEEDS, max_size=8))
def test_a_commit_stamps_what_it_changes_and_shares_the_rest(deeds: list[Any]) -> None:
    gardener = Gardener("t")
    kept = copy.deepcopy(gardener.tree)
    for commit in gardener.commits(deeds):
        assert commit.before == kept
        kept = {**copy.deepcopy(commit.after), "outbox": []}
        kept.pop("dirty")
        _assert_stamped_or_shared(commit.before, commit.after)


def _assert_stamped_or_shared(before: Tree, later: Tree) -> None:
    old = {place.node["id"]: place.node for place in trees.walk(before["root"])}
    for place in trees.walk(later["root"]):
        was = old.get(place.node["id"])
        if was is place.node:
            continue
        if was is None or _own(was) != _own(place.node):
            assert place.node["rev"] == later["rev"]
        else:
            assert any(was.get(name) != place.node.get(name) for name in UNSTAMPED)


def _own(found: Node) -> Node:
    return {name: value for name, value in found.items() if name not in UNSTAMPED}


def _ids(tree: Tree) -> set[str]:
    return {place.node["id"] for place in trees.walk(tree["root"])}


def test_an_edit_of_nothing_leaves_all_as_it_is() -> None:
    assert after(garden(), Edit()) == {**garden(), "rev": 2}
