"""A tree that ends leaves its head, and begins again at the rev where it ended.

The trees are those of `tests/faults/sagas`.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults import bugs
from tests.faults.crashing import at_write
from tests.faults.sagas import ANN, SAGAS, UNKEYED, Stage, setting
from tests.store.wrapped import Around
from tracker.core.terms import Key, Terms
from tracker.core.trees import Tree
from tracker.services import editing, moves, sweeping
from tracker.store import Store
from tracker.store import trees as stored

KEYED = Terms(key=Key("other", "deed"))


@pytest.fixture
def new(store: Store, clock: Clock) -> Callable[[str], Stage]:
    make = setting(store, clock)
    return lambda name: make(SAGAS[name])


def load(stage: Stage, tree: str) -> Tree:
    found = stored.load(stage.store, tree)
    assert found
    return found


def test_a_root_that_comes_back_goes_on_at_its_rev(new: Callable[[str], Stage]) -> None:
    stage = new("root to subtask")
    stage.ask(UNKEYED)
    stage.sweep()
    ended = load(stage, "s")
    assert (ended["root"], ended["size"]) == (None, 0)
    moves.move(stage.process(), ANN, "s", None)
    stage.sweep()
    assert load(stage, "s")["rev"] > ended["rev"]
    invariants.check(stage.store)


def test_a_root_that_comes_back_after_its_head_was_swept_goes_on_too(
    new: Callable[[str], Stage],
) -> None:
    """Else its history would be taken for told, and its tags would fit again."""
    stage = new("root to subtask")
    stage.ask(UNKEYED)
    stage.sweep()
    rev = load(stage, "s")["rev"]
    stage.clock.now += timedelta(days=8)
    assert sweeping.sweep(stage.process()).ended == 1
    assert stored.load(stage.store, "s") is None
    moves.move(stage.process(), ANN, "s", None, terms=KEYED)
    stage.sweep()
    assert load(stage, "s")["rev"] > rev
    invariants.check(stage.store)
    assert stage.told("s", "root_id") == 2


def paused_across_two_lives(stage: Stage, *bugs: Around) -> None:
    """An editor of S waits to commit while S ends, and begins again."""

    def there_and_back() -> None:
        for target in ("b", None):
            moves.move(stage.process(*bugs), ANN, "s", target)
        editing.change(stage.process(), ANN, "w", {"description": "at the same rev"})

    editor = stage.process(at_write(0, there_and_back))
    editing.change(editor, ANN, "q", {"description": "late"})
    stage.sweep()
    invariants.check(stage.store)
    assert stage.told("q", "description") == 1


def test_a_writer_of_a_former_life_decides_again(new: Callable[[str], Stage]) -> None:
    paused_across_two_lives(new("root to subtask"))


def test_without_a_tombstone_its_write_lands_untold(embedded_store: Store, clock: Clock) -> None:
    stage = setting(embedded_store, clock)(SAGAS["root to subtask"])
    with pytest.raises(AssertionError):
        paused_across_two_lives(stage, bugs.removed_at_once(embedded_store))
