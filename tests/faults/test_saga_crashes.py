"""Moves between trees: each process may end at any write, and anybody may come between any two
calls.

With --long everything is tried everywhere, and each crash twenty times among random others.
"""

import random
from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.faults.crashing import at_gap, at_write, counted, crash_at, crash_within, crashes
from tests.faults.intruders import (
    INTRUDERS,
    Intruder,
    disturb,
    late_sweeper,
    reader,
    reader_of_the_target_first,
    sender,
    sweeper,
    twin,
)
from tests.faults.sagas import MOVE, SAGAS, UNKEYED, Saga, Stage, setting
from tests.store.wrapped import Around
from tracker.core.terms import Terms
from tracker.errors import Busy
from tracker.store import Store

Setting = Callable[[Saga], Stage]

EVERY_SAGA = pytest.mark.parametrize("saga", SAGAS.values(), ids=SAGAS)
TIMES = 20
CALLS = 32  # of a move, or a few more
FEW = 2
PRESENT = [late_sweeper, sender, twin, reader, reader_of_the_target_first]


@pytest.fixture
def new(store: Store, clock: Clock) -> Setting:
    """A stage with a saga on it, and nothing else in the store."""
    return setting(store, clock)


@pytest.fixture
def new_embedded(embedded_store: Store, clock: Clock) -> Setting:
    return setting(embedded_store, clock)


@EVERY_SAGA
@pytest.mark.parametrize(("terms", "crash"), [(UNKEYED, crash_at), (MOVE, crash_within)])
def test_the_sweep_mends_a_crash_at_any_write(
    new: Setting, saga: Saga, terms: Terms, crash: Callable[[int], Around]
) -> None:
    for nth in range(writes_of(new, saga, terms) + 1):
        stage = new(saga)
        stage.ask_until_the_end(terms, crash(nth))
        stage.sweep()
        stage.check()
        assert stage.told(saga.task, "root_id") == (nth > 0 and not saga.is_refused)


@EVERY_SAGA
def test_a_retry_under_the_key_has_the_one_effect_before_any_sweep(
    new: Setting, saga: Saga
) -> None:
    for nth in range(writes_of(new, saga, MOVE) + 1):
        stage = new(saga)
        stage.ask_until_the_end(MOVE, crash_at(nth))
        check_retried(stage)


@EVERY_SAGA
def test_the_sweep_may_crash_at_any_write_too(new: Setting, saga: Saga, is_long: bool) -> None:
    writes = writes_of(new, saga, UNKEYED)
    for nth in range(1, writes):
        for then in range(writes - nth) if is_long else [nth % (writes - nth)]:
            stage = new(saga)
            stage.ask_until_the_end(UNKEYED, crash_at(nth))
            crashes(lambda stage=stage, then=then: stage.sweep(crash_at(then)))
            stage.sweep()
            stage.check()


@EVERY_SAGA
def test_a_sweep_between_any_two_calls_does_no_harm(new_embedded: Setting, saga: Saga) -> None:
    for nth in range(counted(lambda around: new_embedded(saga).ask(MOVE, around))):
        disturb(new_embedded(saga), sweeper, at_gap, nth)


@EVERY_SAGA
@pytest.mark.parametrize("intruder", PRESENT)
def test_between_any_two_writes_everybody_finds_one_whole_move(
    new_embedded: Setting, saga: Saga, intruder: Intruder
) -> None:
    for nth in range(writes_of(new_embedded, saga, MOVE)):
        disturb(new_embedded(saga), intruder, at_write, nth)


@pytest.mark.parametrize("intruder", INTRUDERS.values(), ids=INTRUDERS)
def test_whoever_comes_between_two_calls_the_move_is_whole(
    new: Setting, intruder: Intruder, is_long: bool
) -> None:
    chance = random.Random(intruder.__name__)
    for saga in SAGAS.values():
        for nth in range(CALLS) if is_long else chance.sample(range(CALLS), FEW):
            disturb(new(saga), intruder, at_gap, nth)


@EVERY_SAGA
def test_a_crash_among_random_others_is_mended(new: Setting, saga: Saga, is_long: bool) -> None:
    for seed in range(TIMES if is_long else 1):
        chance = random.Random(seed)
        for nth in range(writes_of(new, saga, MOVE) + 1):
            stage = new(saga)
            others = [at_gap(chance.randrange(40), other(stage, chance)) for _ in range(3)]
            stage.ask_until_the_end(MOVE, crash_at(nth), *others)
            last = crash_at(chance.randrange(12))
            crashes(lambda stage=stage, last=last: stage.sweep(last))
            stage.sweep()
            stage.check()


def writes_of(new: Setting, saga: Saga, terms: Terms) -> int:
    return counted(lambda around: new(saga).ask(terms, around), writes_only=True)


def check_retried(stage: Stage) -> None:
    """The move is asked for again until it is answered, and once more: one effect, one answer."""
    refusal = stage.ask(MOVE)
    if isinstance(refusal, Busy):
        stage.sweep()
        refusal = stage.ask(MOVE)
    assert (refusal is not None) == stage.saga.is_refused
    stage.sweep()
    stage.check()
    if not stage.saga.is_refused:
        stage.check_moved()
        assert stage.answer() == stage.answer()
        stage.check_moved()


def other(stage: Stage, chance: random.Random) -> Callable[[], object]:
    """Somebody who may well be there while a process dies."""
    names = ["sweeper", "late sweeper", "editor", "sender", "twin", "mover of the target"]
    intruder = INTRUDERS[chance.choice(names)]
    return lambda: intruder(stage)
