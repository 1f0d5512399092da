"""What becomes of a task where it stands: changed, completed, reopened by each of four rules."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.forest import DEEDS, NOON, RULES, Gardener, after, at, node, statuses, tree
from tracker.core import life, trash, trees
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.errors import Conflict

LATER = NOON + timedelta(hours=1)
DONE = {
    "status": "completed",
    "completed_at": NOON,
    "closed": {"seq": 1, "status": "todo", "label": None},
}


def garden(rule: str = "block") -> Tree:
    """r > (a > (b, c), e), all open; c is being worked at."""
    c = node("c", status="in_progress", status_label="Doing")
    return tree(node("r", node("a", node("b"), c), node("e"), completion=rule))


def complete(tree: Tree, name: str, **how: Any) -> Tree:
    return after(tree, life.complete(tree, at(tree, name), at=LATER, **how))


def reopen(tree: Tree, name: str) -> Tree:
    return after(tree, life.reopen(tree, at(tree, name), at=LATER))


def done(tree: Tree) -> set[str]:
    return {name for name, status in statuses(tree).items() if status == "completed"}


def test_the_default_rule_is_block() -> None:
    assert life.rule_of(tree(node("r"))) == "block"


@pytest.mark.parametrize("rule", ["block", "auto"])
def test_a_task_with_open_ones_below_is_not_completed(rule: str) -> None:
    with pytest.raises(Conflict) as refused:
        complete(garden(rule), "r")
    assert [named["id"] for named in refused.value.extra["open"]] == ["a", "b", "c", "e"]
    assert "“a”" in refused.value.detail


def test_a_refusal_names_five_and_counts_the_rest() -> None:
    crowded = tree(node("r", *(node(f"t{i:03}") for i in range(120))))
    with pytest.raises(Conflict) as refused:
        complete(crowded, "r")
    assert refused.value.detail.endswith("“t004” and 115 more")
    assert len(refused.value.extra["open"]) == 100


def test_a_leaf_is_completed_with_its_time() -> None:
    closed = at(complete(garden(), "b"), "b").node
    assert (closed["status"], closed["completed_at"], closed["rev"]) == ("completed", LATER, 2)


def test_what_lies_in_the_trash_blocks_nothing() -> None:
    shrunk = garden()
    shrunk["root"]["children"]["a"]["deleted_at"] = NOON
    assert done(complete(shrunk, "e")) == {"e"}
    assert done(complete(complete(shrunk, "e"), "r")) == {"e", "r"}


def test_cascade_closes_all_that_is_open_below_and_no_more() -> None:
    assert done(complete(garden("cascade"), "a")) == {"a", "b", "c"}


def test_cascade_can_be_asked_for_once() -> None:
    assert done(complete(garden("block"), "r", cascade=True)) == {"r", "a", "b", "c", "e"}


def test_cascade_leaves_the_trash_alone() -> None:
    shrunk = garden("cascade")
    shrunk["root"]["children"]["a"]["deleted_at"] = NOON
    assert done(complete(shrunk, "r")) == {"r", "e"}


def test_auto_closes_the_parents_whose_last_child_closes() -> None:
    halfway = complete(garden("auto"), "b")
    assert done(halfway) == {"b"}
    closed = complete(halfway, "c")
    assert done(closed) == {"a", "b", "c"}
    assert done(complete(closed, "e")) == {"r", "a", "b", "c", "e"}


def test_independent_closes_one_task_only() -> None:
    assert done(complete(garden("independent"), "r")) == {"r"}


@pytest.mark.parametrize("rule", RULES)
def test_completing_again_changes_nothing(rule: str) -> None:
    closed = complete(garden(rule), "b")
    assert life.complete(closed, at(closed, "b"), at=NOON) == Edit()


@pytest.mark.parametrize("rule", RULES)
def test_reopening_an_open_task_changes_nothing(rule: str) -> None:
    assert life.reopen(garden(rule), at(garden(), "b"), at=NOON) == Edit()


def test_reopening_brings_back_exactly_what_that_completion_closed() -> None:
    first = complete(garden("cascade"), "b")
    closed = complete(first, "r")
    opened = reopen(closed, "r")
    assert done(closed) == {"r", "a", "b", "c", "e"}
    assert done(opened) == {"b"}
    back = at(opened, "c").node
    assert (back["status"], back["status_label"], back["completed_at"]) == (
        "in_progress",
        "Doing",
        None,
    )


def test_reopening_below_leaves_what_else_the_completion_closed() -> None:
    opened = reopen(complete(garden("cascade"), "r"), "c")
    assert done(opened) == {"b", "e"}
    assert done(reopen(complete(opened, "r"), "r")) == {"b", "e"}


def test_reopening_opens_the_completed_line_above() -> None:
    closed = garden()
    for name in ("b", "c", "a", "e", "r"):
        closed = complete(closed, name)
    assert done(reopen(closed, "b")) == {"a", "b", "c", "e", "r"} - {"b", "a", "r"}


def test_under_independent_nothing_above_is_opened() -> None:
    closed = complete(complete(garden("independent"), "a"), "b")
    assert done(reopen(closed, "b")) == {"a"}


def test_reopening_does_not_open_the_trash() -> None:
    closed = complete(garden("cascade"), "a")
    closed["root"]["children"]["a"]["children"]["b"]["deleted_at"] = NOON
    assert done(reopen(closed, "a")) == {"b"}


def test_a_task_born_completed_reopens_as_todo_and_alone() -> None:
    born = tree(node("r", node("a", status="completed"), status="completed"))
    assert statuses(reopen(born, "r")) == {"r": "todo", "a": "completed"}


def test_a_new_status_completes_and_reopens_by_the_rules() -> None:
    changed = life.change(garden(), at(garden(), "b"), {"status": "completed"}, at=LATER)
    assert changed == life.complete(garden(), at(garden(), "b"), at=LATER)
    with pytest.raises(Conflict):
        life.change(garden(), at(garden(), "a"), {"status": "completed"}, at=LATER)


def test_a_status_and_other_fields_change_in_one_edit() -> None:
    wanted = {"status": "completed", "title": "B", "status_label": "Shipped"}
    closed = after(garden(), life.change(garden(), at(garden(), "b"), wanted, at=LATER))
    found = at(closed, "b").node
    assert (found["status"], found["title"], found["status_label"]) == ("completed", "B", "Shipped")


def test_reopening_by_status_takes_the_status_that_is_asked_for() -> None:
    closed = complete(garden(), "c")
    edit = life.change(closed, at(closed, "c"), {"status": "todo"}, at=LATER)
    assert at(after(closed, edit), "c").node["status"] == "todo"


def test_another_open_status_drops_the_label() -> None:
    edit = life.change(garden(), at(garden(), "c"), {"status": "todo"}, at=LATER)
    found = at(after(garden(), edit), "c").node
    assert (found["status"], found["status_label"]) == ("todo", None)


@pytest.mark.parametrize("changes", [{}, {"title": "b"}, {"status": "todo", "priority": "medium"}])
def test_a_change_to_what_stands_is_no_edit(changes: dict[str, Any]) -> None:
    assert life.change(garden(), at(garden(), "b"), changes, at=LATER) == Edit()


def test_overdue_is_open_and_past_its_date() -> None:
    late = node("a", due_date=NOON)
    assert life.is_overdue(late, LATER)
    assert not life.is_overdue(late, NOON)
    assert not life.is_overdue({**late, "status": "completed"}, LATER)
    assert not life.is_overdue(node("a"), LATER)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["block", "cascade", "auto"]), st.lists(DEEDS, max_size=12))
def test_nothing_open_ever_stands_below_a_completed_task(rule: str, deeds: list[Any]) -> None:
    for commit in Gardener("t", rule).commits(deeds):
        for place in trees.walk(commit.after["root"]):
            live = not any(n.get("deleted_at") for n in trees.line(commit.after, place.path))
            if live and not place.node.get("deleted_at") and not life.is_open(place.node):
                assert life.open_below(place) == []


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(RULES), st.lists(DEEDS, max_size=8), st.integers(0, 20))
def test_complete_then_reopen_is_as_before(rule: str, deeds: list[Any], spot: int) -> None:
    gardener = Gardener("t", rule)
    for _ in gardener.commits(deeds):
        pass
    before = gardener.tree
    places = [place for place in trees.walk(before["root"]) if not trash.is_trashed(before, place)]
    names = [place.node["id"] for place in places if life.is_open(place.node)]
    assume(names)
    name = names[spot % len(names)]
    assert statuses(reopen(complete(before, name, cascade=True), name)) == statuses(before)
