"""Categories and pomodoros on nodes, and text in cells."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.forest import NOON, at, node, tree
from tracker.core import categories, cells, drafts, pomodoros, rows
from tracker.core.drafts import Birth
from tracker.core.pomodoros import Counts


def test_a_category_counts_in_the_trees_of_its_owner_alone() -> None:
    assert categories.id_of("ann", 0) is None
    named = categories.id_of("ann", 7)
    assert categories.number_of(named, "ann") == 7
    assert categories.number_of(named, "bob") is None
    assert categories.number_of(named, "ann", gone=(7,)) is None
    assert categories.number_of(None, "ann") is None


def test_a_finished_pomodoro_leaves_rev_and_time_of_its_task() -> None:
    garden = tree(node("r", node("a", pomodoros={"planned": 3, "done": 1})))
    edit = pomodoros.count(at(garden, "a"), "p")
    after = edit.apply(garden)["root"]["children"]["a"]
    assert after["pomodoros"] == {"planned": 3, "done": 2}
    assert (after["rev"], after["updated_at"]) == (1, garden["root"]["updated_at"])
    assert edit.events[0]["pomodoro"] == "p"
    assert pomodoros.of_node(pomodoros.count(at(garden, "r"), "p").apply(garden)["root"]).done == 1


def test_a_commit_names_the_row_that_a_count_changes() -> None:
    garden = tree(node("r", node("a"), node("b")))
    after = {**pomodoros.count(at(garden, "a"), "p").apply(garden), "rev": garden["rev"] + 1}
    assert rows.changed(garden, after, ("ann", "ann")) == ["a"]


def test_several_are_summed_and_none_is_nothing() -> None:
    some = [node("a", pomodoros={"planned": 2, "done": 1}), node("b"),
            node("c", pomodoros={"planned": None, "done": 4})]  # fmt: skip
    assert pomodoros.summed(some) == Counts(2, 5)
    assert pomodoros.of_node(node("x")) == Counts(None, 0)


def test_a_plan_that_is_given_as_it_stands_changes_nothing() -> None:
    planned = node("a", pomodoros={"planned": 2, "done": 1})
    for said in ({"planned": 2}, {}):
        assert pomodoros.given(planned, {"title": "x", "pomodoros": said}) == {"title": "x"}
    for said in ({"planned": None}, None):
        after = pomodoros.given(planned, {"pomodoros": said})["pomodoros"]
        assert after == {"planned": None, "done": 1}


def test_rows_and_nodes_without_them_do_not_say_so() -> None:
    birth = Birth(NOON, "ann", 1)
    plain, full = (
        drafts.grow({"title": "x", **more}, iter("a"), iter([1]), birth, 1.0)
        for more in ({"category": 0}, {"category": "ann:2", "pomodoros": {"planned": 0}})
    )
    assert not {"category", "pomodoros"} & plain.keys()
    for task, said in ((plain, None), (full, "ann:2"), ({**full, "category": None}, None)):
        row = rows.project(tree(task), "ann")["a"]
        assert row.get("category") == said
        assert ("category" in row) == (said is not None)


def test_a_cell_is_guarded_where_a_spreadsheet_would_reckon() -> None:
    for risky in ("=1", "+1", "-1", "@x", "\t=", "\r=", "\n=", "\0=", "'=1", "''@", "＝1"):
        assert cells.guarded(risky) == f"'{risky}"
    for plain in ("", "1", "a=1", "'", "'a", " =1", "é"):
        assert cells.guarded(plain) == plain


@given(st.text("='-+@\t\n a", max_size=6))
def test_whoever_takes_the_mark_off_has_the_text_back(text: str) -> None:
    marked = cells.guarded(text)
    is_marked = marked.startswith("'") and cells.guarded(marked[1:]) == marked
    assert (marked[1:] if is_marked else marked) == text
    assert not marked.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("seconds", "wanted"), [(0, 0), (90, 90), (1500, 1500), (9999, 1500), (-5, 0)]
)
def test_nobody_works_longer_than_planned_or_less_than_nothing(seconds: int, wanted: int) -> None:
    begun = {"started_at": NOON, "minutes": 25}
    assert pomodoros.seconds(begun, NOON + timedelta(seconds=seconds)) == wanted
