"""Finishing a task, for doors whose clients count on one rule, whatever rule the tree has."""

import pytest

from tests.core.forest import NOON, RULES, at, node, tree
from tracker.core import life
from tracker.core.trees import Tree
from tracker.errors import AlreadyDone, OpenBelow


def garden(rule: str) -> Tree:
    """r > (a > b, c in the trash), d; b is done."""
    b, c = node("b", status="completed"), node("c", deleted_at=NOON)
    return tree(node("r", node("a", b, c), node("d"), completion=rule))


def finish(before: Tree, name: str, *, cascade: bool = False) -> Tree:
    return life.finish(before, at(before, name), at=NOON, cascade=cascade).apply(before)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_finished_above_what_is_open(rule: str) -> None:
    before = garden(rule)
    with pytest.raises(OpenBelow) as refused:
        finish(before, "r")
    numbers = sorted(at(before, name).node["number"] for name in ("a", "d"))
    assert refused.value.numbers == numbers


@pytest.mark.parametrize("rule", RULES)
def test_a_task_is_finished_with_all_below_it_done_and_only_once(rule: str) -> None:
    after = finish(garden(rule), "a")
    assert at(after, "a").node["completed_at"] == NOON
    with pytest.raises(AlreadyDone):
        finish(after, "a")
    with pytest.raises(AlreadyDone):
        finish(after, "a", cascade=True)


@pytest.mark.parametrize("rule", RULES)
def test_by_force_all_below_is_finished_and_what_was_done_keeps_its_time(rule: str) -> None:
    before = garden(rule)
    after = finish(before, "r", cascade=True)
    for name in ("r", "a", "d"):
        assert at(after, name).node["status"] == "completed"
    assert at(after, "b").node == at(before, "b").node
    assert at(after, "c").node["status"] == "todo"
