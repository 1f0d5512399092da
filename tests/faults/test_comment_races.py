"""Two processes at one task: whatever one does between any two calls of the other, comments and
counts agree, and each is told what became of theirs.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults.crashing import at_gap, counted, process
from tests.faults.deeds import ANN, BOB, Scene
from tests.faults.test_comment_crashes import THERE, Commented
from tracker.core.terms import Key, Terms
from tracker.errors import Invalid, TrackerError
from tracker.services import commenting, moves, trashing
from tracker.services.world import World
from tracker.store import Store, idem

Deed = Callable[[World, Scene], Any]


def add(world: World, at: Scene) -> Any:
    return commenting.add(world, ANN, at.ids["b"], "new")


def change(world: World, at: Scene) -> Any:
    return commenting.change(world, ANN, at.ids["b"], at.ids["said"], "other")


def delete(world: World, at: Scene) -> Any:
    return commenting.delete(world, ANN, at.ids["b"], at.ids["said"])


def purge(world: World, at: Scene) -> Any:
    return trashing.purge(world, ANN, at.ids["a"])


def move_away(world: World, at: Scene) -> Any:
    return moves.move(world, ANN, at.ids["b"], at.ids["other"])


@pytest.fixture
def stage(embedded_store: Store, clock: Clock) -> Commented:
    return Commented(embedded_store, clock)


def gaps(stage: Commented, deed: Deed) -> range:
    """The calls that a deed makes when nobody disturbs it."""
    scene = stage.scene()
    return range(counted(lambda around: deed(process(stage.store, stage.clock, around), scene)))


def race(stage: Commented, scene: Scene, slow: Deed, quick: Deed, nth: int) -> tuple[str, str]:
    """What became of two deeds where one process does all of one before the nth call of another."""
    told: list[str] = []

    def ask(deed: Deed, world: World) -> None:
        try:
            deed(world, scene)
            told.append("done")
        except TrackerError as refused:
            told.append(type(refused).__name__)

    gap = at_gap(nth, lambda: ask(quick, process(stage.store, stage.clock)))
    ask(slow, process(stage.store, stage.clock, gap))
    stage.sweep()
    invariants.check(stage.store)
    return told[0], told[1]


def left(stage: Commented, scene: Scene) -> int:
    wanted = {"task": scene.ids["b"], "pending": None, "deleted_at": None}
    return stage.store.db.comments.count_documents(wanted)


SLOW = (add, change, delete)


@pytest.mark.parametrize("quick", [add, change, delete, purge, move_away])
@pytest.mark.parametrize("slow", SLOW)
def test_at_any_call_of_one_another_may_do_something_else(
    stage: Commented, slow: Deed, quick: Deed
) -> None:
    for nth in gaps(stage, slow):
        scene = stage.scene()
        told = race(stage, scene, slow, quick, nth)
        assert set(told) <= {"done", "NotFound"}
        done = [deed for deed, said in zip((quick, slow), told, strict=True) if said == "done"]
        wanted = 0 if quick is purge else THERE + done.count(add) - done.count(delete)
        assert left(stage, scene) == wanted


def test_of_two_who_delete_exactly_one_is_told_that_it_is_gone(stage: Commented) -> None:
    for nth in gaps(stage, delete):
        told = race(stage, stage.scene(), delete, delete, nth)
        assert sorted(told) == ["NotFound", "done"]


def test_who_changes_after_a_deletion_is_told_so(stage: Commented) -> None:
    told = {race(stage, stage.scene(), change, delete, nth) for nth in gaps(stage, change)}
    assert told == {("done", "NotFound"), ("done", "done")}


def test_a_twin_at_any_call_gets_the_same_answer(stage: Commented) -> None:
    answers: list[Any] = []

    def keyed(world: World, at: Scene) -> None:
        terms = Terms(key=Key(f"{at.name}-key", "request"))
        answers.append(commenting.add(world, ANN, at.ids["b"], "new", terms))

    for nth in gaps(stage, keyed):
        answers.clear()
        scene = stage.scene()
        assert race(stage, scene, keyed, keyed, nth) == ("done", "done")
        assert answers[0] == answers[1]
        assert left(stage, scene) == THERE + 1


def test_another_request_under_the_key_of_an_unfinished_one_is_refused(stage: Commented) -> None:
    scene = stage.scene()
    one, other = (Terms(key=Key("key", request)) for request in ("one", "other"))
    assert idem.claim(stage.store, "key", "one", "reserved", stage.clock())
    with pytest.raises(Invalid, match="another request"):
        commenting.add(scene.world, ANN, scene.ids["b"], "y", other)
    made = commenting.add(scene.world, ANN, scene.ids["b"], "x", one)
    assert made.rows[0]["_id"] == "reserved"


def test_what_is_refused_stores_nothing(stage: Commented) -> None:
    scene = stage.scene()
    before = stage.store.db.comments.count_documents({})
    for refused in (
        lambda: commenting.add(scene.world, BOB, scene.ids["b"], "x"),
        lambda: commenting.add(scene.world, ANN, scene.ids["b"], "x", Terms(if_match=("n9-9",))),
        lambda: commenting.add(scene.world, ANN, "nowhere", "x"),
    ):
        with pytest.raises(TrackerError):
            refused()
    assert stage.store.db.comments.count_documents({}) == before
