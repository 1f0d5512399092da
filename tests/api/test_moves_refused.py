"""Moves to another tree that are refused on either side: all stays as it was, and thawed."""

import pytest

from tests.api.asking import NOWHERE, TASKS, make, outline, plant, read, refused, tree
from tests.api.table import done, share
from tests.api.test_moves import chain, move
from tests.api.test_moves_between import standing, thawed
from tests.people import Client
from tracker.core.limits import LEVELS
from tracker.core.limits import TASKS as MOST
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c > d, e), f) and x > y"""
    return plant(ann, ["a", ["b", ["c", ["d"]], ["e"]], ["f"]]) | plant(ann, ["x", ["y"]])


def refusals(client: Client, ids: dict[str, str]) -> dict[str, tuple[str, str, int]]:
    """Why a target refuses: the task, the parent, the status."""
    ann, bob = client.as_("ann"), client.as_("bob")
    theirs = plant(bob, ["theirs", ["below"], ["gone"]])
    share(bob, theirs["theirs"], "ann", "viewer")
    done(bob.delete(f"{TASKS}/{theirs['gone']}"))
    editing = make(bob, "editing")["id"]
    share(bob, editing, "ann", "editor")
    share(ann, ids["a"], "cyd", "viewer")
    done(ann.patch(f"{TASKS}/{ids['d']}", {"assigned_to": client.as_("cyd").me["id"]}))
    deep = plant(ann, chain(LEVELS - 2))
    return {
        "no right in the target": (ids["b"], theirs["below"], 403),
        "a parent in the trash": (ids["b"], theirs["gone"], 404),
        "no such parent": (ids["b"], NOWHERE, 404),
        "nothing one sees": (ids["b"], make(client.as_("dan"))["id"], 404),
        "an outsider's task, brought by an editor": (ids["b"], editing, 422),
        "too deep": (ids["b"], deep[str(LEVELS - 2)], 422),
    }


def test_what_the_target_refuses_leaves_everything_as_it_was(
    client: Client, ids: dict[str, str], store: Store, world: World
) -> None:
    ann = client.as_("ann")
    for why, (task, parent, status) in refusals(client, ids).items():
        before = standing(ann)
        refused(move(ann, task, parent), status)
        assert standing(ann) == before, why
        assert thawed(store), why
        done(ann.patch(f"{TASKS}/{ids['d']}", {"description": why}))
        done(ann.patch(f"{TASKS}/{ids['e']}", {"title": "e"}))
    sweeping.sweep(world)
    assert done(move(ann, ids["b"], ids["x"]))["parent_id"] == ids["x"]


def test_a_full_target_refuses(ann: Client, ids: dict[str, str], store: Store) -> None:
    full = make(ann, "full", subtasks=[{"title": "t"}] * (MOST - 4))["id"]
    before = outline(tree(ann, ids["a"]))
    problem = refused(move(ann, ids["b"], full), 422)
    assert f"{MOST}" in problem["detail"].replace(",", "")
    assert (outline(tree(ann, ids["a"])), thawed(store)) == (before, True)
    assert read(ann, full)["progress"]["total"] == MOST - 4
    assert done(move(ann, ids["c"], full))["root_id"] == full


def test_a_refused_move_is_decided_again_under_its_key(
    client: Client, ids: dict[str, str], store: Store
) -> None:
    """The refusal is kept in the target for the movers of this move, and for no retry."""
    ann, bob, headers = client.as_("ann"), client.as_("bob"), {"Idempotency-Key": "k"}
    theirs = make(bob)["id"]
    share(bob, theirs, "ann", "viewer")
    refused(move(ann, ids["b"], theirs, headers=headers), 403)
    assert thawed(store)
    share(bob, theirs, "ann", "editor")
    moved = move(ann, ids["b"], theirs, headers=headers)
    assert done(moved)["parent_id"] == theirs
    assert move(ann, ids["b"], theirs, headers=headers).body == moved.body
    refused(move(ann, ids["b"], None, headers=headers), 422)


@pytest.mark.parametrize(("role", "status"), [("editor", 403), ("viewer", 403), (None, 404)])
def test_only_the_owner_moves_out(
    client: Client, ids: dict[str, str], store: Store, role: str | None, status: int
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    if role:
        share(ann, ids["a"], "bob", role)
    mine, before = make(bob)["id"], standing(ann)
    for parent in (mine, None):
        refused(move(bob, ids["b"], parent), status)
    refused(bob.patch(f"{TASKS}/{ids['b']}", {"parent_id": mine}), status)
    assert (standing(ann), thawed(store)) == (before, True)
