"""What is nobody's is found and removed, and nothing else ever is."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Clock
from tests.swept import blobs_of, counted, sweep_files
from tests.uploading import RULES, Around, Memory, down, upload
from tracker.errors import Unavailable
from tracker.services import file_sweeps, filing
from tracker.services.world import World
from tracker.store import files

ANN = {"_id": "ann"}
REAL = datetime.now(UTC).replace(microsecond=0)


def orphans(world: World, count: int) -> list[str]:
    """Blobs of ours that no file names, in the order of their keys."""
    assert world.blobs
    keys = sorted(files.new_keys(world.store, count))
    for key in keys:
        world.blobs.put(key, io.BytesIO(b"x"), 1)
    return keys


@pytest.mark.parametrize(("hours", "left"), [(23, 2), (25, 0)])
def test_a_blob_that_no_file_names_goes_after_a_day(
    world: World, clock: Clock, tree: str, hours: int, left: int
) -> None:
    clock.now = REAL + timedelta(hours=hours)
    orphans(world, 2)
    sweep_files(world)
    assert len(blobs_of(world)) == left


def test_a_blob_that_a_file_names_stays_in_whatever_state_that_is(
    world: World, clock: Clock, tree: str
) -> None:
    clock.now = REAL
    there, gone = filing.add(world, ANN, "a", [upload(), upload()], RULES)
    filing.remove(world, ANN, "a", gone["_id"])
    (coming,) = orphans(world, 1)
    pending = {"_id": "f", "task": "a", "key": coming, "pending": REAL}
    world.store.db.files.insert_one(pending)
    clock.advance(days=9)
    orphans(world, 1)
    assert file_sweeps.unseen(world, 1) == ["blobs"]
    assert not file_sweeps.look(world)
    assert blobs_of(world) == sorted([there["key"], gone["key"], coming])


def test_blobs_of_another_database_in_the_same_storage_stay(
    world: World, clock: Clock, tree: str
) -> None:
    """A service for trials that was given the bucket of the real one."""
    assert world.blobs
    clock.now = REAL + timedelta(days=9)
    theirs = ["0" * 32, "f" * 32]
    for key in theirs:
        world.blobs.put(key, io.BytesIO(b"x"), 1)
    orphans(world, 3)
    sweep_files(world)
    assert blobs_of(world) == theirs


def test_all_blobs_are_looked_at_slice_by_slice_and_once_a_day(
    world: World, clock: Clock, tree: str
) -> None:
    clock.now = REAL + timedelta(days=9)
    world = replace(world, blobs=Memory(REAL))
    orphans(world, file_sweeps.SLICE + 2)
    assert file_sweeps.look(world) is True
    assert len(blobs_of(world)) == 2
    assert file_sweeps.unseen(world, 1) == ["blobs"]
    assert file_sweeps.look(world) is False
    assert blobs_of(world) == []
    orphans(world, 1)
    assert file_sweeps.unseen(world, 1) == []
    clock.advance(hours=25)
    assert file_sweeps.unseen(world, 1) == ["blobs"]
    assert file_sweeps.unseen(world, 1, {"blobs"}) == []
    sweep_files(world)
    assert blobs_of(world) == []


def test_a_storage_that_is_down_stops_no_more_than_its_part(
    world: World, clock: Clock, tree: str
) -> None:
    assert world.blobs
    clock.now = REAL + timedelta(days=9)
    orphans(world, 1)
    failing = replace(world, blobs=Around(world.blobs, down("listed", "remove")))
    with pytest.raises(Unavailable):
        file_sweeps.look(failing)
    assert file_sweeps.unseen(world, 1) == ["blobs"]
    sweep_files(world)
    assert blobs_of(world) == []


def test_without_a_storage_nothing_is_due(world: World, tree: str) -> None:
    (file,) = filing.add(world, ANN, "a", [upload()], RULES)
    filing.remove(world, ANN, "a", file["_id"])
    bare = replace(world, blobs=None)
    assert file_sweeps.unseen(bare, 10) == file_sweeps.deleted(bare, 10) == []
    assert file_sweeps.deleted(world, 10)


@pytest.mark.parametrize(("hours", "left"), [(23, 1), (25, 0)])
def test_a_file_that_was_never_committed_goes_after_a_day(
    world: World, clock: Clock, tree: str, hours: int, left: int
) -> None:
    (key,) = orphans(world, 1)
    pending = {"_id": "f", "task": "a", "key": key, "user": "ann", "size": 1}
    world.store.db.files.insert_one({**pending, "pending": clock.now})
    clock.advance(hours=hours)
    sweep_files(world)
    assert world.store.db.files.count_documents({}) == len(blobs_of(world)) == left
    assert filing.listing(world, ANN, "a") == []


def test_a_file_whose_commit_is_not_drained_stays(world: World, clock: Clock, tree: str) -> None:
    (file,) = filing.add(world, ANN, "a", [upload()], RULES)
    world.store.db.files.update_one({"_id": file["_id"]}, {"$set": {"pending": clock.now}})
    clock.advance(hours=25)
    sweep_files(world)
    assert counted(world)["a"] == 1
