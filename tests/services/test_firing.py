"""What falls due is told, to whom it may concern, and again when there is something new to tell."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import START, Clock
from tests.core.forest import node
from tests.core.test_reminders import HOUR, MINUTE, reminder
from tests.services.ears import SOON, Ear, due, overdue
from tests.store.staging import load, plant, row
from tests.store.wrapped import wrap
from tracker.services import editing, firing, mending, sharing, sweeping, trashing
from tracker.services.world import World

ANN = {"_id": "ann"}


@pytest.fixture
def told() -> Ear:
    return Ear()


@pytest.fixture
def world(world: World, told: Ear) -> World:
    """The world, with an ear on it."""
    return replace(world, store=wrap(world.store, told))


def test_a_sweep_tells_what_has_fallen_due_and_the_next_has_nothing_to_tell(
    world: World, clock: Clock, told: Ear
) -> None:
    plant(
        world.store, due("r", due("a", reminders=[reminder(made=START, minutes=0, of="due_date")]))
    )
    assert sweeping.sweep(world).fired == 0
    clock.advance(hours=1, seconds=1)
    assert sweeping.sweep(world).fired == 1
    assert told.heard == overdue("r", "a") + Counter([("reminder", "a", "ann")])
    report = sweeping.sweep(world)
    assert (report.fired, report.failed) == (0, 0)


def test_telling_changes_nothing_that_people_see(world: World, clock: Clock) -> None:
    plant(world.store, due("r", due("a")))
    before = row(world.store, "a")
    clock.advance(hours=2)
    sweeping.sweep(world)
    after = row(world.store, "a")
    assert before.pop("next_fire_at") == SOON
    assert {**after, "rev": before["rev"]} == before
    (step,) = world.store.db.history.find({"tree": "r", "seq": 2})
    assert (step["actor"], step["deed"], step["hidden"]) == ("system", "fire", True)


def test_a_sweep_later_by_days_tells_every_deadline(world: World, clock: Clock, told: Ear) -> None:
    names = [f"{tree}{count}" for tree in "rst" for count in range(60)]
    for tree in "rst":
        below = (due(n, due_date=SOON + MINUTE * i) for i, n in enumerate(names) if n[0] == tree)
        plant(world.store, node(tree, *below))
    clock.advance(days=9)
    assert sweeping.sweep(world).fired == 3
    assert told.heard == overdue(*names)


def test_more_than_a_commit_takes_is_told_in_several(world: World, clock: Clock, told: Ear) -> None:
    names = [f"t{count}" for count in range(230)]
    plant(world.store, node("r", *(due(name) for name in names)))
    clock.advance(hours=2)
    assert [firing.fire(world, "r") for _ in range(4)] == [True, True, False, False]
    assert told.heard == overdue(*names)
    assert load(world.store, "r")["rev"] == 4


def test_what_waits_longest_is_looked_for_first(world: World, clock: Clock) -> None:
    for tree, hours in {"r": 2, "s": 1, "t": 0}.items():
        plant(world.store, due(tree, due_date=SOON + hours * HOUR))
    clock.advance(hours=2, minutes=1)
    assert firing.due(world, 9) == ["t", "s"]
    assert firing.due(world, 1) == ["t"]
    assert firing.due(world, 9, {"t"}) == ["s"]


def test_a_deadline_that_has_passed_at_making_is_told_by_the_next_sweep(
    world: World, told: Ear
) -> None:
    plant(world.store, due("r", due_date=START - timedelta(days=400)))
    sweeping.sweep(world)
    assert told.heard == overdue("r")


def test_a_row_made_before_rows_said_when_they_fire_is_mended_by_a_rebuild(
    world: World, clock: Clock, told: Ear
) -> None:
    plant(world.store, due("r"))
    world.store.db.task_paths.update_one({"_id": "r"}, {"$unset": {"next_fire_at": ""}})
    clock.advance(hours=2)
    assert sweeping.sweep(world).fired == 0
    assert mending.verify_tree(world, "r") == ["r: its row differs in next_fire_at"]
    mending.rebuild_tree(world, "r")
    sweeping.sweep(world)
    assert told.heard == overdue("r")


def test_another_deadline_is_told_again(world: World, clock: Clock, told: Ear) -> None:
    plant(world.store, due("r"))
    for day in range(3):
        clock.advance(days=1)
        sweeping.sweep(world)
        sweeping.sweep(world)
        assert told.heard["task_overdue", "r", "ann"] == day + 1
        editing.change(world, ANN, "r", {"due_date": clock() + HOUR})
        sweeping.sweep(world)


def test_what_is_completed_in_time_is_not_told_until_it_is_reopened(
    world: World, clock: Clock, told: Ear
) -> None:
    plant(world.store, due("r", due("a"), due("b")))
    editing.complete(world, ANN, "r", cascade=True)
    trashing.delete(world, ANN, "b")
    clock.advance(hours=2)
    assert sweeping.sweep(world).fired == 0
    editing.reopen(world, ANN, "a")
    trashing.restore(world, ANN, "b")
    sweeping.sweep(world)
    assert told.heard == overdue("r", "a")


def test_who_lost_the_tree_is_not_reminded(world: World, clock: Clock, told: Ear) -> None:
    world.store.db.users.insert_one({"_id": "bob", "state": "active", "number": 1})
    editors = {"members": [{"user": "bob", "role": "editor"}]}
    plant(
        world.store,
        due("r", reminders=[reminder("bob", made=START, at=SOON)], assigned_to="bob"),
        **editors,
    )
    sharing.remove(world, ANN, "r", "bob")
    clock.advance(hours=2)
    sweeping.sweep(world)
    assert told.heard == overdue("r")
    sharing.put(world, ANN, "r", "bob", "editor")
    assert sweeping.sweep(world).fired == 0
