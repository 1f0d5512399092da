"""A crash at any step of a write, then one sweep: the write is wholly there, or not at all.

Each deed is done once to see its calls and what it leads to. Then it is done again for each point
between two calls, ends there, and a sweep by a fresh process follows. Rows, history and tree must
then be exactly as after the whole deed, or exactly as before it; from the commit on, as after it.
"""

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults.crashes import AFTER, Crash, CrashNow, points
from tests.faults.deeds import (
    DEEDS,
    Deed,
    Dump,
    Stage,
    change,
    change_under_a_key,
    create_below,
    create_root_under_a_key,
    move_to_another_tree,
    purge,
)
from tests.store import bugs
from tests.store.wrapped import Around, Call
from tracker.store import Store


def crash_everywhere(stage: Stage, deed: Deed) -> None:
    """Raises AssertionError at the first point of a crash after which something is wrong."""
    before = stage.dump(stage.scene())
    whole = Crash()
    scene = stage.play(deed, whole)
    stage.sweep()
    after = stage.dump(scene)
    assert after != before
    for at, where in points(whole.calls):
        scene = stage.play(deed, Crash(at, where))
        stage.sweep()
        wanted = after if _has_committed(whole.calls, at, where) else before
        assert stage.dump(scene) == wanted, f"{where} call {at}: {whole.calls[at - 1].name}"


def _has_committed(calls: list[Call], at: int, where: str) -> bool:
    done = calls[:at] if where == AFTER else calls[: at - 1]
    return any(_is_commit(call) for call in done)


def _is_commit(call: Call) -> bool:
    if call.name == "trees.insert_one":
        return True
    return call.name == "trees.update_one" and "$push" in call.args[1]


@pytest.mark.parametrize("deed", DEEDS)
def test_after_a_crash_anywhere_a_write_is_whole_or_not_at_all(
    store: Store, clock: Clock, deed: Deed
) -> None:
    crash_everywhere(Stage(store, clock), deed)


@pytest.mark.parametrize("deed", [create_below, change_under_a_key, purge, move_to_another_tree])
def test_a_sweep_that_crashes_anywhere_is_finished_by_the_next(
    store: Store, clock: Clock, deed: Deed
) -> None:
    stage = Stage(store, clock)
    first_commit = Crash()
    scene = stage.play(deed, first_commit)
    stage.sweep()
    after = stage.dump(scene)
    at = next(n for n, call in enumerate(first_commit.calls, start=1) if _is_commit(call))
    whole = Crash()
    stage.play(deed, Crash(at, AFTER))
    stage.sweep(whole)
    for point in points(whole.calls):
        scene = stage.play(deed, Crash(at, AFTER))
        with pytest.raises(CrashNow):
            stage.sweep(Crash(*point))
        stage.sweep()
        assert stage.dump(scene) == after, point


KEYED: list[Deed] = [create_root_under_a_key, change_under_a_key]


@pytest.mark.parametrize("is_swept", [True, False])
@pytest.mark.parametrize("deed", KEYED)
def test_a_retry_under_its_key_happens_once(
    store: Store, clock: Clock, deed: Deed, is_swept: bool
) -> None:
    retry_everywhere(Stage(store, clock), deed, is_swept=is_swept)


def retry_everywhere(stage: Stage, deed: Deed, *, is_swept: bool) -> None:
    """Raises AssertionError where a crashed deed and its retry are not one deed."""
    whole = Crash()
    after = stage.dump(stage.play(deed, whole))
    for at, where in points(whole.calls):
        scene = stage.play(deed, Crash(at, where))
        if is_swept:
            stage.sweep()
        deed(scene)
        stage.sweep()
        assert _counts(stage.dump(scene)) == _counts(after), f"{where} call {at}"


def _counts(dump: Dump) -> dict[str, int]:
    return {name: len(docs) for name, docs in dump.items()}


NEEDED: dict[Around, Deed] = {
    bugs.no_outbox: change,
    bugs.no_dirty: change,
    bugs.history_ids_not_unique: change,
    bugs.no_ops: change_under_a_key,
}


@pytest.mark.parametrize("kind", ["embedded", "wire"])
@pytest.mark.parametrize("bug", NEEDED)
def test_each_part_of_a_commit_is_needed(
    request: pytest.FixtureRequest, clock: Clock, kind: str, bug: Around
) -> None:
    real: Store = request.getfixturevalue(f"{kind}_store")
    with pytest.raises(AssertionError):
        _crash_and_retry(real, Stage(real, clock, bug), NEEDED[bug])


def _crash_and_retry(real: Store, stage: Stage, deed: Deed) -> None:
    crash_everywhere(stage, deed)
    invariants.check(real)
    if deed in KEYED:
        retry_everywhere(stage, deed, is_swept=True)
