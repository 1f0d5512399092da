"""Purging while others write, and are held up: what is gone stays gone, in the index too."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults import bugs
from tests.faults.crashing import at_gap, counted
from tests.faults.sagas import ANN, SAGAS, Stage, setting
from tests.store.wrapped import Around
from tracker.errors import TrackerError
from tracker.services import editing, making, moves, trashing
from tracker.services.world import World
from tracker.store import Store

Deed = Callable[[World], Any]
Setting = Callable[[], Stage]


def create_below(world: World) -> Any:
    return making.create(world, ANN, {"title": "new", "parent_id": "x"})


def edit(world: World) -> Any:
    return editing.change(world, ANN, "z", {"title": "new"})


def complete(world: World) -> Any:
    return editing.complete(world, ANN, "a", cascade=True)


def move_inside(world: World) -> Any:
    return moves.move(world, ANN, "w", "q")


def move_away(world: World) -> Any:
    return moves.move(world, ANN, "w", "b")


def purge(world: World) -> Any:
    return trashing.purge(world, ANN, "x")


def purge_the_root(world: World) -> Any:
    return trashing.purge(world, ANN, "s")


DEEDS = [create_below, edit, complete, move_inside, move_away]
PURGES = [purge, purge_the_root]


@pytest.fixture
def new(embedded_store: Store, clock: Clock) -> Setting:
    make = setting(embedded_store, clock)
    return lambda: make(SAGAS["subtask to another tree"])


@pytest.mark.parametrize("purge", PURGES)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_purge_at_any_call_of_a_write_leaves_no_row_behind(
    new: Setting, deed: Deed, purge: Deed
) -> None:
    for nth in range(counted(lambda around: deed(new().process(around)))):
        held_up(new(), deed, purge, nth)


@pytest.mark.parametrize("purge", PURGES)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_write_at_any_call_of_a_purge_leaves_no_row_behind(
    new: Setting, deed: Deed, purge: Deed
) -> None:
    for nth in range(counted(lambda around: purge(new().process(around)))):
        held_up(new(), purge, deed, nth)


def test_without_the_ids_in_the_entry_a_late_row_lives_for_ever(new: Setting) -> None:
    calls = counted(lambda around: create_below(new().process(around)))
    assert not all(holds_though_purged_by_query(new(), nth) for nth in range(calls))


def holds_though_purged_by_query(stage: Stage, nth: int) -> bool:
    try:
        held_up(stage, create_below, purge, nth, bugs.purge_by_query(stage.store))
    except AssertionError:
        return False
    return True


def held_up(stage: Stage, slow: Deed, quick: Deed, nth: int, *bugs: Around) -> None:
    """One deed at a gap of the other; either may be refused. All is well afterwards."""
    gap = at_gap(nth, lambda: unless_refused(quick, stage.process(*bugs)))
    unless_refused(slow, stage.process(gap))
    stage.sweep()
    invariants.check(stage.store)


def unless_refused(deed: Deed, world: World) -> None:
    try:
        deed(world)
    except TrackerError:
        return
