"""What a task says of its comments and files: right after any coming and going, in any order."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import after, at, node, tree
from tracker.core import attached, limits, rows
from tracker.core.attached import COMMENTS, FILES, KINDS, NEWEST
from tracker.core.edits import Edit

STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 10**6)), max_size=60)
EVENT = {"type": "comment_added", "task": "a", "changes": {}}


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_count_and_newest_are_those_of_all_that_hang_there(steps: list[tuple[bool, int]]) -> None:
    """Ids may come in any order: who was slow to commit is older than those before."""
    there: set[str] = set()
    task: dict[str, Any] = node("a")
    for adds, number in steps:
        one = f"{number:07}"
        if adds and one not in there:
            task = {**task, COMMENTS: attached.add(task, COMMENTS, [one])}
            there.add(one)
        elif there and not adds:
            one = sorted(there)[number % len(there)]
            moves_up = attached.moves_up(task, COMMENTS, one)
            left = sorted(there)[-NEWEST - 1 :] if moves_up else []
            task = {**task, COMMENTS: attached.remove(task, COMMENTS, one, left)}
            there.remove(one)
        wanted = {"count": len(there), "newest": sorted(there)[-NEWEST:]}
        assert attached.tally(task, COMMENTS) == wanted


def test_several_may_come_at_once() -> None:
    names = [f"{number:02}" for number in range(12)]
    assert attached.add(node("a"), FILES, names) == {"count": 12, "newest": names[2:]}


def test_writing_a_tally_down_is_no_change_of_the_task() -> None:
    before = tree(node("r", node("a")))
    value = attached.add(at(before, "a").node, COMMENTS, ["c"])
    changed = after(before, attached.put(at(before, "a"), COMMENTS, value, EVENT))
    assert at(changed, "a").node == {**at(before, "a").node, COMMENTS: value}


def test_a_row_carries_counts_and_newest_and_nothing_where_there_is_nothing() -> None:
    bare = rows.project(tree(node("a")), "ann")["a"]
    assert not any(kind in name for kind in KINDS for name in bare)
    assert [attached.counted(bare, kind) for kind in KINDS] == [0, 0]
    full = node("a", comments={"count": 12, "newest": ["c"]}, files={"count": 0, "newest": []})
    row = rows.project(tree(full), "ann")["a"]
    assert (attached.counted(row, COMMENTS), attached.newest(row, COMMENTS)) == (12, ["c"])
    assert {k: row[k] for k in row.keys() - bare.keys()} == {
        "comments_count": 12,
        "comments_newest": ["c"],
    }


def test_a_row_changes_with_what_hangs_on_its_task_and_no_other_row_does() -> None:
    before = tree(node("r", node("a"), node("b")))
    changed = after(before, Edit({"root.children.a.files": {"count": 1, "newest": ["f"]}}))
    assert rows.changed(before, changed, ("ann", "ann")) == ["a"]


def test_what_is_kept_of_comments_and_files_counts_for_the_size_of_a_tree() -> None:
    """What is enough for a tree is reckoned first; it must never be less than the tree takes."""
    ids = [f"0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b{number}" for number in range(10, 20)]
    full = {kind: {"count": 10_000, "newest": ids} for kind in KINDS}
    bare = node("r", *(node(f"t{number}") for number in range(20)))
    heavy = node("r", *(node(f"t{number}", **full) for number in range(20)))
    took = limits.bson_size(heavy) - limits.bson_size(bare)
    reckoned = limits._measure(heavy)[2] - limits._measure(bare)[2]
    assert 0.5 * reckoned < took <= reckoned
