"""A task on its way between two trees: frozen for writers, seen once by readers, brought to its end
by the sweep.
"""

from collections.abc import Callable

import pytest

from tests.api.asking import TASKS, listed, plant, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.api.test_moves import move
from tests.api.test_moves_between import standing, thawed
from tests.people import Client
from tracker.core.moving import Intent
from tracker.services import moves, passage, sweeping
from tracker.services.world import World
from tracker.services.writing import Command
from tracker.store import Store

Freeze = Callable[..., Intent]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c, e), f) and x > y, which is bob's and which ann may edit"""
    bob = ann.as_("bob")
    theirs = plant(bob, ["x", ["y"], ["z"]])
    share(bob, theirs["x"], "ann", "editor")
    return plant(ann, ["a", ["b", ["c"], ["e"]], ["f"]]) | theirs


@pytest.fixture
def freeze(world: World, store: Store) -> Freeze:
    """Take the first step of a move, as a crash after it would leave it."""

    def begin(client: Client, task: str, tree: str, parent: str | None) -> Intent:
        user = store.db.users.find_one({"_id": client.me["id"]})
        target = {"tree": tree, "parent": parent, "spot": ["last", None]}
        intent = moves.freeze(world, Command(user, "move_out", task), target)
        assert isinstance(intent, dict)
        return intent

    return begin


def test_what_is_on_its_way_waits_and_the_rest_goes_on(
    ann: Client, ids: dict[str, str], freeze: Freeze, world: World, store: Store
) -> None:
    freeze(ann, ids["b"], ids["x"], ids["y"])
    b, c = f"{TASKS}/{ids['b']}", f"{TASKS}/{ids['c']}"
    with unchanged(store):
        for reply in (
            ann.patch(b, {"title": "x"}),
            ann.patch(c, {"title": "x"}),
            ann.post(f"{c}/complete"),
            ann.post(f"{b}/subtasks", {"title": "x"}),
            ann.post(
                f"{TASKS}/bulk", {"tasks": [{"title": "y"}, {"title": "x", "parent_id": ids["c"]}]}
            ),
            ann.delete(c),
            ann.delete(f"{b}?permanent=true"),
            ann.delete(f"{TASKS}/{ids['a']}?permanent=true"),
            move(ann, ids["c"], ids["f"]),
            move(ann, ids["b"], ids["f"]),
            move(ann, ids["f"], ids["c"]),
            move(ann, ids["c"], None),
            move(ann, ids["a"], ids["x"]),
            ann.put(f"{TASKS}/{ids['a']}/members", {"user": "bob", "role": "owner"}),
        ):
            assert "moving" in refused(reply, 409)["detail"]
            assert int(reply.headers["Retry-After"]) > 0
    done(ann.patch(f"{TASKS}/{ids['f']}", {"title": "f2"}))
    done(ann.patch(f"{TASKS}/{ids['a']}", {"title": "a2"}))
    assert sorted(listed(ann)) == ["a2", "b", "c", "e", "f2", "x", "y", "z"]
    sweeping.sweep(world)
    assert read(ann, ids["b"])["parent_id"] == ids["y"]
    done(ann.patch(b, {"title": "b2"}))
    assert thawed(store)


def test_readers_see_it_once_at_every_step(
    ann: Client, ids: dict[str, str], freeze: Freeze, world: World
) -> None:
    def seen() -> tuple[list[str], str, list[str]]:
        found = standing(ann)
        titles = [node for root in found["trees"].values() for node in _titles(root)]
        assert sorted(titles) == found["list"] == ["a", "b", "c", "e", "f", "x", "y", "z"]
        root = read(ann, ids["c"])["root_id"]
        assert root == tree(ann, ids["b"])["root_id"]
        return [title for title in ("a", "x") if ids[title] == root]

    intent = freeze(ann, ids["b"], ids["x"], ids["y"])
    assert seen() == ["a"]
    passage._drain_past(world, intent)
    passage._arrive(world, intent)
    assert seen() == ["x"]
    passage.carry(world, intent)
    assert seen() == ["x"]


def _titles(node: dict[str, object]) -> list[str]:
    return [str(node["title"]), *(title for child in node["subtasks"] for title in _titles(child))]  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["trashed", "gone", "no right", "all gone"])
def test_a_target_that_changed_meanwhile_refuses(
    ann: Client, ids: dict[str, str], freeze: Freeze, world: World, store: Store, what: str
) -> None:
    """The right is checked on both sides: in the source at the freeze, in the target at arrival."""
    bob, before = ann.as_("bob"), tree(ann, ids["a"])
    freeze(ann, ids["b"], ids["x"], ids["y"])
    y = f"{TASKS}/{ids['y']}"
    done(
        {
            "trashed": lambda: bob.delete(y),
            "gone": lambda: bob.delete(f"{y}?permanent=true"),
            "no right": lambda: bob.delete(f"{y}/members?user={ann.me['id']}"),
            "all gone": lambda: bob.delete(f"{TASKS}/{ids['x']}?permanent=true"),
        }[what]()
    )
    sweeping.sweep(world)
    assert tree(ann, ids["a"]) == before
    assert thawed(store)
    done(ann.patch(f"{TASKS}/{ids['c']}", {"title": "c2"}))
    assert store.db.trees.count_documents({"moves.id": {"$gt": ""}}) == 0


def test_two_trees_that_move_into_each_other_do_not_vanish(
    ann: Client, freeze: Freeze, world: World, store: Store
) -> None:
    ids = plant(ann, ["a", ["b"]]) | plant(ann, ["x", ["y"]])
    freeze(ann, ids["b"], ids["x"], ids["y"])
    freeze(ann, ids["y"], ids["a"], ids["b"])
    sweeping.sweep(world)
    sweeping.sweep(world)
    assert standing(ann)["list"] == ["a", "b", "x", "y"]
    assert thawed(store)


def test_nothing_arrives_below_what_is_on_its_way(
    ann: Client, ids: dict[str, str], freeze: Freeze, world: World, store: Store
) -> None:
    """It would be taken away with it."""
    freeze(ann, ids["b"], ids["x"], ids["y"])
    other = plant(ann, ["o", ["p"]])
    reply = move(ann, other["p"], ids["c"])
    assert refused(reply, 409)["detail"]
    assert int(reply.headers["Retry-After"]) > 0
    sweeping.sweep(world)
    assert done(move(ann, other["p"], ids["c"]))["root_id"] == ids["x"]
    assert thawed(store)


def test_the_trash_is_not_emptied_of_what_is_on_its_way(
    ann: Client, ids: dict[str, str], world: World, store: Store
) -> None:
    """A task that is restored from deep in the trash leaves its tree while the sweep purges it."""
    done(ann.delete(f"{TASKS}/{ids['b']}"))
    user = store.db.users.find_one({"_id": ann.me["id"]})
    target = {"tree": ids["c"], "parent": None, "spot": ["last", None]}
    moves.freeze(world, Command(user, "restore", ids["c"], in_trash=True), target)
    with unchanged(store):
        refused(ann.delete(f"{TASKS}/{ids['b']}?permanent=true"), 409)
    sweeping.sweep(world)
    assert read(ann, ids["c"])["parent_id"] is None
