"""What follows from a commit: the rows that it names, one line of history, the ack."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError

from tests.core.forest import node
from tests.store.staging import NOON, commit, end, load, plant, prepare, retitle, row
from tests.store.wrapped import Around, Call, wrap
from tracker.core import rows
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import Store, drains
from tracker.store import trees as stored


def garden() -> Any:
    return node("r", node("a"), node("b"))


def set_nothing(tree: Tree) -> Edit:
    return Edit({"size": tree["size"]})


def sweep(store: Store) -> None:
    for tree in stored.dirty(store, 9):
        drains.drain_now(store, tree)


def test_a_drain_writes_the_rows_named_and_no_other(store: Store) -> None:
    plant(store, garden())
    drains.drain(store, commit(store, "r", retitle("a", "A")))
    assert [row(store, task)["rev"] for task in ("r", "a", "b")] == [1, 2, 1]
    assert row(store, "a")["title"] == "A"


def test_a_drain_writes_one_history_row_a_commit(store: Store) -> None:
    plant(store, garden())
    commit(store, "r", retitle("a", "A"))
    drains.drain(store, commit(store, "r", retitle("b", "B")))
    told = list(store.db.history.find({"tree": "r"}, sort=[("seq", 1)]))
    assert [(line["_id"], line["seq"]) for line in told] == [("r:1", 1), ("r:2", 2), ("r:3", 3)]
    assert [list(line["changes"]) for line in told[1:]] == [["a"], ["b"]]


def test_a_drained_tree_is_clean(store: Store) -> None:
    plant(store, garden())
    drains.drain(store, commit(store, "r", retitle("a", "A")))
    left = load(store, "r")
    assert (left["outbox"], left["ops"], left["rev"]) == ([], [], 2)
    assert "dirty" not in left


def test_draining_twice_is_harmless(store: Store) -> None:
    plant(store, garden())
    later = commit(store, "r", retitle("a", "A"))
    for _ in range(2):
        drains.drain(store, later)
    assert row(store, "a")["rev"] == 2


def test_draining_a_clean_tree_does_nothing(store: Store) -> None:
    plant(store, garden())
    assert not drains.drain_now(store, "r")
    assert not drains.drain_now(store, "nobody")


def test_a_writer_drains_what_others_left_too(store: Store) -> None:
    plant(store, garden())
    commit(store, "r", retitle("a", "A"))
    made = prepare(store, load(store, "r"), retitle("b", "B"))
    assert stored.commit(store, made)
    drains.settle(store, made)
    assert [row(store, task)["title"] for task in "ab"] == ["A", "B"]
    assert load(store, "r")["outbox"] == []


def test_an_ended_task_leaves_a_tombstone(store: Store) -> None:
    plant(store, garden())
    drains.drain(store, commit(store, "r", end("a")))
    grave = rows.tombstone("a", hops=0, rev=2, root="r", at=NOON)
    assert row(store, "a") == grave


def test_an_older_row_never_replaces_a_newer_one(store: Store) -> None:
    planted = plant(store, garden())
    drains.drain(store, commit(store, "r", retitle("a", "A")))
    drains.put(store, list(rows.project(planted, "ann").values()))
    assert row(store, "a")["title"] == "A"


def test_a_row_of_more_hops_wins_whatever_its_rev(store: Store) -> None:
    planted = plant(store, garden())
    kept = rows.project(planted, "ann")["a"]
    drains.put(store, [{**kept, "hops": 2, "rev": 5}])
    drains.put(store, [{**kept, "hops": 1, "rev": 900}, {**kept, "hops": 2, "rev": 4}])
    assert (row(store, "a")["hops"], row(store, "a")["rev"]) == (2, 5)
    store.db.task_paths.replace_one({"_id": "a"}, kept)


def test_a_row_of_the_same_rev_gives_way_to_mending_only(store: Store) -> None:
    planted = plant(store, garden())
    right = rows.project(planted, "ann")["a"]
    store.db.task_paths.replace_one({"_id": "a"}, {**right, "title": "wrong"})
    drains.put(store, [right])
    assert row(store, "a")["title"] == "wrong"
    drains.put(store, [right], again=True)
    assert row(store, "a") == right


def test_an_ack_that_comes_late_takes_its_own_entries_only(store: Store) -> None:
    plant(store, garden())
    first = commit(store, "r", retitle("a", "A"))
    commit(store, "r", retitle("b", "B"))
    drains.ack(store, first)
    left = load(store, "r")
    assert [entry["seq"] for entry in left["outbox"]] == [3]
    assert (left["dirty"], left["rev"]) == (True, 3)
    store.db.history.insert_one({"_id": "r:2", "tree": "r", "seq": 2})
    drains.put(store, [rows.project(left, "ann")["a"]])
    sweep(store)


def test_an_ack_does_not_touch_the_rev(store: Store) -> None:
    plant(store, garden())
    later = commit(store, "r", set_nothing)
    drains.drain(store, later)
    assert load(store, "r")["rev"] == later["rev"] == 2


def test_a_drainer_older_than_five_minutes_drops_its_work(store: Store) -> None:
    plant(store, garden())
    later = commit(store, "r", retitle("a", "A"))
    for late in range(1, 4):
        hours = iter([0.0] * late + [301.0] * 9)
        drains.drain(store, later, clock=lambda hours=hours: next(hours))
        assert load(store, "r")["dirty"]
    assert row(store, "a")["title"] == "A"
    sweep(store)


def test_a_drainer_that_is_late_from_the_start_writes_nothing(store: Store) -> None:
    plant(store, garden())
    later = commit(store, "r", retitle("a", "A"))
    hours = iter([0.0, 301.0])
    drains.drain(store, later, clock=lambda: next(hours))
    assert row(store, "a")["title"] == "a"
    sweep(store)


def _raising(name: str, fault: Exception) -> Around:
    def around(call: Call) -> Any:
        if call.name == name:
            raise fault
        return call.run()

    return around


@pytest.mark.parametrize("name", ["task_paths.bulk_write", "history.bulk_write"])
def test_a_drain_that_fails_leaves_the_write_and_the_tree_dirty(store: Store, name: str) -> None:
    plant(store, garden())
    made = prepare(store, load(store, "r"), retitle("a", "A"))
    assert stored.commit(store, made)
    drains.settle(wrap(store, _raising(name, AutoReconnect("gone"))), made)
    assert load(store, "r") == made.after
    sweep(store)


@pytest.mark.parametrize(
    "details",
    [
        {"writeErrors": [{"code": 11000}, {"code": 66}], "writeConcernErrors": []},
        {"writeErrors": [{"code": 11000}], "writeConcernErrors": [{"code": 64}]},
    ],
)
def test_of_the_faults_of_a_bulk_only_a_newer_row_is_fine(
    store: Store, details: dict[str, Any]
) -> None:
    plant(store, garden())
    later = commit(store, "r", retitle("a", "A"))
    spoiled = wrap(store, _raising("task_paths.bulk_write", BulkWriteError(details)))
    with pytest.raises(BulkWriteError):
        drains.drain(spoiled, later)
    sweep(store)
