"""What a write left unfinished is finished by the next, and what is tried again is done once."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from tests.services.test_writing import ANN, BOB, meanwhile, title, with_around
from tests.store.staging import commit, load, retitle, row
from tests.store.wrapped import Around, Call, when
from tracker.core.terms import Key, Terms
from tracker.errors import Unavailable
from tracker.services import editing, making, sweeping, trashing, writing
from tracker.services.world import World
from tracker.store import drains


def _raising(name: str) -> Around:
    def around(call: Call) -> Any:
        if call.name == name:
            raise AutoReconnect("gone")
        return call.run()

    return around


@pytest.mark.parametrize("step", ["task_paths.bulk_write", "history.bulk_write"])
def test_a_drain_that_fails_undoes_nothing_and_the_next_reader_goes_on(
    world: World, tree: str, step: str
) -> None:
    answer = editing.change(with_around(world, _raising(step)), ANN, "b", {"title": "B"})
    assert answer.row["title"] == "B"
    assert load(world.store, tree)["dirty"]
    assert editing.change(world, BOB, "b", {"priority": "low"}).row["title"] == "B"
    assert "dirty" not in load(world.store, tree)


def test_an_ack_that_fails_leaves_the_tree_to_the_sweep(world: World, tree: str) -> None:
    def around(call: Call) -> Any:
        if call.name == "trees.update_one" and "$unset" in call.args[1]:
            raise AutoReconnect("gone")
        return call.run()

    assert editing.change(with_around(world, around), ANN, "b", {"title": "B"}).row["title"] == "B"
    assert load(world.store, tree)["dirty"]
    sweeping.sweep(world)


def test_a_tree_in_which_too_much_waits_is_drained_first(world: World, tree: str) -> None:
    for count in range(writing.MOST_WAITING):
        commit(world.store, "r", retitle("b", str(count)))
    editing.change(world, ANN, "c", {"title": "C"})
    assert load(world.store, tree)["outbox"] == []


def test_a_tree_that_cannot_be_drained_takes_no_more_in_the_end(world: World, tree: str) -> None:
    for count in range(writing.MOST_WAITING):
        commit(world.store, "r", retitle("b", str(count)))
    stuck = with_around(world, _acks_lost)
    with pytest.raises(Unavailable):
        editing.change(stuck, ANN, "c", {"title": "C"})
    assert title(world, "c") == "c"
    sweeping.sweep(world)


def _acks_lost(call: Call) -> Any:
    """Somebody is always quicker: no ack ever finds the rev that it drained."""
    if call.name == "trees.update_one" and {"$pull", "$unset"} & set(call.args[1]):
        return call.with_args({"_id": "nobody"}, call.args[1]).run()
    return call.run()


KEYED = Terms(key=Key("k", "request"))


def test_twins_under_one_key_are_one_write(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, ANN, "b", {"title": "B"}, KEYED))
    answer = editing.change(slow, ANN, "b", {"title": "B"}, KEYED)
    assert (answer.row["title"], answer.row["rev"]) == ("B", 2)
    assert load(world.store, tree)["rev"] == 2


def test_a_key_answers_also_when_the_task_is_gone(world: World, tree: str) -> None:
    first = editing.change(world, ANN, "b", {"title": "B"}, KEYED)
    trashing.purge(world, ANN, "b")
    assert editing.change(world, ANN, "b", {"title": "B"}, KEYED) == first


def test_twins_that_make_a_root_under_one_key_make_one(world: World) -> None:
    def make() -> str:
        answered: str = making.create(world, ANN, {"title": "new"}, KEYED).row["_id"]
        return answered

    around = when("trees.insert_one", make)
    made = making.create(with_around(world, around), ANN, {"title": "new"}, KEYED).row["_id"]
    assert made == make()
    assert world.store.db.trees.count_documents({}) == 1


def test_a_write_after_a_crashed_one_drains_both(world: World, tree: str) -> None:
    commit(world.store, "r", retitle("c", "C"))
    editing.change(world, ANN, "b", {"title": "B"})
    assert [row(world.store, task)["title"] for task in "bc"] == ["B", "C"]
    assert not drains.drain_now(world.store, "r")
