"""Whatever was acknowledged is seen by every reader, also where its drain was cut off."""

import pytest

from tests.core.forest import node
from tests.store.staging import NOON, commit, end, load, plant, prepare, retitle
from tracker.core.select import Query
from tracker.errors import NotFound
from tracker.services import reading
from tracker.services.world import World
from tracker.store import trees as stored

ANN, BOB, SAM = ({"_id": name} for name in ("ann", "bob", "sam"))
SHARED = [{"user": "bob", "role": "viewer"}]


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    for number, name in enumerate(("ann", "bob"), start=1):
        world.store.db.users.insert_one({"_id": name, "state": "active", "number": number})


@pytest.fixture
def undrained(world: World) -> str:
    """A tree, shared with bob, in which b's new title has not come to its row."""
    plant(world.store, node("r", node("a", node("b")), node("c")), members=SHARED)
    commit(world.store, "r", retitle("b", "B"))
    return "r"


def titles(rows: list[dict[str, str]]) -> list[str]:
    return [row["title"] for row in rows]


@pytest.mark.parametrize("reader", [ANN, BOB])
def test_a_task_is_read_as_written(world: World, undrained: str, reader: dict[str, str]) -> None:
    assert reading.task(world, reader, "b").row["title"] == "B"


@pytest.mark.parametrize("reader", [ANN, BOB])
def test_a_list_shows_what_was_written(
    world: World, undrained: str, reader: dict[str, str]
) -> None:
    found = reading.listing(world, reader, Query(NOON, sort_by="title", descending=False))
    assert titles(found.answer.rows) == ["a", "B", "c", "r"]
    assert found.total == 4


def test_children_and_ancestors_are_as_written(world: World, undrained: str) -> None:
    query = Query(NOON, sort_by="position", descending=False)
    assert titles(reading.children(world, ANN, "a", query).answer.rows) == ["B"]
    commit(world.store, "r", retitle("a", "A"))
    assert titles(reading.ancestors(world, ANN, "b").rows) == ["r", "A"]


def test_a_tree_is_read_from_itself_and_needs_no_drain(world: World, undrained: str) -> None:
    found = reading.subtree(world, ANN, "a")
    assert found.place.node["children"]["b"]["title"] == "B"
    assert load(world.store, "r")["dirty"]
    reading.task(world, ANN, "r")


def test_what_ended_is_gone_at_once(world: World, undrained: str) -> None:
    commit(world.store, "r", end("a"))
    for read in (reading.task, reading.subtree, reading.ancestors):
        with pytest.raises(NotFound):
            read(world, ANN, "b")
    assert reading.listing(world, ANN, Query(NOON)).total == 2


def test_a_new_tree_is_in_the_list_before_its_rows_are(world: World) -> None:
    made = prepare(world.store, plant(world.store, node("r")), retitle("r", "R"))
    world.store.db.task_paths.delete_one({"_id": "r"})
    assert stored.commit(world.store, made)
    assert titles(reading.listing(world, ANN, Query(NOON)).answer.rows) == ["R"]


def test_a_stranger_sees_nothing(world: World, undrained: str) -> None:
    for read in (reading.task, reading.subtree, reading.ancestors):
        with pytest.raises(NotFound):
            read(world, SAM, "b")
    assert reading.listing(world, SAM, Query(NOON)).total == 0
    assert reading.listing(world, SAM, Query(NOON, root="r")).total == 0
    reading.task(world, ANN, "r")


def test_what_lies_in_the_trash_is_gone_to_readers(world: World) -> None:
    plant(world.store, node("r", node("a", node("b")), deleted_at=None))
    made = prepare(world.store, load(world.store, "r"), retitle("a", "A"))
    assert stored.commit(world.store, made)
    plant(world.store, node("s", node("t", node("u"), deleted_at=NOON)))
    for task in ("t", "u"):
        with pytest.raises(NotFound):
            reading.subtree(world, ANN, task)
    assert titles(reading.listing(world, ANN, Query(NOON, root="s")).answer.rows) == ["s"]


def test_the_last_page_has_no_mark_to_go_on_from(world: World, undrained: str) -> None:
    first = reading.listing(world, ANN, Query(NOON, page_size=3, sort_by="title"))
    assert first.further == ("b", "b")
    assert reading.listing(world, ANN, Query(NOON, page_size=5)).further is None
