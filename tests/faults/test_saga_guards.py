"""The scenes of moves count only because each turns red when a guard of the protocol is out."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.conftest import Clock
from tests.faults import bugs, intruders
from tests.faults.crashing import at_gap, counted
from tests.faults.intruders import Intruder, disturb
from tests.faults.sagas import MOVE, SAGAS, Stage, setting
from tests.store.wrapped import Around
from tracker.store import Store

Plant = Callable[[], Around]


class Case(NamedTuple):
    """A guard taken out of the mover, or of everybody else, and who makes it felt."""

    intruder: Intruder
    in_mover: Plant | None = None
    in_others: Plant | None = None
    saga: str = "subtask to another tree"


WITHOUT = {
    "no edit of what is frozen": Case(intruders.editor, in_others=bugs.no_freeze),
    "no purge of what is frozen": Case(intruders.purger, in_others=bugs.no_freeze),
    "no arrival below what is frozen": Case(
        intruders.mover_of_the_target_that_arrived, in_mover=bugs.no_freeze_in_t
    ),
    "the source is drained first": Case(
        intruders.sender, in_mover=bugs.source_not_drained
    ),
    "the refusal is committed": Case(
        intruders.room_maker, in_mover=bugs.refusal_in_memory, saga="refused"
    ),
    "the source is read again": Case(
        intruders.sweeper, in_mover=bugs.source_read_first
    ),
    "outcomes are kept while intents stand": Case(
        intruders.late_sweeper, in_others=bugs.no_freeze
    ),
    "the key comes with the arrival": Case(
        intruders.mover_and_sender, in_mover=bugs.op_with_the_removal
    ),
    "readers look where it has arrived": Case(
        intruders.reader_of_the_target_first, in_others=bugs.no_freeze
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WITHOUT.values(), ids=WITHOUT)
def test_without_one_guard_some_gap_breaks_a_promise(
    embedded_store: Store, clock: Clock, case: Case
) -> None:
    new = setting(embedded_store, clock)
    calls = counted(lambda around: new(SAGAS[case.saga]).ask(MOVE, around))
    assert any(is_red(new(SAGAS[case.saga]), case, nth) for nth in range(2 * calls))


def is_red(stage: Stage, case: Case, nth: int) -> bool:
    if case.in_others:
        stage.bugs = (case.in_others(),)
    planted = [case.in_mover()] if case.in_mover else []
    try:
        disturb(stage, case.intruder, at_gap, nth, *planted)
    except AssertionError:
        return True
    return False
