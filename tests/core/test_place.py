"""Where new tasks go: behind those that are there, nested as they were sent, within the limits."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import FIELDS, NOON, after, at, drafted, node, statuses, tree
from tracker.core import drafts, place, trees
from tracker.core.drafts import Birth
from tracker.core.trees import Node, Tree
from tracker.errors import Invalid, TooLarge


def grow(draft: Any, rev: int = 1, prefix: str = "n") -> Node:
    names = (f"{prefix}{count}" for count in itertools.count(1))
    return drafts.grow(draft, names, itertools.count(1), Birth(NOON, "ann", rev), float(rev))


def insert(into: Tree, above: str, draft: Any, name: str) -> Tree:
    new = grow(draft, into["rev"] + 1, prefix=name)
    return after(into, place.insert(into, at(into, above), new, at=NOON))


def titles(found: Node) -> Any:
    return {child["title"]: titles(child) for child in trees.ordered(found["children"])}


def test_a_draft_becomes_the_tree_that_it_shows() -> None:
    below = [{"title": "x", "subtasks": [{"title": "y"}, {"title": "z"}]}, {"title": "w"}]
    root = grow({"title": "top", "subtasks": below})
    assert titles(root) == {"x": {"y": {}, "z": {}}, "w": {}}
    assert list(titles(root)) == ["x", "w"]
    planted = drafts.plant(root, owner="ann")
    assert (planted["_id"], planted["size"], planted["rev"]) == ("n1", 5, 0)
    assert trees.faults(planted) == []


def test_every_task_of_a_draft_has_an_id_and_a_number_of_its_own() -> None:
    root = grow({"title": "top", "subtasks": [{"title": "x"}] * 7})
    found = [p.node for p in trees.walk(root)]
    assert len({n["id"] for n in found}) == len({n["number"] for n in found}) == 8


def test_a_task_is_born_with_every_field() -> None:
    born = grow({"title": "top"}, rev=4)
    assert set(born) == set(node("x"))
    assert (born["status"], born["priority"], born["rev"], born["hops"]) == ("todo", "medium", 4, 0)
    assert (born["created_at"], born["created_by"], born["position"]) == (NOON, "ann", 4.0)


def test_overdue_is_no_status_to_be_born_with() -> None:
    assert grow({"title": "late", "status": "overdue"})["status"] == "todo"


def test_a_task_born_completed_has_its_time() -> None:
    assert grow({"title": "done", "status": "completed"})["completed_at"] == NOON


def test_what_is_appended_comes_last() -> None:
    grown = tree(grow({"title": "r", "subtasks": [{"title": "a"}, {"title": "b"}]}))
    for title in "cde":
        grown = insert(grown, "n1", {"title": title}, title)
    assert list(titles(grown["root"])) == list("abcde")


@settings(max_examples=60, deadline=None)
@given(st.lists(drafted(), min_size=1, max_size=6))
def test_appended_drafts_stay_behind_all_that_was_there(sent: list[Any]) -> None:
    grown = tree(node("r", node("a"), node("b")))
    for count, draft in enumerate(sent):
        before = [child["id"] for child in trees.ordered(grown["root"]["children"])]
        grown = insert(grown, "r", draft, f"new{count}-")
        later = [child["id"] for child in trees.ordered(grown["root"]["children"])]
        assert later == [*before, f"new{count}-1"]


@settings(max_examples=60, deadline=None)
@given(drafted(**FIELDS))
def test_children_keep_the_order_of_the_draft(draft: Any) -> None:
    stack = [(draft, grow(draft))]
    while stack:
        sent, found = stack.pop()
        children = trees.ordered(found["children"])
        assert [c["title"] for c in children] == [d["title"] for d in sent.get("subtasks", [])]
        stack += zip(sent.get("subtasks", []), children, strict=True)


def test_five_thousand_siblings_keep_their_order_at_a_high_rev() -> None:
    wide = grow({"title": "r", "subtasks": [{"title": str(i)} for i in range(4_999)]}, rev=10**9)
    assert list(titles(wide)) == [str(i) for i in range(4_999)]


def test_an_open_task_reopens_the_completed_ones_above_it() -> None:
    done = tree(node("r", node("a", status="completed"), node("b"), status="completed"))
    assert statuses(insert(done, "a", {"title": "x"}, "x")) == {
        "r": "todo",
        "a": "todo",
        "b": "todo",
        "x1": "todo",
    }


def test_a_completed_task_reopens_nothing() -> None:
    done = tree(node("r", node("a", status="completed"), status="completed"))
    grown = insert(done, "a", {"title": "x", "status": "completed"}, "x")
    assert set(statuses(grown).values()) == {"completed"}


def test_under_independent_nothing_is_reopened() -> None:
    done = tree(node("r", status="completed", completion="independent"))
    assert statuses(insert(done, "r", {"title": "x"}, "x")) == {"r": "completed", "x1": "todo"}


OPEN_BELOW_DONE = {
    "title": "top",
    "status": "completed",
    "subtasks": [{"title": "x", "status": "completed", "subtasks": [{"title": "y"}]}],
}


def test_a_draft_with_an_open_task_below_a_completed_one_is_refused() -> None:
    with pytest.raises(Invalid, match="“y” is open below a completed task"):
        drafts.plant(grow(OPEN_BELOW_DONE), owner="ann")
    with pytest.raises(Invalid, match="“y” is open below a completed task"):
        insert(tree(node("r")), "r", OPEN_BELOW_DONE, "n")


def test_independent_takes_an_open_task_below_a_completed_one() -> None:
    loose = tree(node("r", completion="independent"))
    assert statuses(insert(loose, "r", OPEN_BELOW_DONE, "n"))["n3"] == "todo"


def test_a_draft_says_how_many_tasks_it_makes_and_for_whom() -> None:
    below = [{"title": "x", "assigned_to": "bob"}, {"title": "y", "assigned_to": None}]
    draft = {"title": "top", "assigned_to": "eve", "subtasks": below}
    assert drafts.count(draft) == 3
    assert drafts.assignees(draft) == {"bob", "eve"}


def test_a_draft_of_more_tasks_than_a_tree_holds_is_refused() -> None:
    draft: dict[str, Any] = {"title": "top", "subtasks": [{"title": "x"}] * 4_999}
    assert drafts.count(draft) == 5_000
    with pytest.raises(TooLarge, match="at most 5000 tasks"):
        drafts.count({**draft, "subtasks": [*draft["subtasks"], {"title": "one more"}]})


def test_a_draft_of_any_depth_is_walked() -> None:
    assert drafts.count(_deep(4_000)) == 4_000
    assert trees.height(grow(_deep(4_000))) == 4_000
    with pytest.raises(TooLarge, match="at most 40 levels"):
        drafts.plant(grow(_deep(41)), owner="ann")
    assert drafts.plant(grow(_deep(40)), owner="ann")["size"] == 40


def _deep(levels: int) -> dict[str, Any]:
    draft: dict[str, Any] = {"title": "leaf"}
    for _ in range(levels - 1):
        draft = {"title": "above", "subtasks": [draft]}
    return draft


def test_history_tells_of_a_new_task_and_not_of_the_subtree() -> None:
    born = drafts.born(grow({"title": "top", "subtasks": [{"title": "x"}]}))
    changes = {"title": [None, "top"], "status": [None, "todo"], "priority": [None, "medium"]}
    assert born == {"type": "task_created", "task": "n1", "changes": changes}


def test_ids_and_numbers_are_taken_as_needed_only() -> None:
    names: Iterator[str] = iter(["one", "two"])
    numbers: Iterator[int] = iter([1])
    drafts.grow({"title": "x"}, names, numbers, Birth(NOON, "ann", 1), 1.0)
    assert next(names) == "two"
    assert next(numbers, None) is None
