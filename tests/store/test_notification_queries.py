"""What it costs the database to tell people, and an index for every query about it."""

from typing import Any

import pytest
import uuid_utils

from tests.conftest import Clock
from tests.core.forest import node
from tests.post import Box
from tests.services import telling
from tests.services.telling import ANN, BOB, send
from tests.services.test_notice_letters import FEW
from tests.store.serving import is_served, queries
from tests.store.staging import plant
from tests.store.test_round_trips import Count
from tests.wire import Ear
from tracker.services import editing, firing, making, notifying
from tracker.services.world import World
from tracker.store import Store

EDIT = ["task_paths.find", "trees.find", "trees.update", "task_paths.update", "history.insert"]
RIGHTS = ["task_paths.find", "trees.find"]


@pytest.fixture
def world(wire_store: Store, clock: Clock) -> World:
    clock.now = telling.NOON
    world = World(wire_store, clock, lambda: str(uuid_utils.uuid7()), Box())
    telling.people(world.store)
    telling.planted(world.store)
    return world


@pytest.fixture
def count(ear: Ear) -> Count:
    return Count(ear)


def assign(world: World, user: str) -> None:
    editing.change(world, ANN, "b", {"assigned_to": user})


def test_telling_takes_two_more_and_a_letter_a_third(world: World, count: Count) -> None:
    """Of the others two ask whether the assignee may be named, and one shows them."""
    named, shown = ["users.find", "trees.find"], ["users.find"]
    told = ["users.find", "notifications.insert"]
    edit = [*EDIT[:2], *named, *shown, *EDIT[2:]]
    count(lambda: assign(world, "bob"))
    assert count.names == [*edit, *told, "trees.update"]
    notifying.prefer(world, {"_id": "zoe"}, {"task_assigned": {"mail": True}})
    count(lambda: assign(world, "zoe"))
    assert count.names == [*edit, *told, "jobs.insert", "trees.update"]


def test_however_many_are_told_it_takes_as_many(world: World, count: Count) -> None:
    world.store.numbers.take(1)
    few, many = (_given(number) for number in (2, 40))
    counts = [count(lambda: making.create(world, ANN, few))]
    counts += [count(lambda: making.create(world, ANN, many))]
    assert counts[0] == counts[1], count.names


def _given(number: int) -> dict[str, Any]:
    below = [{"title": str(n), "assigned_to": ("bob", "zoe")[n % 2]} for n in range(number)]
    return {"title": "x", "parent_id": "r", "subtasks": below}


def test_what_tells_nobody_asks_for_nobody(world: World, count: Count) -> None:
    assert count(lambda: editing.change(world, ANN, "b", {"title": "B"})) == 6
    assert count(lambda: editing.change(world, ANN, "b", {"assigned_to": "ann"})) == 6


def test_a_list_takes_four_and_a_count_three(world: World, count: Count) -> None:
    for tree in "xyz":
        plant(world.store, node(tree), members=list(telling.EDITORS))
        editing.change(world, ANN, tree, {"assigned_to": "bob"})
    asked: Any = {"after": None, "unread": False, "limit": 20}
    notes = ["notifications.find"]
    count(lambda: notifying.listing(world, BOB, **asked))
    assert count.names == [*notes, *notes, *RIGHTS]
    count(lambda: notifying.unread(world, BOB))
    assert count.names == [*notes, *RIGHTS]
    assert count(lambda: notifying.listing(world, {"_id": "new"}, **asked)) == 2


def test_reading_one_takes_four_and_all_one(world: World, count: Count) -> None:
    assign(world, "bob")
    note = telling.stored(world)[0]["_id"]
    count(lambda: notifying.read(world, BOB, note))
    assert count.names == ["notifications.find", *RIGHTS, "notifications.findAndModify"]
    assert count(lambda: notifying.read_all(world, BOB)) == 1
    count(lambda: notifying.remove(world, BOB, note))
    assert count.names == ["notifications.find", *RIGHTS, "notifications.update"]


def test_every_query_has_a_declared_index(world: World, clock: Clock, ear: Ear) -> None:
    telling.overdue(world.store, 2 * FEW)
    ear.heard.clear()
    firing.fire(world, "t")
    notifying.tell_overdue(world, ANN, "t0")
    send(world)
    clock.advance(minutes=5)
    page = notifying.listing(world, BOB, after=None, unread=True, limit=2)
    notifying.listing(world, BOB, after=page.further, unread=False, limit=2)
    notifying.read(world, BOB, page.rows[0]["_id"])
    notifying.remove(world, BOB, page.rows[1]["_id"])
    notifying.read_all(world, BOB)
    notifying.prefer(world, BOB, {"reminder": {"mail": False}})
    unserved = [q for command in ear.heard for q in queries(command) if not is_served(*q)]
    assert unserved == []
    assert {"notifications", "jobs"} <= {body[name] for name, body in ear.heard}
