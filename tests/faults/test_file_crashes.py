"""A crash at any step of attaching or removing files, then sweeps: the files are there with their
bytes, or neither is; the task counts what is there; and a retry under its key attaches once.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import uuid_utils

from tests.conftest import START, Clock
from tests.faults.crashes import AFTER, Crash, CrashNow, points
from tests.store.wrapped import Call, wrap
from tests.swept import counted, sweep_files
from tests.uploading import RULES, Around, Memory, upload
from tracker.core.terms import ANY, Key, Terms
from tracker.services import filing, making, sweeping, trashing
from tracker.services.world import World
from tracker.store import Store, files

ANN = {"_id": "ann"}
BOUNDLESS = replace(RULES, quota=0)


@dataclass(frozen=True)
class Scene:
    """A task, and files of it where the deed needs some, among other such scenes."""

    world: World
    task: str
    files: list[str]
    terms: Terms = ANY


Deed = Callable[[Scene], object]


def attach(at: Scene) -> object:
    uploads = [upload(), upload(b"more")]
    return filing.add(at.world, ANN, at.task, uploads, BOUNDLESS, at.terms)


def remove(at: Scene) -> object:
    return filing.remove(at.world, ANN, at.task, at.files[0], at.terms)


def purge(at: Scene) -> object:
    return trashing.purge(at.world, ANN, at.task)


# how many files there are before each deed, and after it; none where the task is gone
COUNTS: dict[Deed, tuple[int, int | None]] = {attach: (0, 2), remove: (1, 0), purge: (1, None)}


class Stage:
    """Sets scenes, and plays a deed in one to any point."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.clock = clock
        new_id = lambda: str(uuid_utils.uuid7())  # noqa: E731
        self.blobs = Memory(START)
        self.world = World(store, clock, new_id, blobs=self.blobs)
        files.new_keys(store, 1)  # the first one makes a call more than all others

    def scene(self, deed: Deed) -> Scene:
        task = making.create(self.world, ANN, {"title": "t"}).row["_id"]
        uploads = [upload()] * COUNTS[deed][0]
        made = filing.add(self.world, ANN, task, uploads, BOUNDLESS) if uploads else []
        return Scene(self.world, task, [file["_id"] for file in made])

    def play(self, deed: Deed, crash: Crash, terms: Terms = ANY) -> Scene:
        """The scene after as much of the deed as there was, seen by a fresh process."""
        scene = replace(self.scene(deed), terms=terms)
        try:
            deed(replace(scene, world=self.doomed(crash)))
        except CrashNow:
            assert crash.at
        return scene

    def doomed(self, crash: Crash) -> World:
        def around(name: str, call: Callable[[], object]) -> object:
            return crash(Call("blobs", name, (), {}, call))

        store = wrap(self.world.store, crash)
        return replace(self.world, store=store, blobs=Around(self.blobs, around))

    def sweep(self) -> None:
        """What the hours bring: at once what waits, in a day what was given up."""
        sweeping.sweep(self.world)
        sweep_files(self.world)
        self.clock.advance(hours=25)
        sweep_files(self.world)


def _crashes(stage: Stage, deed: Deed, terms: Terms = ANY) -> Iterator[tuple[int, str, bool]]:
    """Every point of a deed, and whether its commit is done there."""
    whole = Crash()
    stage.play(deed, whole, terms)
    for at, where in points(whole.calls):
        done = whole.calls[:at] if where == AFTER else whole.calls[: at - 1]
        yield at, where, any(_is_commit(call) for call in done)


def _is_commit(call: Call) -> bool:
    return call.name == "trees.update_one" and "$push" in call.args[1]


@pytest.mark.parametrize("deed", COUNTS)
def test_after_a_crash_anywhere_files_are_whole_or_not_there(
    store: Store, clock: Clock, deed: Deed
) -> None:
    stage = Stage(store, clock)
    for at, where, is_done in _crashes(stage, deed):
        scene = stage.play(deed, Crash(at, where))
        stage.sweep()
        wanted = COUNTS[deed][is_done]
        assert counted(stage.world).get(scene.task) == wanted, f"{where} call {at}"


@pytest.mark.parametrize("is_swept", [True, False])
@pytest.mark.parametrize("deed", [attach, remove])
def test_a_retry_under_its_key_is_no_second_deed(
    embedded_store: Store, clock: Clock, deed: Deed, is_swept: bool
) -> None:
    stage = Stage(embedded_store, clock)
    found = list(_crashes(stage, deed, Terms(key=Key("whole", "request"))))
    for number, (at, where, _) in enumerate(found):
        scene = stage.play(deed, Crash(at, where), Terms(key=Key(f"{number}", "request")))
        if is_swept:
            sweeping.sweep(stage.world)
        deed(scene)
        assert len(filing.listing(stage.world, ANN, scene.task)) == COUNTS[deed][1], (at, where)
    stage.sweep()
    assert set(counted(stage.world).values()) == {COUNTS[deed][1]}


def test_a_sweep_that_crashes_anywhere_is_finished_by_the_next(
    embedded_store: Store, clock: Clock
) -> None:
    stage, whole = Stage(embedded_store, clock), Crash()
    _leave_some(stage)
    sweep_files(stage.doomed(whole))
    for point in points(whole.calls):
        _leave_some(stage)
        with pytest.raises(CrashNow):
            sweep_files(stage.doomed(Crash(*point)))
        sweep_files(stage.world)
        assert set(counted(stage.world).values()) == {0}, point


def _leave_some(stage: Stage) -> None:
    """A removed file, one that was never committed, and a blob that nobody names; a day ago."""
    scene = stage.scene(remove)
    remove(scene)
    unnamed, named = files.new_keys(stage.world.store, 2)
    for key in (unnamed, named):
        stage.blobs.put(key, io.BytesIO(b"x"), 1)
    pending = {"_id": stage.world.new_id(), "task": scene.task, "key": named, "user": "ann"}
    stage.world.store.db.files.insert_one({**pending, "pending": stage.clock.now})
    stage.clock.advance(hours=25)
