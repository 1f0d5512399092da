"""What a sweep looks for: one table of parts, each with what waits and what is done to one of it.

A part is walked one thing at a time, so that `sweeping` may turn to another part after each. One
that fails is logged, and met again by the next sweep. No clock here, and no order among parts.
"""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import structlog

from tracker.core import moving
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import addresses, drains, expiry, trees

from . import (
    alerts,
    commenting,
    file_sweeps,
    firing,
    jobs,
    leaving,
    letters,
    passage,
    pomodoros,
    telling,
    tidying,
    trashing,
    writing,
)
from .jobs import Done
from .trashing import SYSTEM
from .world import World

BATCH = 100
# nobody waits for a sweep, and a large tree on a slow database needs more than a request has
UNIT_SECONDS = 60.0
log = structlog.get_logger()

# what waits, at most so many of it, and not these
Due = Callable[[World, int, Collection[str]], Iterable[str]]
# does one; True where more of the same waits, and may be done in this sweep
Work = Callable[[World, str], object]
# how often one went well and how often one failed, after each; ends when nothing waits
Part = Callable[[World], Iterator[Done]]


def one_by_one(due: Due, work: Work) -> Part:
    """A part that does its work on each thing that waits, in random order, once a sweep."""

    def walk(world: World) -> Iterator[Done]:
        begun, over, skip = set[str](), set[str](), set[str]()
        while found := _found(world, due, skip):
            # only what still waits after its turn is named in the next question: those are few
            skip |= over.intersection(found)
            for one in (one for one in found if one not in over):
                went_well, more = _tried(world, one, work)
                yield Done(int(went_well and one not in begun), int(not went_well))
                begun.add(one)
                if not more:
                    over.add(one)

    return walk


def together(drop: Callable[[World, int], int]) -> Part:
    """A part that does many at once: at most so many, and tells how many there were."""

    def walk(world: World) -> Iterator[Done]:
        while count := _dropped(world, drop):
            yield Done(count, 0)

    return walk


def do_jobs(world: World, most: int = jobs.BATCH) -> Done:
    """Do jobs that are due; without a post letters wait, and so does everything."""
    post = world.post
    if post is None:
        return Done(0, 0)
    work: jobs.Work = {
        letters.MAIL: lambda world, job: letters.deliver(world, job, post),
        alerts.ALERT: alerts.ring,
    }
    return jobs.run(world, work, most=most)


def _jobs(world: World) -> Iterator[Done]:
    while any(ran := do_jobs(world, 1)):
        yield ran


def _found(world: World, due: Due, skip: set[str]) -> list[str]:
    with world.store.deadline():
        found = list(due(world, BATCH, skip))
    random.shuffle(found)
    return found


def _tried(world: World, one: str, work: Work) -> tuple[bool, bool]:
    """Whether it went well, and whether there is more of it to do."""
    try:
        with world.store.deadline(UNIT_SECONDS):
            return True, work(world, one) is True
    except Exception:
        # one that cannot be swept must not keep the others waiting
        log.exception("sweep_failed", tree=one)
        return False, False


def _dropped(world: World, drop: Callable[[World, int], int]) -> int:
    with world.store.deadline():
        return drop(world, BATCH)


def _drain(world: World, tree: str) -> None:
    if drains.drain_now(world.store, tree):
        telling.tell_late(world)


def _carry(world: World, tree: str) -> None:
    for intent in moving.intents(trees.head(world.store, tree) or {}):
        passage.carry(world, intent)


def _forget(world: World, tree: str) -> None:
    """Drop the outcomes of moves into a tree whose intents no longer stand in their sources."""

    def decide(target: Tree) -> Edit | None:
        over = {done["id"] for done in target.get("moves") or [] if not _stands(world, done)}
        return moving.forget(target, over) if over else None

    act = Act(SYSTEM, "forget", tree, world.now(), is_hidden=True)
    writing.commit_alone(world, tree, act, decide)


def _stands(world: World, done: moving.Outcome) -> bool:
    source = trees.head(world.store, done["source"])
    return bool(source and moving.intent_of(source, done["id"]))


def _drop_unconfirmed(world: World, most: int) -> int:
    return addresses.drop_unconfirmed(world.store, world.now(), most)


def _drop_expired(world: World, most: int) -> int:
    return expiry.drop(world.store, world.now(), most)


# the names are those of the fields of `sweeping.Report`
PARTS: Mapping[str, Part] = {
    "drained": one_by_one(lambda world, *which: trees.dirty(world.store, *which), _drain),
    "moved": one_by_one(lambda world, *which: trees.moving(world.store, *which), _carry),
    "forgotten": one_by_one(lambda world, *which: trees.settled(world.store, *which), _forget),
    "fired": one_by_one(firing.due, firing.fire),
    "purged": one_by_one(trashing.old_trash, trashing.purge_old),
    "left": one_by_one(leaving.due, leaving.go_on),
    "ended": together(trashing.sweep_ended),
    "lapsed": together(_drop_unconfirmed),
    "expired": together(_drop_expired),
    "unsaid": one_by_one(commenting.unfinished, commenting.drop_unfinished),
    "removed": one_by_one(file_sweeps.deleted, file_sweeps.bury),
    "unfiled": one_by_one(file_sweeps.unfinished, file_sweeps.drop_unfinished),
    "counted": one_by_one(pomodoros.uncounted, pomodoros.count),
    "tidied": one_by_one(tidying.due, tidying.go_on),
    "unseen": one_by_one(file_sweeps.unseen, file_sweeps.look),
    "jobs": _jobs,
}
