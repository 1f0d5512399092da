"""The truth: one guarded update is the commit point, and it stores what the Edit says."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.forest import DEEDS, RULES, Gardener, after, node, tree
from tests.store.bugs import unguarded_commit
from tests.store.staging import NOON, commit, load, plant, prepare, retitle
from tests.store.wrapped import wrap
from tracker.core import commits, trees
from tracker.core.edits import Edit, OverlappingPaths
from tracker.store import Store, drains
from tracker.store import trees as stored

SHARED = [{"user": "bob", "role": "viewer"}]


def garden() -> Any:
    return node("r", node("a", node("b")), node("e"))


def test_a_tree_is_stored_and_loaded_as_it_is(store: Store) -> None:
    planted = plant(store, garden())
    assert planted == {**tree(garden()), "_id": "r"}
    assert stored.load(store, "nobody") is None


def test_a_second_tree_of_the_same_id_is_refused_and_changes_nothing(store: Store) -> None:
    planted = plant(store, garden())
    assert not stored.insert(store, {**planted, "owner": "bob"})
    assert load(store, "r") == planted


def test_a_commit_stores_the_edit_the_rev_and_its_entry(store: Store) -> None:
    made = prepare(store, plant(store, garden()), retitle("b", "B"))
    assert stored.commit(store, made)
    assert load(store, "r") == made.after
    assert made.after["rev"] == 2
    drains.drain(store, made.after)


@pytest.mark.parametrize("moved_on", [{"rev": 0}, {"rev": 2}, {"owner": "bob"}, {"_id": "x"}])
def test_a_commit_on_what_moved_on_is_refused_and_changes_nothing(
    store: Store, moved_on: dict[str, Any]
) -> None:
    planted = plant(store, garden())
    made = prepare(store, {**planted, **moved_on}, retitle("b", "B"))
    assert not stored.commit(store, made)
    assert load(store, "r") == planted


def test_of_two_commits_on_the_same_rev_exactly_one_lands(store: Store) -> None:
    planted = plant(store, garden())
    first, second = (prepare(store, planted, retitle("b", title)) for title in "xy")
    assert stored.commit(store, first)
    assert not stored.commit(store, second)
    assert load(store, "r") == first.after
    drains.drain(store, first.after)


def test_without_the_guard_both_would_land(wire_store: Store) -> None:
    spoiled = wrap(wire_store, unguarded_commit)
    planted = plant(spoiled, garden())
    first, second = (prepare(spoiled, planted, retitle("b", title)) for title in "xy")
    assert stored.commit(spoiled, first)
    assert stored.commit(spoiled, second)


def test_an_edit_that_changes_nothing_has_matched(store: Store) -> None:
    planted = plant(store, garden())
    made = prepare(store, planted, lambda tree: Edit({"size": tree["size"]}))
    assert stored.commit(store, made)
    drains.drain(store, made.after)


def test_a_head_tells_of_rights_and_not_of_tasks(store: Store) -> None:
    plant(store, garden(), members=SHARED)
    assert stored.head(store, "r") == {"_id": "r", "owner": "ann", "members": SHARED, "rev": 1}
    later = commit(store, "r", retitle("b", "B"))
    assert stored.head(store, "r") == {
        "_id": "r",
        "owner": "ann",
        "members": SHARED,
        "rev": 2,
        "dirty": True,
    }
    drains.drain(store, later)
    assert stored.head(store, "nobody") is None


def test_the_heads_of_a_user_are_the_shared_trees_and_the_own_ones_that_wait(store: Store) -> None:
    for name in ("clean", "waits", "others"):
        plant(store, node(name))
    plant(store, node("shared"), members=SHARED)
    waits = commit(store, "waits", retitle("waits", "x"))
    assert [head["_id"] for head in stored.heads_of(store, "ann")] == ["waits"]
    assert [head["_id"] for head in stored.heads_of(store, "bob")] == ["shared"]
    assert stored.heads_of(store, "sam") == []
    assert stored.dirty(store, 9) == ["waits"]
    assert stored.dirty(store, 9, skip=["waits"]) == []
    drains.drain(store, waits)
    assert stored.dirty(store, 9) == []


def test_companions_share_a_tree_from_either_side(store: Store) -> None:
    plant(store, node("one"), members=SHARED)
    plant(store, node("two"), owner="eve", members=SHARED)
    among = ["ann", "bob", "eve", "sam"]
    assert stored.companions(store, "ann", ["bob", "eve", "sam"]) == {"bob"}
    assert stored.companions(store, "bob", ["ann", "eve", "sam"]) == {"ann", "eve"}
    assert stored.companions(store, "sam", among) == set()


def test_all_trees_are_paged_in_order_behind_one(store: Store) -> None:
    names = [f"t{count}" for count in range(7)]
    for name in reversed(names):
        plant(store, node(name))
    assert list(stored.ids(store, batch=3)) == names
    assert list(stored.ids(store, after="t3", batch=2)) == names[4:]
    assert list(stored.ids(store, batch=7)) == names
    assert stored.count(store) == 7


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(-5, 5),
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.just(NOON),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), max_size=2),
)
TASKS = [path for place in trees.walk(garden()) for path in [(*place.path, place.node["id"])]]
PATHS = st.builds(
    lambda path, field: trees.field_path(path[:-1], path[-1]) + field,
    st.sampled_from(TASKS),
    st.sampled_from([".title", ".tags", ".new", ".children.x", ".children.b", ".due_date.deep"]),
)
FRESH = (f"t{count}" for count in itertools.count())
WITH_A_STORE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@WITH_A_STORE
@given(st.dictionaries(PATHS, VALUES, max_size=4), st.lists(PATHS, max_size=3))
def test_any_edit_says_the_same_in_python_and_in_the_store(
    store: Store, set_: dict[str, Any], unset: list[str]
) -> None:
    before = {**tree(garden()), "_id": next(FRESH)}
    try:
        edit = Edit(set_, tuple(unset))
        wanted = after(before, edit)
    except (OverlappingPaths, KeyError, TypeError):
        return
    made = commits.Commit(before, edit, {"seq": 2}, wanted)
    stored.insert(store, before)
    assert stored.commit(store, made)
    found = load(store, before["_id"])
    store.db.trees.delete_one({"_id": before["_id"]})
    assert found == {**wanted, "outbox": [{"seq": 2}], "dirty": True}


@WITH_A_STORE
@given(st.sampled_from(RULES), st.lists(DEEDS, max_size=6))
def test_any_sequence_of_commits_says_the_same_in_python_and_in_the_store(
    store: Store, rule: str, deeds: list[Any]
) -> None:
    gardener = Gardener(next(FRESH), rule)
    name = gardener.tree["_id"]
    gardener.tree = plant(store, gardener.tree["root"])
    for made in gardener.commits(deeds):
        assert stored.commit(store, made)
        assert load(store, name) == made.after
        drains.settle(store, made)
    assert load(store, name) == gardener.tree
