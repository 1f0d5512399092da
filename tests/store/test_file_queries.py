"""Files over the wire: how often the database is asked, and by which index it finds the answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.store.serving import is_served, queries
from tests.swept import PARTS
from tests.uploading import RULES, Memory, upload
from tests.wire import Ear
from tracker.core.terms import Key, Terms
from tracker.files.grid import Grid
from tracker.services import filing, making, trashing
from tracker.services.world import World

ANN = {"_id": "ann"}


@pytest.fixture
def world(over_the_wire: World) -> World:
    return replace(over_the_wire, blobs=Memory(over_the_wire.now()))


@pytest.fixture
def task(world: World) -> str:
    made = making.create(world, ANN, {"title": "t"}).row["_id"]
    filing.add(world, ANN, made, [upload()], RULES)
    return str(made)


@pytest.fixture
def asked(ear: Ear) -> Callable[[Callable[[], object]], list[str]]:
    """The collections that a deed asks, in their order, each with what it is asked for."""

    def heard(deed: Callable[[], object]) -> list[str]:
        ear.heard.clear()
        deed()
        return [f"{body[name]}.{name}" for name, body in ear.heard]

    return heard


COMMIT = [
    "task_paths.find", "trees.find", "trees.update", "task_paths.update", "files.update",
    "history.insert", "trees.update",
]  # fmt: skip


def test_attaching_takes_thirteen_for_one_as_for_ten(
    world: World, task: str, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    """The right, the quota, the key of the database, the documents, the quota, and a commit."""
    for count in (1, 10):
        some = [upload() for _ in range(count)]
        filing_asked = asked(lambda some=some: _attach(world, task, some))
        before = ["task_paths.find", "trees.find", "files.aggregate", "counters.find"]
        assert filing_asked == [*before, "files.insert", "files.aggregate", *COMMIT]


def _attach(world: World, task: str, some: list[Any]) -> None:
    filing.admit(world, ANN, task)
    filing.add(world, ANN, task, some, RULES)


def test_listing_and_finding_take_three(
    world: World, task: str, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    file = filing.listing(world, ANN, task)[0]["_id"]
    three = ["task_paths.find", "trees.find", "files.find"]
    assert asked(lambda: filing.listing(world, ANN, task)) == three
    assert asked(lambda: filing.find(world, ANN, task, file)) == three


def test_removing_takes_one_more_than_a_commit_of_files(
    world: World, task: str, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    file = filing.listing(world, ANN, task)[0]["_id"]
    wanted = [*COMMIT[:2], "files.find", *COMMIT[2:]]
    assert asked(lambda: filing.remove(world, ANN, task, file)) == wanted


def test_every_query_about_files_has_a_declared_index(world: World, task: str, ear: Ear) -> None:
    world = replace(world, blobs=Grid(world.store.db))
    ear.heard.clear()
    made = [
        *filing.add(world, ANN, task, [upload(b"x") for _ in range(10)], RULES),
        *filing.add(world, ANN, task, [upload()], RULES, Terms(key=Key("k", "r"))),
    ]
    b"".join(filing.read(world, filing.find(world, ANN, task, made[0]["_id"]), 0, 1))
    filing.remove(world, ANN, task, made[0]["_id"])
    filing.remove(world, ANN, task, made[-1]["_id"])
    trashing.purge(world, ANN, task)
    for due, work in PARTS[:2]:
        for one in due(world, 100, ()):
            work(world, one)
    found = [query for command in ear.heard for query in queries(command)]
    assert {"files", "blobs.files", "blobs.chunks"} <= {collection for collection, _ in found}
    assert [query for query in found if not is_served(*query)] == []
