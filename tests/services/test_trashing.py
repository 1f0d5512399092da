"""What a deletion tells: all that went with the task, as it stood when it was deleted."""

from tests.core.forest import at, node
from tests.services.test_writing import meanwhile
from tests.store.staging import load, plant
from tracker.services import making, trashing
from tracker.services.world import World

ANN, BOB = ({"_id": name} for name in ("ann", "bob"))


def number(world: World, task: str) -> int:
    found: int = at(load(world.store, "r"), task).node["number"]
    return found


def test_what_is_deleted_with_a_task_is_told_and_what_lay_in_the_trash_is_not(
    world: World,
) -> None:
    world.store.db.users.insert_one({"_id": "ann", "state": "active", "number": 1})
    plant(world.store, node("r", node("a", node("b"), node("c", node("d")))))
    told = sorted(number(world, task) for task in "acd")
    assert trashing.delete_telling(world, ANN, "b") == []
    assert trashing.delete_telling(world, ANN, "r") == told


def test_what_was_made_there_in_the_meantime_is_told_as_well(world: World, tree: str) -> None:
    draft = {"title": "new", "parent_id": "a"}
    slow = meanwhile(world, lambda: making.create(world, BOB, draft))
    told = trashing.delete_telling(slow, ANN, "a")
    (new,) = world.store.db.task_paths.find({"title": "new"})
    assert told == sorted([number(world, "b"), new["number"]])
