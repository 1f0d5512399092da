"""Round trips to the database, counted by the driver's own ear, and an index for every query."""

from collections.abc import Callable

import pytest

from tests.people import Client
from tests.wire import Ear
from tracker.core.select import Query
from tracker.core.terms import Key, Terms
from tracker.services import editing, making, reading, trashing
from tracker.services.world import World

ANN = {"_id": "ann"}


@pytest.fixture
def tree(over_the_wire: World) -> dict[str, str]:
    """The ids of a tree with two children; a block of numbers is open."""
    draft = {"title": "r", "subtasks": [{"title": "a"}, {"title": "b"}]}
    root = making.create(over_the_wire, ANN, draft).row["_id"]
    found = reading.subtree(over_the_wire, ANN, root)
    return {"r": root} | {n["title"]: task for task, n in found.place.node["children"].items()}


class Count:
    """How many commands a deed sends, and what they were."""

    def __init__(self, ear: Ear) -> None:
        self.ear = ear

    def __call__(self, deed: Callable[[], object]) -> int:
        self.ear.heard.clear()
        deed()
        return len(self.ear.heard)

    @property
    def names(self) -> list[str]:
        return [f"{body[name]}.{name}" for name, body in self.ear.heard]


@pytest.fixture
def count(ear: Ear) -> Count:
    return Count(ear)


EDIT = [
    "task_paths.find",
    "trees.find",
    "trees.update",
    "task_paths.update",
    "history.insert",
    "trees.update",
]


def test_a_task_takes_two(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.task(over_the_wire, ANN, tree["a"])) == 2


def test_a_tree_takes_two(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.subtree(over_the_wire, ANN, tree["r"])) == 2


def test_a_list_takes_three(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.listing(over_the_wire, ANN, Query(over_the_wire.now()))) == 3


def test_an_edit_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], {"title": "A"})) == 6
    assert count.names == EDIT


def test_completing_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: editing.complete(over_the_wire, ANN, tree["a"])) == 6


def test_reopening_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    editing.complete(over_the_wire, ANN, tree["a"])
    assert count(lambda: editing.reopen(over_the_wire, ANN, tree["a"])) == 6


def test_deleting_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: trashing.delete(over_the_wire, ANN, tree["a"])) == 6


def test_creating_below_a_parent_takes_six(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    draft = {"title": "c", "parent_id": tree["r"]}
    assert count(lambda: making.create(over_the_wire, ANN, draft)) == 6


def test_creating_a_root_takes_four(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    assert count(lambda: making.create(over_the_wire, ANN, {"title": "new"})) == 4


def test_many_rows_add_a_look_and_an_insert_however_many(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    over_the_wire.store.numbers.take(48)
    below = {"title": "c", "parent_id": tree["r"], "subtasks": [{"title": "x"}] * 300}
    assert count(lambda: making.create(over_the_wire, ANN, below)) == 6 + 1 + 2, count.names
    alone = {"title": "c", "subtasks": [{"title": "x"}] * 300}
    assert count(lambda: making.create(over_the_wire, ANN, alone)) == 4 + 1 + 1, count.names


def test_a_used_up_block_of_numbers_adds_one(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    over_the_wire.store.numbers.take(47)
    assert count(lambda: making.create(over_the_wire, ANN, {"title": "new"})) == 5


def test_a_key_adds_two_and_a_retry_is_answered_in_three(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    keyed = Terms(key=Key("k", "request"))
    changes = {"title": "A"}
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], changes, keyed)) == 8
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], changes, keyed)) == 3


def test_people_take_one_more(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    for user in ("ann", "bob"):
        over_the_wire.store.db.users.insert_one(
            {"_id": user, "number": ord(user[0]), "state": "active"}
        )
    shared = {"members": [{"user": "bob", "role": "viewer"}]}
    over_the_wire.store.db.trees.update_one({"_id": tree["r"]}, {"$set": shared})
    bob = {"_id": "bob"}
    assert count(lambda: reading.task(over_the_wire, bob, tree["a"])) == 2 + 1
    assert count(lambda: reading.subtree(over_the_wire, bob, tree["a"])) == 2 + 1
    assert count(lambda: reading.listing(over_the_wire, bob, Query(over_the_wire.now()))) == 3 + 1


def test_a_request_adds_the_session_and_nothing_else(
    ann_over_the_wire: Client, count: Count
) -> None:
    ann = ann_over_the_wire
    root = ann.post("/api/tasks", {"title": "r"}).json["id"]
    path = f"/api/tasks/{root}"
    assert count(lambda: ann.get(path)) == 2 + 1
    assert count(lambda: ann.get(f"{path}/tree")) == 2 + 1
    assert count(lambda: ann.get("/api/tasks")) == 3 + 1
    assert count(lambda: ann.patch(path, {"title": "R"})) == 6 + 1, count.names
    assert count(lambda: ann.post("/api/tasks", {"title": "x", "parent_id": root})) == 6 + 1, (
        count.names
    )
    assert count(lambda: ann.post("/api/tasks", {"title": "x"})) == 4 + 1
    assert count(lambda: ann.post(f"{path}/complete", query_string="cascade=true")) == 6 + 1, (
        count.names
    )
    assert count(lambda: ann.delete(path)) == 6 + 1, count.names
