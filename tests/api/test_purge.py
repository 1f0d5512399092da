"""Removing for good: by request, from the trash or not, and by the sweep after thirty days."""

import pytest

from tests.api.asking import (
    NOWHERE,
    TASKS,
    listed,
    make,
    outline,
    plant,
    read,
    refused,
    tree,
    unchanged,
)
from tests.api.table import done, later, share
from tests.api.test_moves import move, rev_of
from tests.api.test_trash import delete, restore, trash
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c > d, e), f)"""
    return plant(ann, ["a", ["b", ["c", ["d"]], ["e"]], ["f"]])


def purge(client: Client, task: str) -> Reply:
    return client.delete(f"{TASKS}/{task}?permanent=true")


def gone(client: Client, store: Store, task: str) -> bool:
    """For every deed, and for ever: a tombstone stands where its row was."""
    for reply in (client.get(f"{TASKS}/{task}"), restore(client, task), purge(client, task)):
        refused(reply, 404)
    return bool(store.db.task_paths.find_one({"_id": task})["gone"])


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("task", ["b", "a"])
def test_a_subtree_is_removed_for_good(
    ann: Client, ids: dict[str, str], store: Store, live: bool, task: str
) -> None:
    if not live:
        delete(ann, ids[task])
    rev = rev_of(store, ids["a"])
    assert purge(ann, ids[task]).status == 204
    assert rev_of(store, ids["a"]) == rev + 1
    left = "af" if task == "b" else ""
    assert "".join(sorted(listed(ann))) == left
    assert trash(ann) == []
    assert all(gone(ann, store, ids[title]) for title in ids if title not in left)
    text = repr(store.db.trees.find_one({"_id": ids["a"]}))
    assert ("'title': 'd'" in text) is False


def test_what_lies_deeper_in_the_trash_is_removed_alone(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    delete(ann, ids["b"])
    done(purge(ann, ids["c"]))
    assert gone(ann, store, ids["d"])
    done(restore(ann, ids["b"]))
    assert outline(tree(ann, ids["a"])) == ["a", ["b", ["e"]], ["f"]]


@pytest.mark.parametrize(("role", "status"), [("editor", 403), ("viewer", 403), (None, 404)])
def test_only_the_owner_removes_for_good(
    client: Client, ids: dict[str, str], store: Store, role: str | None, status: int
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    if role:
        share(ann, ids["a"], "bob", role)
    delete(ann, ids["b"])
    with unchanged(store):
        for task in "abf":
            refused(purge(bob, ids[task]), status)


def test_a_strange_query_removes_nothing(ann: Client, ids: dict[str, str], store: Store) -> None:
    with unchanged(store):
        for query in ("permanent=1", "permanent=", "permanent=TRUE", "force=true"):
            refused(ann.delete(f"{TASKS}/{ids['b']}?{query}"), 422)
        refused(ann.delete(f"{TASKS}/{NOWHERE}?permanent=true"), 404)


def test_permanent_false_is_the_trash(ann: Client, ids: dict[str, str]) -> None:
    done(ann.delete(f"{TASKS}/{ids['b']}?permanent=false"))
    assert trash(ann) == ["b"]


def test_a_stale_tag_removes_nothing(ann: Client, ids: dict[str, str], store: Store) -> None:
    before = {"If-Match": ann.get(f"{TASKS}/{ids['b']}").etag}
    done(ann.patch(f"{TASKS}/{ids['b']}", {"title": "b2"}))
    with unchanged(store):
        reply = ann.delete(f"{TASKS}/{ids['b']}?permanent=true", headers=before)
        assert refused(reply, 412)["current"] == read(ann, ids["b"])


def test_a_removed_task_is_no_longer_a_parent_or_a_sibling(
    ann: Client, ids: dict[str, str]
) -> None:
    done(purge(ann, ids["b"]))
    refused(ann.post(TASKS, {"title": "x", "parent_id": ids["b"]}), 404)
    refused(move(ann, ids["f"], ids["c"]), 404)
    refused(move(ann, ids["f"], ids["a"], {"after": ids["b"]}), 422)


def test_the_sweep_removes_what_has_lain_for_thirty_days(
    ann: Client, ids: dict[str, str], world: World, store: Store, clock: Clock
) -> None:
    root = make(ann, "root", subtasks=[{"title": "below"}])["id"]
    delete(ann, ids["b"])
    delete(ann, root)
    clock.advance(days=29, hours=23)
    ann = later(ann, "ann")
    delete(ann, ids["f"])
    sweeping.sweep(world)
    assert sorted(trash(ann)) == ["b", "f", "root"]
    clock.advance(hours=2)
    ann = later(ann, "ann")
    assert sweeping.sweep(world).purged == 2
    assert (trash(ann), listed(ann)) == (["f"], ["a"])
    assert all(gone(ann, store, task) for task in (ids["b"], ids["d"], root))
    assert sweeping.sweep(world).purged == 0


def test_what_was_deleted_later_is_kept_beside_what_is_old(
    ann: Client, ids: dict[str, str], world: World, clock: Clock
) -> None:
    """An old deletion below a younger one waits for it: it comes back with what holds it. The one
    of f has the sweep look at the tree.
    """
    for task in "cf":
        delete(ann, ids[task])
    clock.advance(days=20)
    ann = later(ann, "ann")
    delete(ann, ids["b"])
    clock.advance(days=11)
    ann = later(ann, "ann")
    assert sweeping.sweep(world).purged == 1
    assert trash(ann) == ["b"]
    done(restore(ann, ids["b"]))
    assert trash(ann) == ["c"]
    sweeping.sweep(world)
    assert (trash(ann), outline(tree(ann, ids["a"]))) == ([], ["a", ["b", ["e"]]])


def test_what_was_restored_and_deleted_again_lies_anew(
    ann: Client, ids: dict[str, str], world: World, clock: Clock
) -> None:
    delete(ann, ids["b"])
    clock.advance(days=29)
    ann = later(ann, "ann")
    done(restore(ann, ids["b"]))
    delete(ann, ids["b"])
    clock.advance(days=2)
    sweeping.sweep(world)
    assert trash(later(ann, "ann")) == ["b"]


@pytest.mark.parametrize("how", ["purged", "moved away"])
def test_the_head_of_a_tree_that_ended_stays_a_week(
    ann: Client, ids: dict[str, str], world: World, store: Store, clock: Clock, how: str
) -> None:
    other, rev = make(ann, "other")["id"], rev_of(store, ids["a"])
    done(purge(ann, ids["a"]) if how == "purged" else move(ann, ids["a"], other))
    head = store.db.trees.find_one({"_id": ids["a"]})
    assert (head["root"], head["size"]) == (None, 0)
    assert head["rev"] > rev
    sweeping.sweep(world)
    clock.advance(days=6, hours=23)
    assert sweeping.sweep(world).ended == 0
    clock.advance(hours=2)
    assert sweeping.sweep(world).ended == 1
    assert store.db.trees.find_one({"_id": ids["a"]}) is None
    assert listed(later(ann, "ann"), "search=other") == ["other"]
