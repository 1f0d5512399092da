"""Attaching and removing files when something comes in between: nothing is left half, and nothing
counted twice.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from tests.conftest import START, Clock
from tests.store.wrapped import Call, when, wrap
from tests.swept import blobs_of, counted, sweep_files
from tests.uploading import RULES, Around, Memory, down, upload
from tracker.core.terms import ANY, Key, Terms
from tracker.errors import Busy, Forbidden, NotFound, Stale, TooLarge, Unavailable
from tracker.services import filing, sharing, trashing
from tracker.services.world import World
from tracker.store import drains

ANN, BOB = {"_id": "ann"}, {"_id": "bob"}
DAY = {"hours": 25}


def add(world: World, who: dict[str, Any] = ANN, count: int = 1, terms: Terms = ANY) -> Any:
    return filing.add(world, who, "a", [upload() for _ in range(count)], RULES, terms)


def meddled(world: World, name: str, deed: Callable[[], object]) -> World:
    """The world, where something else happens before the first call of this name."""
    return replace(world, store=wrap(world.store, when(name, deed)))


def under(key: str) -> Terms:
    return Terms(key=Key(key, "request"))


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_storage_that_does_not_answer_leaves_nothing(world: World, tree: str, kept: int) -> None:
    assert world.blobs
    failing = replace(world, blobs=Around(world.blobs, down("put", after=kept)))
    with pytest.raises(Unavailable, match="storage"):
        add(failing, count=3)
    assert blobs_of(world) == []
    assert counted(world)["a"] == 0
    assert len(add(world, count=3)) == 3


def test_without_a_storage_nothing_is_attached(world: World, tree: str) -> None:
    with pytest.raises(Unavailable):
        add(replace(world, blobs=None))
    assert counted(world)["a"] == 0


def test_a_storage_that_takes_nothing_back_is_swept_later(
    world: World, clock: Clock, tree: str
) -> None:
    assert world.blobs
    failing = replace(world, blobs=Around(world.blobs, down("remove")))
    with pytest.raises(Stale):
        add(failing, terms=Terms(if_match=("n0-99",)))
    assert len(blobs_of(world)) == 1
    clock.advance(days=1000)
    sweep_files(world)
    assert counted(world)["a"] == 0


def test_what_is_refused_at_the_last_moment_leaves_nothing(world: World, tree: str) -> None:
    """Between the first look at the right and the commit."""

    def revoke() -> None:
        sharing.remove(world, ANN, "r", "bob")

    with pytest.raises(NotFound):
        add(meddled(world, "files.insert_many", revoke), BOB)
    assert counted(world)["a"] == 0


def test_a_role_that_is_lost_on_the_way_is_missed(world: World, tree: str) -> None:
    world.store.db.users.update_one({"_id": "bob"}, {"$set": {"username_key": "bob"}})

    def demote() -> None:
        sharing.put(world, ANN, "r", "bob", "viewer")

    with pytest.raises(Forbidden):
        add(meddled(world, "files.insert_many", demote), BOB)
    assert counted(world)["a"] == 0


def test_a_task_that_goes_meanwhile_takes_no_file(world: World, tree: str) -> None:
    for deed in (trashing.delete, trashing.purge):
        with pytest.raises(NotFound):
            add(meddled(world, "files.insert_many", lambda deed=deed: deed(world, ANN, "a")))
    sweep_files(world)
    counted(world)


def test_of_two_at_once_neither_passes_the_quota(world: World, tree: str) -> None:
    rules = replace(RULES, quota=8)
    files = [upload()]

    def other() -> None:
        filing.add(world, ANN, "c", [upload()], rules)

    with pytest.raises(TooLarge):
        filing.add(meddled(world, "files.insert_many", other), ANN, "a", files, rules)
    assert (counted(world)["a"], counted(world)["c"]) == (0, 1)


def test_of_twins_under_a_key_one_attaches(world: World, tree: str) -> None:
    first: list[Any] = []

    def twin() -> None:
        first.extend(add(world, terms=under("k")))

    assert add(meddled(world, "files.insert_many", twin), terms=under("k")) == first
    assert counted(world)["a"] == 1


def test_whether_a_commit_came_through_is_for_the_sweep_to_find_out(
    world: World, clock: Clock, tree: str
) -> None:
    """The answer of the database is lost: what is in the tree stays, what is not goes in a day."""
    for comes_through in (True, False):
        with pytest.raises(Unavailable):
            add(replace(world, store=wrap(world.store, _losing(comes_through))))
    assert len(blobs_of(world)) == 2
    drains.drain_now(world.store, tree)
    assert [file["_id"] for file in filing.listing(world, ANN, "a")] == [
        file["_id"] for file in world.store.db.files.find({"pending": None})
    ]
    sweep_files(world)
    assert len(blobs_of(world)) == 2
    clock.advance(**DAY)
    sweep_files(world)
    assert counted(world)["a"] == 1


def _losing(comes_through: bool) -> Callable[[Call], Any]:
    def around(call: Call) -> Any:
        if call.name == "trees.update_one" and "$push" in call.args[1]:
            if comes_through:
                call.run()
            raise AutoReconnect("the answer is lost")
        return call.run()

    return around


def test_a_file_is_removed_once_by_two_at_once(world: World, tree: str) -> None:
    one, other = add(world, count=2)

    def first() -> None:
        filing.remove(world, ANN, "a", one["_id"])

    meddling = meddled(world, "trees.update_one", first)
    with pytest.raises(NotFound):
        filing.remove(meddling, ANN, "a", one["_id"])
    assert [file["_id"] for file in filing.listing(world, ANN, "a")] == [other["_id"]]
    sweep_files(world)
    assert counted(world)["a"] == 1


def test_a_removal_that_is_not_drained_is_not_done_again(world: World, tree: str) -> None:
    """Its writer paused behind the commit: who comes next drains first."""
    (one,) = add(world)
    calls = when("files.bulk_write", _fail)
    filing.remove(replace(world, store=wrap(world.store, calls)), ANN, "a", one["_id"])
    with pytest.raises(NotFound):
        filing.remove(world, ANN, "a", one["_id"])
    sweep_files(world)
    assert counted(world)["a"] == 0


def _fail() -> None:
    raise AutoReconnect("gone")


def test_bytes_that_cannot_be_removed_wait(world: World, tree: str) -> None:
    assert world.blobs
    (one,) = add(world)
    filing.remove(world, ANN, "a", one["_id"])
    failing = replace(world, blobs=Around(world.blobs, down("remove")))
    with pytest.raises(Unavailable):
        sweep_files(failing)
    assert world.store.db.files.count_documents({}) == len(blobs_of(world)) == 1
    sweep_files(world)
    assert counted(world)["a"] == 0


def test_a_task_takes_no_more_than_it_can_list(world: World, tree: str) -> None:
    world, rules = replace(world, blobs=Memory(START)), replace(RULES, quota=0)
    for _ in range(20):
        filing.add(world, ANN, "a", [upload(b"x") for _ in range(10)], rules)
    with pytest.raises(TooLarge, match="200 files"):
        filing.add(world, ANN, "a", [upload(b"x")], rules)
    assert counted(world)["a"] == 200


def test_a_busy_tree_leaves_nothing_behind(world: World, tree: str) -> None:
    """Every race is lost."""

    def around(call: Call) -> Any:
        if call.name == "trees.update_one" and "$push" in call.args[1]:
            call = call.with_args({**call.args[0], "rev": -1}, call.args[1])
        return call.run()

    with pytest.raises(Busy):
        add(replace(world, store=wrap(world.store, around)))
    assert counted(world)["a"] == 0
