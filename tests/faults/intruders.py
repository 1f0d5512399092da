"""What somebody else may do between any two database calls of a move.

Each works in processes of its own and asserts what it can see by itself. What it answers, if
anything, is called when all is done: what it was promised must stand then.
"""

from collections.abc import Callable
from typing import Any

from tests.faults.crashing import Deed, crash_at, crashes
from tests.faults.readers import reader, reader_of_the_target_first, standing
from tests.faults.sagas import ANN, BOB, MOVE, Stage
from tests.store.wrapped import Around, Call
from tracker.core import trees
from tracker.core.terms import Key, Terms
from tracker.core.trees import Node
from tracker.errors import Busy, TrackerError
from tracker.services import editing, moves, sharing, sweeping, trashing
from tracker.services.world import World

Intruder = Callable[[Stage], Callable[[], object] | None]

SHARE = Terms(key=Key("share", "x"))


def sweeper(stage: Stage) -> None:
    """Whole sweeps: they may finish the move, and forget it."""
    stage.sweep()


def late_sweeper(stage: Stage) -> None:
    """A sweep that looked for moves before this one began, and looks for outcomes now."""
    sweeping.sweep(stage.process(_no_move_is_seen))


def room_maker(stage: Stage) -> None:
    """A refused move is allowed now; a sweep tries it, and dies as soon as it has arrived."""
    if stage.saga.is_refused:
        stage.make_room()
    crashes(lambda: stage.sweep(crash_at(1)))


def twin(stage: Stage) -> None:
    """The same move under the same key."""
    stage.ask(MOVE)


def sender(stage: Stage) -> None:
    """The sender of the keyed edit, whose answer was lost, gets it whatever happened since."""
    assert stage.edit(stage.process()).row["title"] == "kept"


def editor(stage: Stage) -> Callable[[], object] | None:
    """An edit of what moves: refused, or there for good."""
    if _refused(lambda: editing.change(stage.process(), ANN, "z", {"priority": "urgent"})):
        return None
    return lambda: _check_priority(stage)


def sharer(stage: Stage) -> Callable[[], object]:
    """A share of the tree, named by what moves, with its answer lost: tried again, done once."""

    def share(world: World) -> None:
        sharing.put(world, ANN, stage.saga.task, "bob", "editor", SHARE)

    _refused(lambda: stage.half_done(share))

    def again() -> None:
        if not _refused(lambda: share(stage.process())):
            assert stage.store.db.history.count_documents({"deed": "share"}) == 1

    return again


def other_mover(stage: Stage) -> None:
    """The task is moved elsewhere in the target."""
    if not stage.saga.is_refused:
        _refused(lambda: moves.move(stage.process(), ANN, stage.saga.task, "e"))


def mover_and_sender(stage: Stage) -> Callable[[], object] | None:
    """The task has arrived and is moved on; the sender of the first move, who got no answer, asks
    for it again.
    """
    if stage.saga.is_refused or standing(stage)[0] != [stage.saga.tree]:
        return None
    if _refused(lambda: moves.move(stage.process(), ANN, stage.saga.task, "e")):
        return None
    stage.ask(MOVE)
    return lambda: _check_parent(stage, "e")


def mover_of_the_target(stage: Stage) -> None:
    """What the task moves below is on its way to a third tree, and its mover dies."""
    _move_target(stage, 3)


def mover_of_the_target_that_arrived(stage: Stage) -> None:
    """The same, and it has arrived there."""
    _move_target(stage, 4)


def purger(stage: Stage) -> None:
    """What holds the task is deleted, and its month is over."""
    if stage.saga.task == "x":
        _refused(lambda: trashing.delete(stage.process(), ANN, "a"))
    stage.clock.advance(days=31)
    sweeping.sweep(stage.process(_no_move_is_seen))


INTRUDERS: dict[str, Intruder] = {
    deed.__name__.replace("_", " "): deed
    for deed in (
        sweeper,
        late_sweeper,
        room_maker,
        twin,
        sender,
        editor,
        sharer,
        other_mover,
        mover_and_sender,
        mover_of_the_target,
        mover_of_the_target_that_arrived,
        purger,
        reader,
        reader_of_the_target_first,
    )
}


MOVERS = (other_mover, mover_and_sender)


def disturb(
    stage: Stage, intruder: Intruder, gap: Callable[[int, Deed], Around], nth: int, *bugs: Around
) -> None:
    """Ask for the keyed move while the intruder does its deed in the nth gap, and look at the end.

    `bugs` are planted in the mover; those of everybody else stand in the stage.
    """
    promises = []

    def intrude() -> None:
        try:
            promises.append(intruder(stage))
        except TrackerError as surprise:  # the mover must not take it for its own
            raise AssertionError("the intruder did not expect this") from surprise

    refusal = stage.ask(MOVE, *bugs, gap(nth, intrude))
    stage.bugs = ()
    stage.sweep()
    if intruder is purger and not stage.places():
        assert refusal
        return
    stage.check()
    has_moved = stage.told(stage.saga.task, "root_id") > 0
    assert has_moved or refusal
    assert not (has_moved and refusal) or isinstance(refusal, Busy) or intruder in MOVERS
    for promised in filter(None, promises):
        promised()


def _move_target(stage: Stage, writes: int) -> None:
    owner = BOB if stage.saga.is_refused else ANN
    process = stage.process(crash_at(writes))
    crashes(lambda: _refused(lambda: moves.move(process, owner, "b", "u")))


def _check_priority(stage: Stage) -> None:
    assert _node(stage, "z")["priority"] == "urgent"


def _check_parent(stage: Stage, parent: str) -> None:
    (place,) = stage.places()
    assert place.parent == parent


def _node(stage: Stage, task: str) -> Node:
    (found,) = (place.node for tree in stage.trees() for place in trees.walk(tree["root"])
                if place.node["id"] == task)  # fmt: skip
    return found


def _refused(deed: Callable[[], object]) -> bool:
    try:
        deed()
    except TrackerError:
        return True
    return False


def _no_move_is_seen(call: Call) -> Any:
    if call.name == "trees.find" and "moving.id" in call.args[0]:
        return []
    return call.run()
