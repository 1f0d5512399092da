"""Trees that follow a changed palette: interrupted anywhere, they have followed in the end; and
what was decided about a tag shows from the first moment.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults.crashing import at_write, counted, crash_at, crashes, process, undisturbed
from tests.store.wrapped import Around
from tracker.core.select import Query
from tracker.core.tags import Palette
from tracker.errors import TrackerError
from tracker.services import (
    categorizing,
    editing,
    making,
    moves,
    reading,
    seeing,
    sharing,
    sweeping,
    tagging,
    tidying,
    trashing,
)
from tracker.services.world import World
from tracker.store import Store, accounts

Deed = Callable[["Scene", World], object]


@pytest.fixture
def alone(embedded_store: Store) -> Iterator[Store]:
    yield embedded_store
    invariants.check(embedded_store)


class Scene:
    """Trees of ann's with a tag `red` and a category: one of two tasks, one in the trash, one that
    is shared with bob.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock, self.world = store, clock, process(store, clock)
        for name in ("trees", "task_paths", "users", "history", "categories", "counters"):
            store.db[name].delete_many({})
        for number, name in enumerate(("ann", "bob")):
            made = {"state": "active", "number": number, "created_at": clock.now}
            store.db.users.insert_one({"_id": name, **made})
        self.category = categorizing.create(self.world, self.ann, "work").number
        labels = {"tags": ["red", "x"], "category": self.category}
        below = [{"title": "below", **labels}]
        self.ids = {
            title: making.create(self.world, self.ann, {"title": title, **labels, **more}).row[
                "_id"
            ]
            for title, more in (("two", {"subtasks": below}), ("gone", {}), ("shared", {}))
        }
        trashing.delete(self.world, self.ann, self.ids["gone"])
        sharing.put(self.world, self.ann, self.ids["shared"], "bob", "editor")
        self.red = Palette.of("ann", self.ann, clock.now).tag("red")
        self.x = Palette.of("ann", self.ann, clock.now).tag("x")

    @property
    def ann(self) -> dict[str, Any]:
        found = accounts.find(self.store, "ann")
        assert found
        return found

    def process(self, around: Around = undisturbed) -> World:
        return process(self.store, self.clock, around)

    def sweep(self) -> None:
        world = self.process()
        sweeping.sweep(world)
        for user in tidying.due(world, 100):
            while tidying.go_on(world, user):
                pass

    def names(self) -> set[tuple[str, ...]]:
        """The tags that stand on ann's tasks."""
        rows = self.store.db.task_paths.find({"owner": "ann", "gone": False})
        return {tuple(row["tags"]) for row in rows}

    def shown(self) -> set[tuple[str, ...]]:
        """The tags that her tasks show."""
        palette = tagging.palette_of(self.ann)
        return {tuple(palette.meant(names)) for names in self.names()}


def rename(scene: Scene, world: World) -> None:
    tagging.change(world, scene.ann, scene.red.id, name="crimson", color=None)


def merge(scene: Scene, world: World) -> None:
    tagging.merge(world, scene.ann, scene.red.id, scene.x.id)


def delete(scene: Scene, world: World) -> None:
    tagging.delete(world, scene.ann, scene.red.id)


def end_category(scene: Scene, world: World) -> None:
    categorizing.delete(world, scene.ann, scene.category)


AFTER: dict[Deed, set[tuple[str, ...]]] = {
    rename: {("crimson", "x")},
    merge: {("x",)},
    delete: {("x",)},
    end_category: {("red", "x")},
}


def check(scene: Scene, deed: Deed) -> None:
    """The trees have followed, and nothing says that they should."""
    assert scene.names() == AFTER[deed]
    assert not {"tidy_at", "categories_going"} & scene.ann.keys()
    assert not any("was" in entry for entry in scene.ann["tags"].values())
    kept = {row.get("category") for row in scene.store.db.task_paths.find({"owner": "ann"})}
    assert kept == ({None} if deed is end_category else {f"ann:{scene.category}"})
    numbers = [one.number for one in categorizing.listing(scene.world, scene.ann)]
    assert (scene.category in numbers) == (deed is not end_category)


