"""A crash at any step of a comment's coming, changing and going, then a sweep, and a day later what
that removes: no comment is lost, none is there twice, and its task counts what there is.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults.crashes import AFTER, Crash, points
from tests.faults.deeds import ANN, Dump, Scene, Stage
from tests.faults.test_crash_points import crash_everywhere, retry_everywhere
from tests.store import bugs
from tests.store.wrapped import Around, Call
from tracker.core.attached import NEWEST
from tracker.core.terms import ANY, Terms
from tracker.services import commenting
from tracker.services.world import World
from tracker.store import Store

Deed = Callable[[Scene], object]
THERE = 11


class Commented(Stage):
    """A stage whose task `b` has eleven comments, put there as they lie."""

    def scene(self) -> Scene:
        scene = super().scene()
        ids = [f"{scene.name}-0{number:02}" for number in range(THERE)]
        self._hang(scene, ids)
        scene.ids["said"] = ids[-1]
        return scene

    def _hang(self, scene: Scene, ids: list[str]) -> None:
        db, task = self.store.db, scene.ids["b"]
        said = {"task": task, "user": "ann", "content": "x", "html": "x", "mentions": []}
        now = {"created_at": self.clock.now, "updated_at": self.clock.now, "hops": 0, "rev": 0}
        db.comments.insert_many([{"_id": one, **said, **now} for one in ids])
        tally = {"count": len(ids), "newest": ids[-NEWEST:]}
        path = f"root.children.{scene.ids['a']}.children.{task}.comments"
        db.trees.update_one({"_id": scene.ids["r"]}, {"$set": {path: tally}})
        row = {f"comments_{name}": value for name, value in tally.items()}
        db.task_paths.update_one({"_id": task}, {"$set": row})

    def sweep(self, crash: Crash | None = None) -> None:
        super().sweep(crash)
        late = World(self.store, lambda: self.clock.now + timedelta(hours=26), lambda: "nobody")
        for one in commenting.unfinished(late, 99):
            commenting.drop_unfinished(late, one)

    def dump(self, scene: Scene) -> Dump:
        said = self.store.db.comments.find({"task": scene.ids["b"]}, sort=[("_id", 1)])
        plain = [{**one, "_id": number} for number, one in enumerate(said)]
        return {**super().dump(scene), "comments": _same(plain, scene.name)}


def _same(value: Any, scene: str) -> Any:
    if isinstance(value, dict):
        return {name: _same(found, scene) for name, found in value.items()}
    if isinstance(value, list):
        return [_same(found, scene) for found in value]
    return value.replace(scene, "s") if isinstance(value, str) else value


def add(at: Scene, terms: Terms = ANY) -> None:
    commenting.add(at.world, ANN, at.ids["b"], "new", terms)


def change(at: Scene, terms: Terms = ANY) -> None:
    commenting.change(at.world, ANN, at.ids["b"], at.ids["said"], "other", terms)


def delete(at: Scene, terms: Terms = ANY) -> None:
    commenting.delete(at.world, ANN, at.ids["b"], at.ids["said"], terms)


def add_under_a_key(at: Scene) -> None:
    add(at, at.key)


def change_under_a_key(at: Scene) -> None:
    change(at, at.key)


def delete_under_a_key(at: Scene) -> None:
    delete(at, at.key)


DEEDS: list[Deed] = [add, change, delete]


@pytest.mark.parametrize("deed", [*DEEDS, add_under_a_key])
def test_after_a_crash_anywhere_it_is_done_or_not_at_all(
    store: Store, clock: Clock, deed: Deed
) -> None:
    crash_everywhere(Commented(store, clock), deed)


@pytest.mark.parametrize("is_swept", [True, False])
def test_a_retry_under_its_key_is_said_once(store: Store, clock: Clock, is_swept: bool) -> None:
    retry_everywhere(Commented(store, clock), add_under_a_key, is_swept=is_swept)


@pytest.mark.parametrize("deed", [change_under_a_key, delete_under_a_key])
def test_a_retry_of_a_change_under_its_key_happens_once(
    embedded_store: Store, clock: Clock, deed: Deed
) -> None:
    retry_everywhere(Commented(embedded_store, clock), deed, is_swept=False)
    invariants.check(embedded_store)


def test_a_retry_takes_the_id_of_the_first_try(embedded_store: Store, clock: Clock) -> None:
    """Else each try would leave a document behind for a day."""
    stage = Commented(embedded_store, clock)
    whole = Crash()
    stage.play(add_under_a_key, whole)
    for at, where in points(whole.calls):
        scene = stage.play(add_under_a_key, Crash(at, where))
        add_under_a_key(replace(scene, world=replace(scene.world, store=embedded_store)))
        made = embedded_store.db.comments.count_documents({"task": scene.ids["b"]})
        assert made == THERE + 1


def test_what_was_committed_stands_though_nobody_drained_it_for_a_day(
    store: Store, clock: Clock
) -> None:
    _require_kept(store, clock, _undrained(Commented(store, clock)))


def test_so_it_does_where_ten_newer_ones_hide_it(embedded_store: Store, clock: Clock) -> None:
    scene = _undrained(Commented(embedded_store, clock))
    path = f"root.children.{scene.ids['a']}.children.{scene.ids['b']}.comments.newest"
    newer = {"$set": {path: [f"z{number}" for number in range(10)]}}
    embedded_store.db.trees.update_one({"_id": scene.ids["r"]}, newer)
    _require_kept(embedded_store, clock, scene)


def _require_kept(store: Store, clock: Clock, scene: Scene) -> None:
    late = World(store, lambda: clock.now + timedelta(hours=26), lambda: "nobody")
    (left,) = commenting.unfinished(late, 99)
    commenting.drop_unfinished(late, left)
    assert store.db.comments.find_one({"_id": left})
    assert commenting.unfinished(late, 99) == []


def test_what_was_committed_can_be_changed_and_deleted_before_its_drain(
    store: Store, clock: Clock
) -> None:
    stage = Commented(store, clock)
    for deed in (change, delete):
        scene = _undrained(stage)
        scene.ids["said"] = store.db.comments.find_one({"pending": {"$ne": None}})["_id"]
        deed(scene)
        invariants.check(store)


def _undrained(stage: Commented) -> Scene:
    """A scene with one comment more, whose writer died right after its commit."""
    whole = Crash()
    stage.play(add, whole)
    at = next(n for n, call in enumerate(whole.calls, start=1) if _is_commit(call))
    return stage.play(add, Crash(at, AFTER))


def test_what_was_given_up_by_its_drain_is_finished_by_the_sweep(
    store: Store, clock: Clock
) -> None:
    """A commit whose effects were lost: the task counts a comment that is pending."""
    stage = Commented(store, clock)
    scene = stage.scene()
    store.db.comments.update_one({"_id": scene.ids["said"]}, {"$set": {"pending": clock.now}})
    stage.sweep()
    assert len(commenting.listing(scene.world, ANN, scene.ids["b"]).rows) == THERE


def test_nothing_younger_than_a_key_is_removed(store: Store, clock: Clock) -> None:
    stage = Commented(store, clock)
    whole = Crash()
    stage.play(add_under_a_key, whole)
    calls = enumerate(whole.calls, start=1)
    at = next(n for n, call in calls if call.name == "comments.insert_one")
    stage.play(add_under_a_key, Crash(at, AFTER))
    later = [World(store, lambda h=h: clock.now + timedelta(hours=h), str) for h in (24, 26)]
    assert [len(commenting.unfinished(world, 99)) for world in later] == [0, 1]
    commenting.drop_unfinished(later[0], commenting.unfinished(later[1], 99)[0])
    assert len(commenting.unfinished(later[1], 99)) == 1


def no_document_first(call: Call) -> Any:
    """The comment is counted first and stored second, when the rows are written."""
    if call.name == "comments.insert_one":
        HELD.append(call)
        return None
    if call.name == "trees.find":
        HELD.clear()  # that is a sweep, which knows nothing of it
    if HELD and call.name == "task_paths.bulk_write":
        HELD.pop().run()
    return call.run()


def deleted_before_the_commit(call: Call) -> Any:
    """A comment is deleted when it is found, and counted off second."""
    found = call.run()
    if call.name == "comments.find_one" and found:
        gone = {"$set": {"deleted_at": found["created_at"]}}
        call.real.__self__.update_one({"_id": found["_id"]}, gone)
    return found


def shown_at_once(call: Call) -> Any:
    """A new comment is not pending until its commit."""
    if call.name == "comments.insert_one":
        call.args[0]["pending"] = None
    return call.run()


HELD: list[Call] = []
NEEDED: dict[Around, Deed] = {
    bugs.no_outbox: add,
    bugs.no_dirty: delete,
    bugs.no_ops: add_under_a_key,
    no_document_first: add,
    deleted_before_the_commit: delete,
    shown_at_once: add,
}


@pytest.mark.parametrize("bug", NEEDED)
def test_each_step_is_needed(embedded_store: Store, clock: Clock, bug: Around) -> None:
    HELD.clear()
    stage, deed = Commented(embedded_store, clock, bug), NEEDED[bug]
    with pytest.raises(AssertionError):
        _crash_and_retry(embedded_store, stage, deed)


def test_over_the_wire_too(wire_store: Store, clock: Clock) -> None:
    with pytest.raises(AssertionError):
        crash_everywhere(Commented(wire_store, clock, shown_at_once), add)


def _crash_and_retry(real: Store, stage: Stage, deed: Deed) -> None:
    crash_everywhere(stage, deed)
    invariants.check(real)
    if deed is add_under_a_key:
        retry_everywhere(stage, deed, is_swept=True)


def _is_commit(call: Call) -> bool:
    return call.name == "trees.update_one" and "$push" in call.args[1]
