"""What is done to a subtree of 500 tasks is one commit, and every row says so afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import invariants
from tracker.core import trees
from tracker.core.trees import Tree
from tracker.services import editing, making, moves, trashing
from tracker.services.world import World
from tracker.store import trees as stored

ANN = {"_id": "ann"}
SIZE = 500

Ids = dict[str, str]


@pytest.fixture
def ids(world: World) -> Ids:
    """A tree of a subtree of 500, four deep, and a place to go; ids by titles."""
    leaves = [{"title": f"leaf {count}"} for count in range(8)]
    twigs = [{"title": f"twig {count}", "subtasks": leaves} for count in range(5)]
    branches = [{"title": f"branch {count}", "subtasks": twigs} for count in range(10)]
    rest = [{"title": f"rest {count}"} for count in range(SIZE - 1 - 10 * 46)]
    top = {"title": "top", "subtasks": [*branches, *rest]}
    draft = {"title": "root", "subtasks": [{"title": "low", "subtasks": [top]}, {"title": "high"}]}
    making.create(world, ANN, draft)
    return {row["title"]: row["_id"] for row in world.store.db.task_paths.find({})}


def load(world: World, ids: Ids) -> Tree:
    found = stored.load(world.store, ids["root"])
    assert found
    return found


def below(tree: Tree, task: str) -> dict[str, Any]:
    place = trees.find(tree, task)
    assert place
    return {found.node["id"]: found.node for found in trees.walk(place.node)}


def in_one_commit(world: World, ids: Ids, deed: Callable[[], object]) -> dict[str, Any]:
    """The subtree after a deed, which bumped the rev by one and left every row right."""
    before = load(world, ids)
    deed()
    after = load(world, ids)
    assert after["rev"] == before["rev"] + 1
    invariants.check(world.store)
    found = below(after, ids["top"])
    assert found.keys() == below(before, ids["top"]).keys()
    assert len(found) == SIZE
    return found


def test_a_move_inside_its_tree(world: World, ids: Ids) -> None:
    in_one_commit(world, ids, lambda: moves.move(world, ANN, ids["top"], ids["high"]))
    row = world.store.db.task_paths.find_one({"_id": ids["leaf 0"]})
    assert row["path"][:3] == [ids["root"], ids["high"], ids["top"]]


def test_a_completion_of_all_and_its_reopening(world: World, ids: Ids) -> None:
    editing.complete(world, ANN, ids["leaf 3"])
    closed = in_one_commit(
        world, ids, lambda: editing.complete(world, ANN, ids["top"], cascade=True)
    )
    assert {node["status"] for node in closed.values()} == {"completed"}
    opened = in_one_commit(world, ids, lambda: editing.reopen(world, ANN, ids["top"]))
    still = [name for name, node in opened.items() if node["status"] == "completed"]
    assert still == [ids["leaf 3"]]


def test_a_deletion_and_its_restoring(world: World, ids: Ids) -> None:
    in_one_commit(world, ids, lambda: trashing.delete(world, ANN, ids["top"]))
    trashed = world.store.db.task_paths.count_documents({"is_deleted": True, "gone": False})
    assert trashed == SIZE
    in_one_commit(world, ids, lambda: trashing.restore(world, ANN, ids["top"]))
    assert world.store.db.task_paths.count_documents({"is_deleted": True, "gone": False}) == 0


def test_a_purge(world: World, ids: Ids) -> None:
    before = load(world, ids)
    trashing.purge(world, ANN, ids["top"])
    assert load(world, ids)["rev"] == before["rev"] + 1
    assert world.store.db.task_paths.count_documents({"gone": True}) == SIZE


def test_a_move_to_another_tree_is_one_commit_there_and_two_here(world: World, ids: Ids) -> None:
    other: str = making.create(world, ANN, {"title": "other"}).row["_id"]
    before = load(world, ids)
    moves.move(world, ANN, ids["top"], other)
    assert load(world, ids)["rev"] == before["rev"] + 2
    target = stored.load(world.store, other)
    assert target
    assert target["rev"] == 2
    assert len(below(target, ids["top"])) == SIZE