@pytest.mark.parametrize("deed", [rename, end_category])
def test_a_crash_anywhere_leaves_all_or_nothing_to_be_seen(
    store: Store, clock: Clock, deed: Deed
) -> None:
    def once(around: Around) -> None:
        scene = Scene(store, clock)
        deed(scene, scene.process(around))

    for nth in range(counted(once, writes_only=True)):
        scene = Scene(store, clock)
        before = scene.shown()
        assert crashes(lambda nth=nth, scene=scene: deed(scene, scene.process(crash_at(nth))))
        is_decided = "tidy_at" in scene.ann or nth > 0
        assert scene.shown() == (AFTER[deed] if is_decided else before)
        scene.sweep()
        if not is_decided:
            deed(scene, scene.process())
        check(scene, deed)


@pytest.mark.parametrize("deed", [merge, delete])
def test_what_is_decided_is_carried_through_in_the_request(
    store: Store, clock: Clock, deed: Deed
) -> None:
    scene = Scene(store, clock)
    deed(scene, scene.process())
    check(scene, deed)


# what follows looks at each gap between two writes, on one store


def _hand_over(scene: Scene) -> None:
    sharing.put(scene.process(), scene.ann, scene.ids["shared"], "bob", "owner")


def _move(scene: Scene) -> None:
    moves.move(scene.process(), scene.ann, scene.ids["shared"], scene.ids["two"])


def _name_again(scene: Scene) -> None:
    editing.change(scene.process(), scene.ann, scene.ids["two"], {"tags": ["red", "x"]})


@pytest.mark.parametrize("meanwhile", [_move, rename])
def test_what_others_do_meanwhile_stands_beside_it(
    alone: Store, clock: Clock, meanwhile: Any
) -> None:
    def quietly(scene: Scene) -> None:
        try:
            meanwhile(scene, scene.process()) if meanwhile is rename else meanwhile(scene)
        except TrackerError:
            return

    def once(around: Around) -> None:
        scene = Scene(alone, clock)
        rename(scene, scene.process(around))

    for nth in range(counted(once, writes_only=True)):
        scene = Scene(alone, clock)
        try:
            rename(scene, scene.process(at_write(nth, lambda scene=scene: quietly(scene))))
        except TrackerError:
            assert meanwhile is rename
        scene.sweep()
        check(scene, rename)


def test_a_tree_that_is_handed_over_keeps_its_names_or_has_new_ones(
    alone: Store, clock: Clock
) -> None:
    def once(around: Around) -> None:
        scene = Scene(alone, clock)
        rename(scene, scene.process(around))

    for nth in range(counted(once, writes_only=True)):
        scene = Scene(alone, clock)
        rename(scene, scene.process(at_write(nth, lambda scene=scene: _hand_over(scene))))
        scene.sweep()
        assert scene.names() == {("crimson", "x")}
        theirs = {tuple(row["tags"]) for row in alone.db.task_paths.find({"owner": "bob"})}
        assert theirs in ({("red", "x")}, {("crimson", "x")})


def test_a_name_that_is_given_again_meanwhile_is_one_of_both(alone: Store, clock: Clock) -> None:
    def once(around: Around) -> None:
        scene = Scene(alone, clock)
        rename(scene, scene.process(around))

    for nth in range(counted(once, writes_only=True)):
        scene = Scene(alone, clock)
        rename(scene, scene.process(at_write(nth, lambda scene=scene: _name_again(scene))))
        scene.sweep()
        assert scene.names() in ({("crimson", "x")}, {("crimson", "x"), ("red", "x")})
        assert "tidy_at" not in scene.ann


def test_many_trees_are_done_in_slices_and_lists_know_meanwhile(alone: Store, clock: Clock) -> None:
    """As many as fit into a request at once; what is left is found by either name all the same."""
    scene = Scene(alone, clock)
    many = tidying.SLICE + 5
    for number in range(many):
        making.create(scene.world, scene.ann, {"title": f"t{number}", "tags": ["red"]})
    doomed = scene.process(crash_at(12))  # after two or three trees
    assert crashes(lambda: rename(scene, doomed))
    assert scene.names() == {("crimson", "x"), ("red",)}
    asked = seeing.as_written(scene.ann, _tagged(scene, "crimson"))
    assert reading.listing(scene.world, scene.ann, asked).total == many + 3
    gone = seeing.as_written(scene.ann, _tagged(scene, "red"))
    assert reading.listing(scene.world, scene.ann, gone).total == 0
    world = scene.process()
    assert tidying.go_on(world, "ann")
    assert "tidy_at" in scene.ann
    while tidying.go_on(world, "ann"):
        pass
    assert scene.names() == {("crimson", "x"), ("crimson",)}


def _tagged(scene: Scene, tag: str) -> Query:
    return Query(scene.world.now(), tag=tag)
