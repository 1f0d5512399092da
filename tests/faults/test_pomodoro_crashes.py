"""A pomodoro that is finished is counted once: whatever crashes, whoever tries again, and wherever
its task goes meanwhile.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.faults.crashing import (
    at_gap,
    counted,
    crash_at,
    crash_within,
    crashes,
    process,
    undisturbed,
)
from tests.store.wrapped import Around
from tracker.core import pomodoros as rules
from tracker.core import trees
from tracker.core.commits import Act
from tracker.errors import Conflict, TrackerError
from tracker.services import making, moves, pomodoros, sweeping, trashing, writing
from tracker.services.world import World
from tracker.store import Store, paths
from tracker.store import pomodoros as stored

ANN = {"_id": "ann"}
Finish = Callable[["Scene"], object]


class Scene:
    """A task of ann's with a pomodoro that runs, and another tree beside it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock, self.world = store, clock, process(store, clock)
        draft = {"title": "r", "subtasks": [{"title": "a"}]}
        root = making.create(self.world, ANN, draft).row["_id"]
        rows = list(store.db.task_paths.find({"parent": root}))
        self.task = rows[0]["_id"]
        self.other = making.create(self.world, ANN, {"title": "other"}).row["_id"]
        self.pomodoro = pomodoros.start(self.world, ANN, self.task)["_id"]
        clock.advance(minutes=25)

    def stop(self, around: Around = undisturbed) -> None:
        pomodoros.stop(process(self.store, self.clock, around), ANN, self.task)

    def sweep(self) -> None:
        """By a fresh process, once whoever was at it has had the time to finish."""
        world = process(self.store, self.clock)
        self.clock.advance(seconds=31)
        sweeping.sweep(world)
        for one in pomodoros.uncounted(world, 100):
            pomodoros.count(world, one)

    def count(self) -> None:
        pomodoros.count(process(self.store, self.clock), self.pomodoro)

    def move(self) -> None:
        moves.move(process(self.store, self.clock), ANN, self.task, self.other)

    def purge(self) -> None:
        trashing.purge(process(self.store, self.clock), ANN, self.task)

    @property
    def done(self) -> int:
        row = paths.get(self.store, self.task)
        return rules.of_node(row).done if row else -1

    def check(self, done: int = 1) -> None:
        """Counted so often, told so often in history, and nothing waits."""
        told = list(self.store.db.history.find({"deed": pomodoros.DEED, "tasks": self.task}))
        one = stored.get(self.store, self.pomodoro)
        assert (self.done, len(told)) == (done, done)
        assert one
        assert "pending" not in one
        assert one["state"] == ("done" if done else "running")


def scenes(store: Store, clock: Clock, deed: Callable[[Scene, Around], object]) -> range:
    """One number for each call that a deed makes."""
    return range(counted(lambda around: deed(Scene(store, clock), around)))


@pytest.mark.parametrize(
    ("crash", "finish"),
    [(crash_at, Scene.sweep), (crash_at, Scene.stop), (crash_within, Scene.sweep)],
)
def test_a_crash_anywhere_counts_it_once_in_the_end(
    store: Store, clock: Clock, crash: Callable[[int], Around], finish: Finish
) -> None:
    for nth in range(counted(Scene(store, clock).stop, writes_only=True)):
        _interrupt(store)
        scene = Scene(store, clock)
        assert crashes(lambda nth=nth, scene=scene: scene.stop(crash(nth)))
        _quietly(lambda scene=scene: finish(scene))
        if nth == 0 and finish is Scene.sweep:
            scene.check(0)  # it had not ended, and runs on
            scene.stop()
        scene.sweep()
        scene.check()


def test_two_at_once_count_it_once(store: Store, clock: Clock) -> None:
    for nth in scenes(store, clock, Scene.stop):
        scene = Scene(store, clock)
        again = scene.count if nth % 2 else lambda scene=scene: _quietly(scene.stop)
        _quietly(lambda nth=nth, scene=scene, again=again: scene.stop(at_gap(nth, again)))
        scene.sweep()
        scene.check()


def test_a_task_that_goes_to_another_tree_takes_it_along(store: Store, clock: Clock) -> None:
    for nth in scenes(store, clock, Scene.stop):
        scene = Scene(store, clock)
        _quietly(lambda nth=nth, scene=scene: scene.stop(at_gap(nth, scene.move)))
        _quietly(scene.stop)
        scene.sweep()
        scene.check()


def test_a_task_that_is_purged_leaves_a_log(store: Store, clock: Clock) -> None:
    for nth in scenes(store, clock, Scene.stop):
        scene = Scene(store, clock)
        _quietly(lambda nth=nth, scene=scene: scene.stop(at_gap(nth, scene.purge)))
        scene.sweep()
        one = stored.get(scene.store, scene.pomodoro)
        assert one
        assert "pending" not in one
        _interrupt(store)


@pytest.mark.parametrize("kind", ["embedded", "wire"])
def test_asking_before_the_tree_is_read_would_count_twice(
    request: pytest.FixtureRequest, clock: Clock, kind: str
) -> None:
    """The order of `services.pomodoros.count` the other way round."""
    store: Store = request.getfixturevalue(f"{kind}_store")
    seen = set()
    for nth in range(6):
        scene = Scene(store, clock)
        ended = {"state": "done", "ended_at": clock.now, "pending": clock.now, "seconds": 1}
        assert stored.end(store, scene.pomodoro, ended)
        _count_wrongly(process(store, clock, at_gap(nth, scene.count)), scene)
        seen.add(scene.done)
    assert seen == {1, 2}


def _count_wrongly(world: World, scene: Scene) -> None:
    if not stored.is_pending(world.store, scene.pomodoro):
        return

    def decide(tree: Any) -> Any:
        place = trees.find(tree, scene.task)
        assert place
        return rules.count(place, scene.pomodoro)

    row = paths.get(world.store, scene.task)
    assert row
    act = Act("ann", pomodoros.DEED, scene.task, world.now())
    writing.commit_alone(world, row["root"], act, decide)


def test_one_person_starts_one_however_many_try(store: Store, clock: Clock) -> None:
    scene = Scene(store, clock)
    scene.stop()

    def start(around: Around = undisturbed) -> None:
        pomodoros.start(process(store, clock, around), ANN, scene.task)

    for nth in range(3):
        both = [lambda nth=nth: start(at_gap(nth, start))]
        with pytest.raises(Conflict):
            both[0]()
        assert store.db.pomodoros.count_documents({"running": "ann"}) == 1
        _interrupt(store)


def _interrupt(store: Store) -> None:
    """What a scene before has left running ends."""
    store.db.pomodoros.update_many({"running": "ann"}, {"$unset": {"running": ""}})


def _quietly(deed: Callable[[], object]) -> None:
    """Whether it is refused is not looked at here."""
    try:
        deed()
    except TrackerError:
        return
