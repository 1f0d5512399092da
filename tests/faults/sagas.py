"""Every kind of move between two trees, laid out on a stage, and what must be true in the end.

Tree S is `s(a(x(y(z), w)), q)`, tree T is `t(b(c, d), e)`, and U is `u` alone. Before each move y
gets the title "kept" under a key; whoever wrote that last into S died before it was drained.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import invariants
from tests.conftest import START, Clock
from tests.core.forest import node
from tests.faults.crashing import crash_at, crashes, process
from tests.store.staging import plant
from tests.store.wrapped import Around
from tracker.core import trees
from tracker.core.order import Spot
from tracker.core.terms import Key, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import TrackerError
from tracker.services import editing, moves, sharing, sweeping, trashing
from tracker.services.people import Answer
from tracker.services.world import World
from tracker.store import Store, indexes

ANN, BOB = {"_id": "ann"}, {"_id": "bob"}
UNKEYED, MOVE, EDIT = Terms(), Terms(key=Key("move", "it")), Terms(key=Key("edit", "y"))

Ask = Callable[[World, Terms], Answer]


@dataclass(frozen=True)
class Saga:
    """One kind of move: what moves, how it is asked for, and where it goes."""

    task: str
    ask: Ask
    tree: str
    parent: str | None
    is_refused: bool = False
    is_trashed: bool = False

    @property
    def below(self) -> Any:
        """The subtree of the task, in order."""
        x = ("x", [("y", [("z", [])]), ("w", [])])
        return ("s", [("a", [x]), ("q", [])]) if self.task == "s" else x


def _below_b(task: str) -> Ask:
    return lambda world, terms: moves.move(world, ANN, task, "b", Spot("before", "d"), terms)


def _to_the_root_level(world: World, terms: Terms) -> Answer:
    return moves.move(world, ANN, "x", None, terms=terms)


def _from_the_trash(world: World, terms: Terms) -> Answer:
    return trashing.restore(world, ANN, "x", terms)


SAGAS = {
    "subtask to another tree": Saga("x", _below_b("x"), "t", "b"),
    "subtask to the root level": Saga("x", _to_the_root_level, "x", None),
    "root to subtask": Saga("s", _below_b("s"), "t", "b"),
    "restore to the root level": Saga("x", _from_the_trash, "x", None, is_trashed=True),
    "refused": Saga("x", _below_b("x"), "t", "b", is_refused=True),
}


def setting(store: Store, clock: Clock) -> Callable[[Saga], "Stage"]:
    """New stages on one store; a saga is planted once, and put back as it was then."""
    planted: dict[Saga, dict[str, list[Any]]] = {}

    def new(saga: Saga) -> Stage:
        stage, clock.now = Stage(store, clock, saga), START
        for name in indexes.TABLE:
            store.db[name].delete_many({})
            if planted.get(saga, {}).get(name):
                store.db[name].insert_many(planted[saga][name])
        if saga not in planted:
            stage.plant()
            planted[saga] = {name: list(store.db[name].find({})) for name in indexes.TABLE}
        return stage

    return new


class Stage:
    """One saga on one store, from its planting to its end."""

    def __init__(self, store: Store, clock: Clock, saga: Saga) -> None:
        self.store, self.clock, self.saga = store, clock, saga
        self.bugs: tuple[Around, ...] = ()

    def plant(self) -> None:
        """Lay everything out in an empty store."""
        store, saga = self.store, self.saga
        people = [{"_id": name, "number": number, "state": "active"}
                  for number, name in enumerate(("ann", "bob"))]  # fmt: skip
        store.db.users.insert_many(people)
        bobs = {"owner": "bob", "members": [{"user": "ann", "role": "viewer"}]}
        target = node("t", node("b", node("c"), node("d")), node("e"))
        plant(store, node("s", node("a", node("x", node("y", node("z")), node("w"))), node("q")))
        plant(store, target, **(bobs if saga.is_refused else {}))
        plant(store, node("u"))
        if saga.is_trashed:
            self.edit(self.process())
            self.half_done(lambda world: trashing.delete(world, ANN, "a"))
        else:
            self.half_done(self.edit)
        assert [tree["_id"] for tree in self.trees() if tree.get("dirty")] == ["s"]

    def process(self, *arounds: Around) -> World:
        """A process of somebody else, with the bugs that are planted there."""
        return process(self.store, self.clock, *self.bugs, *arounds)

    def half_done(self, deed: Callable[[World], object]) -> None:
        """Do a deed whose process dies behind its commit, before anything of it is drained."""
        crashes(lambda: deed(self.process(crash_at(1))))

    def edit(self, world: World) -> Answer:
        """The keyed edit; asked again, it must answer as before and do nothing."""
        return editing.change(world, ANN, "y", {"title": "kept"}, EDIT)

    def make_room(self) -> None:
        """Give ann the right that the refused move lacks."""
        sharing.put(self.process(), BOB, "t", "ann", "editor")

    def ask(self, terms: Terms, *arounds: Around) -> TrackerError | None:
        """Ask for the move; a refusal is an answer, too."""
        try:
            self.saga.ask(process(self.store, self.clock, *arounds), terms)
        except TrackerError as refusal:
            return refusal
        return None

    def ask_until_the_end(self, terms: Terms, *arounds: Around) -> None:
        """Ask in a process that may die, as its arounds will have it."""
        crashes(lambda: self.ask(terms, *arounds))

    def answer(self) -> Answer:
        """The answer of the keyed move, which is done."""
        return self.saga.ask(self.process(), MOVE)

    def sweep(self, *arounds: Around) -> None:
        """Sweep until there is nothing more to do."""
        for _ in range(5):
            report = sweeping.sweep(self.process(*arounds))
            if not any((report.drained, report.moved, report.forgotten, report.purged)):
                return
        raise AssertionError(f"the sweep comes to no end: {report}")

    def trees(self) -> list[Tree]:
        return list(self.store.db.trees.find({}))

    def places(self) -> list[Place]:
        """Wherever the moving task stands now."""
        everywhere = (place for tree in self.trees() for place in trees.walk(tree["root"]))
        return [place for place in everywhere if place.node["id"] == self.saga.task]

    def check(self) -> Place:
        """Nothing is lost, doubled or left frozen, and what was written before is still there.

        Returns where the task stands.
        """
        invariants.check(self.store)
        assert not [tree for tree in self.trees() if tree.get("moving") or tree.get("moves")]
        assert len(self.places()) == 1
        place = self.places()[0]
        assert trees.outline(place.node) == self.saga.below
        below = {found.node["id"]: found.node for found in trees.walk(place.node)}
        titles = {name: found["title"] for name, found in below.items()}
        assert titles == {name: "kept" if name == "y" else name for name in below}
        assert self.store.db.history.count_documents({"task": "y", "deed": "edit"}) == 1
        (hops,) = {found["hops"] for found in below.values()}
        with_b = self.told("b", "root_id") if "b" in place.path else 0
        assert 0 <= hops - self.told(self.saga.task, "root_id") <= with_b
        return place

    def told(self, task: str, field: str) -> int:
        """How many commits changed a field of a task, by what people are told."""
        rows = self.store.db.history.find({"tasks": task, "hidden": False})
        return sum(field in row["changes"].get(task, {}) for row in rows)

    def check_moved(self) -> None:
        """The one effect of the move is there."""
        assert self.check().parent == self.saga.parent
        assert self.told(self.saga.task, "root_id") == 1
