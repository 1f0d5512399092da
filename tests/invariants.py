"""What must hold of a store after every test that had one, whatever the test did."""

from collections import Counter
from typing import Any

from tracker.core import attached, rows, trees
from tracker.core.attached import KINDS, NEWEST
from tracker.store import Store


def check(store: Store) -> None:
    """Raises AssertionError where a tree is invalid, anything waits, or the index is not true."""
    everything = list(store.db.trees.find({}))
    index = {row["_id"]: row for row in store.db.task_paths.find({})}
    wanted: dict[str, Any] = {}
    for tree in everything:
        assert trees.faults(tree) == []
        assert not tree.get("dirty"), f"{tree['_id']} is not drained"
        assert tree["outbox"] == []
        assert tree["ops"] == []
        assert not tree.get("moving"), f"a move out of {tree['_id']} is not finished"
        mine = rows.project(tree, store.space_of(tree["owner"]))
        assert not wanted.keys() & mine.keys(), "a task stands in two trees"
        wanted |= mine
        _check_revs(tree, mine, index)
        _check_history(store, tree)
    live = {task: {**row, "rev": 0} for task, row in index.items() if not row["gone"]}
    assert live == {task: {**row, "rev": 0} for task, row in wanted.items()}
    for kind in KINDS:
        _check_hung(store, everything, kind)
    numbers = Counter(row["number"] for row in wanted.values())
    assert [number for number, times in numbers.items() if times > 1] == []


def _check_revs(tree: Any, wanted: dict[str, Any], index: dict[str, Any]) -> None:
    for task in wanted:
        assert wanted[task]["task_rev"] <= index[task]["rev"] <= tree["rev"]


def _check_history(store: Store, tree: Any) -> None:
    """One row a commit: 1..rev without gaps."""
    seqs = sorted(row["seq"] for row in store.db.history.find({"tree": tree["_id"]}))
    assert seqs == list(range(1, tree["rev"] + 1))


def _check_hung(store: Store, everything: list[Any], kind: str) -> None:
    """Every task counts the comments and files that are shown on it, and none is without a task."""
    shown: dict[str, list[str]] = {}
    for one in store.db[kind].find({"pending": None, "deleted_at": None}):
        shown.setdefault(one["task"], []).append(one["_id"])
    counted = {
        place.node["id"]: attached.tally(place.node, kind)
        for tree in everything
        for place in trees.walk(tree["root"])
    }
    there = {task: sorted(ids) for task, ids in shown.items()}
    wanted = {task: {"count": len(ids), "newest": ids[-NEWEST:]} for task, ids in there.items()}
    assert {task: tally for task, tally in counted.items() if tally["count"]} == wanted
