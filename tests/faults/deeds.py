"""Deeds to crash in, a scene to do them in, and a stage that plays them to any point."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.conftest import Clock
from tests.faults.crashes import Crash, CrashNow
from tests.store import bugs
from tests.store.wrapped import Around, wrap
from tracker.core.terms import Key, Terms
from tracker.services import editing, making, moves, sharing, sweeping, trashing
from tracker.services.world import World
from tracker.store import Store

ANN, BOB = {"_id": "ann"}, {"_id": "bob", "number": 1, "state": "active", "email": "b@example.com"}
MAILED = {"notify": {"member_added": {"mail": True}}}
DRAFT = {"title": "new", "subtasks": [{"title": "x", "subtasks": [{"title": "y"}]}]}
MANY = {"title": "new", "subtasks": [{"title": str(count)} for count in range(60)]}
BEGIN = {"title": "r", "subtasks": [{"title": "a", "subtasks": [{"title": "b"}]}, {"title": "c"}]}

Dump = dict[str, list[Any]]


@dataclass(frozen=True)
class Scene:
    """A tree of its own in a store that others use too, and another tree; ids by their titles."""

    name: str
    world: World
    ids: dict[str, str]

    @property
    def key(self) -> Terms:
        return Terms(key=Key(f"{self.name}-key", "request"))


Deed = Callable[[Scene], object]


def create_root(at: Scene) -> None:
    making.create(at.world, ANN, DRAFT)


def create_root_with_many(at: Scene) -> None:
    making.create(at.world, ANN, MANY)


def create_root_under_a_key(at: Scene) -> None:
    making.create(at.world, ANN, DRAFT, at.key)


def create_below(at: Scene) -> None:
    making.create(at.world, ANN, {**DRAFT, "parent_id": at.ids["a"]})


def create_many_below(at: Scene) -> None:
    making.create(at.world, ANN, {**MANY, "parent_id": at.ids["a"]})


def change(at: Scene) -> None:
    editing.change(at.world, ANN, at.ids["b"], {"title": "B", "description": "more"})


def change_under_a_key(at: Scene) -> None:
    editing.change(at.world, ANN, at.ids["b"], {"title": "B"}, at.key)


def complete(at: Scene) -> None:
    editing.complete(at.world, ANN, at.ids["a"], cascade=True)


def delete(at: Scene) -> None:
    trashing.delete(at.world, ANN, at.ids["a"])


def purge(at: Scene) -> None:
    trashing.purge(at.world, ANN, at.ids["a"])


def purge_a_root(at: Scene) -> None:
    trashing.purge(at.world, ANN, at.ids["r"])


def share(at: Scene) -> None:
    sharing.put(at.world, ANN, at.ids["r"], "bob", "editor")


def move_inside(at: Scene) -> None:
    moves.move(at.world, ANN, at.ids["b"], at.ids["c"])


def move_to_another_tree(at: Scene) -> None:
    moves.move(at.world, ANN, at.ids["a"], at.ids["other"])


def move_to_the_root_level(at: Scene) -> None:
    moves.move(at.world, ANN, at.ids["a"], None)


DEEDS: list[Deed] = [
    create_root,
    create_root_with_many,
    create_root_under_a_key,
    create_below,
    create_many_below,
    change,
    change_under_a_key,
    complete,
    delete,
    purge,
    purge_a_root,
    share,
    move_inside,
    move_to_another_tree,
    move_to_the_root_level,
]


class Stage:
    """Sets a scene, plays a deed to a point, sweeps, and tells what the store then holds."""

    def __init__(self, store: Store, clock: Clock, bug: Around = bugs.no_bug) -> None:
        self.store = wrap(store, bug)
        self.clock = clock
        self.names = (f"s{count}" for count in itertools.count(1))
        store.db.users.insert_one({**BOB, **MAILED})

    def scene(self) -> Scene:
        name = next(self.names)
        fresh = (f"{name}-{count}" for count in itertools.count(1))
        world = World(self.store, self.clock, lambda: next(fresh))
        roots = [making.create(world, ANN, made).row["_id"] for made in (BEGIN, {"title": "other"})]
        rows = self.store.db.task_paths.find({"root": {"$in": roots}})
        return Scene(name, world, {row["title"]: row["_id"] for row in rows})

    def play(self, deed: Deed, crash: Crash) -> Scene:
        """The scene after the deed, or after as much of it as there was."""
        scene = self.scene()
        doomed = replace(scene.world, store=wrap(self.store, crash))
        try:
            deed(replace(scene, world=doomed))
        except CrashNow:
            assert crash.at
        return scene

    def sweep(self, crash: Crash | None = None) -> None:
        store = wrap(self.store, crash) if crash else self.store
        sweeping.sweep(World(store, self.clock, lambda: "nobody"))

    def dump(self, scene: Scene) -> Dump:
        """What there is of a scene, the same for scenes alike: numbers are left out."""
        found = {
            name: [
                _same_for_all(doc, scene.name)
                for doc in self.store.db[name].find({}, sort=[("_id", 1)])
                if str(doc["_id"]).startswith(f"{scene.name}-") and not _is_claim(doc)
            ]
            for name in ("trees", "task_paths", "history", "idem")
        }
        dump = {name: sorted(docs, key=lambda doc: str(doc["_id"])) for name, docs in found.items()}
        return dump | {"told": self._told(scene.name)}

    def _told(self, scene: str) -> list[Any]:
        """What people were told of a scene, and by which ways; the ids are made of its name."""
        rows = [("in app", row) for row in self.store.db.notifications.find({})]
        jobs = self.store.db.jobs.find({"data.notice": {"$exists": True}})
        rows += [("mail", job["data"]["notice"]) for job in jobs]
        mine = [(way, row) for way, row in rows if row["tree"].startswith(f"{scene}-")]
        return sorted((way, row["user"], row["kind"]) for way, row in mine)


def _is_claim(doc: Any) -> bool:
    """The claim of a key promises an id and nothing else; only with a result is anything done."""
    return "request" in doc and "result" not in doc


def _same_for_all(value: Any, scene: str) -> Any:
    if isinstance(value, dict):
        kept = {name: found for name, found in value.items() if name != "number"}
        return {_same_for_all(n, scene): _same_for_all(found, scene) for n, found in kept.items()}
    if isinstance(value, list):
        return [_same_for_all(found, scene) for found in value]
    return value.replace(scene, "s") if isinstance(value, str) else value
