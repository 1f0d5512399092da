"""What falls due is told once, however many sweep, whatever crashes, and wherever the task goes."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from tests import invariants
from tests.conftest import START, Clock
from tests.core.forest import node
from tests.core.test_reminders import HOUR, reminder
from tests.faults.crashes import Crash, CrashNow, points
from tests.services.ears import SOON, Ear, Told, due, overdue, through
from tests.store.staging import commit, load, plant, retitle, row
from tests.store.wrapped import Around, Call, wrap
from tracker.services import editing, firing, moves, sweeping
from tracker.services.world import World

ANN = {"_id": "ann"}


@pytest.fixture
def told() -> Ear:
    return Ear()


@pytest.fixture
def world(world: World, told: Ear) -> World:
    """The world, with an ear on it."""
    return replace(world, store=wrap(world.store, told))


def before_the_commit(deed: Callable[[], object]) -> Around:
    left = [deed]

    def around(call: Call) -> Any:
        if call.name == "trees.update_one" and "$push" in call.args[1] and left:
            left.pop()()
        return call.run()

    return around


def test_any_number_of_sweeps_tell_once(world: World, clock: Clock, told: Ear) -> None:
    for count in range(8):
        plant(world.store, due(f"t{count}", due(f"a{count}")))
    clock.advance(hours=2)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(sweeping.sweep, [world] * 4))
    assert sum(report.failed for report in reports) == 0
    assert set(told.heard.values()) == {1}
    assert len(told.heard) == 16


def test_of_two_sweepers_at_one_commit_one_tells(world: World, clock: Clock, told: Ear) -> None:
    plant(world.store, due("r"))
    clock.advance(hours=2)
    other = through(world, lambda call: call.run())
    slow = through(world, before_the_commit(lambda: firing.fire(other, "r")))
    assert not firing.fire(slow, "r")
    assert told.heard == overdue("r")
    assert load(world.store, "r")["rev"] == 2


def test_a_deadline_that_is_put_off_before_the_commit_is_not_told(
    world: World, clock: Clock, told: Ear
) -> None:
    plant(world.store, due("r"))
    clock.advance(hours=2)
    later, other = {"due_date": clock() + HOUR}, through(world, lambda call: call.run())
    slow = through(world, before_the_commit(lambda: editing.change(other, ANN, "r", later)))
    firing.fire(slow, "r")
    assert told.heard == Counter()


def test_after_a_crash_anywhere_all_is_told_once(world: World, clock: Clock, told: Ear) -> None:
    whole = Crash()
    clock.advance(hours=2)
    plant(world.store, due("t", due("t-a")))
    firing.fire(through(world, whole), "t")
    for count, point in enumerate(points(whole.calls)):
        told.heard.clear()
        plant(world.store, due(f"t{count}", due(f"a{count}")))
        with pytest.raises(CrashNow):
            firing.fire(through(world, Crash(*point)), f"t{count}")
        sweeping.sweep(world)
        sweeping.sweep(world)
        assert told.heard == overdue(f"t{count}", f"a{count}"), point
        invariants.check(world.store)
    assert count > 8


def test_what_a_crash_left_is_drained_and_then_told(world: World, clock: Clock, told: Ear) -> None:
    plant(world.store, due("r", due("a")))
    commit(world.store, "r", retitle("a", "A"))
    clock.advance(hours=2)
    firing.fire(world, "r")
    assert told.heard == overdue("r", "a")
    assert row(world.store, "a")["title"] == "A"


def test_a_tree_that_fails_keeps_no_other_from_being_told(
    world: World, clock: Clock, told: Ear
) -> None:
    for tree in ("bad", "good"):
        plant(world.store, due(tree))
    clock.advance(hours=2)

    def around(call: Call) -> Any:
        if call.name == "trees.find_one" and call.args[0] == {"_id": "bad"}:
            raise AutoReconnect("gone")
        return call.run()

    report = sweeping.sweep(through(world, around))
    assert (report.fired, report.failed) == (1, 1)
    assert told.heard == overdue("good")
    sweeping.sweep(world)
    assert told.heard == overdue("good", "bad")


def plant_two(world: World, name: str = "") -> Counter[Told]:
    """r > (a > b, c) and s: a, b and c are due in an hour, and b reminds ann then, too. All that is
    to be told of them.
    """
    b = due(f"b{name}", reminders=[reminder(made=START, at=SOON)])
    plant(world.store, node(f"r{name}", due(f"a{name}", b), due(f"c{name}")))
    plant(world.store, node(f"s{name}"))
    mine = Counter([("reminder", f"b{name}", "ann")])
    return mine + overdue(f"a{name}", f"b{name}", f"c{name}")


@pytest.mark.parametrize("target", ["s", None])
def test_a_task_that_moves_to_another_tree_takes_all_along(
    world: World, clock: Clock, told: Ear, target: str | None
) -> None:
    everything = plant_two(world)
    moves.move(world, ANN, "a", target)
    clock.advance(hours=2)
    sweeping.sweep(world)
    assert told.heard == everything
    moves.move(world, ANN, "a", "r")
    sweeping.sweep(world)
    assert told.heard == everything


def test_a_task_on_its_way_is_told_once_whichever_steps_of_the_move_a_sweep_falls_between(
    world: World, clock: Clock, told: Ear
) -> None:
    clock.advance(hours=2)
    whole = Crash()
    plant_two(world)
    moves.move(through(world, whole), ANN, "a", "s")
    sweeping.sweep(world)
    for at in range(1, len(whole.calls) + 1):
        told.heard.clear()
        everything = plant_two(world, f"{at}")
        with pytest.raises(CrashNow):
            moves.move(through(world, Crash(at)), ANN, f"a{at}", f"s{at}")
        for tree in firing.due(world, 9):
            assert not firing.fire(world, tree)
        assert set(told.heard.values()) == {1}
        sweeping.sweep(world)
        assert told.heard == everything, f"call {at}: {whole.calls[at - 1].name}"
