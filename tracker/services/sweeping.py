"""What a crash left, finished, and what has had its time, removed: run at start and every
`SWEEP_SECONDS`.

Any number of sweeps may run at once. Each part is bounded, and each tree has a deadline of its own.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from tracker.core import moving
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import addresses, drains, trees

from . import jobs, leaving, letters, passage, trashing, writing
from .trashing import SYSTEM
from .world import World

BATCH = 100
# nobody waits for a sweep, and a large tree on a slow database needs more than a request has
TREE_SECONDS = 60.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Report:
    """What one sweep did, in trees; `left` and `lapsed` in people, `jobs` in jobs. `failed` ones
    wait for their next turn, and stand in the log.
    """

    drained: int
    moved: int
    forgotten: int
    purged: int
    ended: int
    left: int
    lapsed: int
    jobs: int
    failed: int


class Part(NamedTuple):
    done: int
    failed: int


def sweep(world: World) -> Report:
    """Drain what waits, finish moves, forget finished ones, purge the old trash, go on with who
    leaves, drop ended trees and accounts that were never confirmed, do the jobs that are due.
    """
    store = world.store
    drained = _part(world, lambda skip: trees.dirty(store, BATCH, skip), _drain)
    moved = _part(world, lambda skip: trees.moving(store, BATCH, skip), _carry)
    forgotten = _part(world, lambda skip: trees.settled(store, BATCH, skip), _forget)
    purged = _part(world, lambda skip: trashing.old_trash(world, BATCH, skip), trashing.purge_old)
    left = _part(world, lambda skip: set(leaving.due(world, BATCH)) - skip, leaving.go_on)
    with store.deadline():
        ended = trashing.sweep_ended(world)
        lapsed = addresses.drop_unconfirmed(store, world.now())
    worked = run_jobs(world)
    return Report(
        drained=drained.done,
        moved=moved.done,
        forgotten=forgotten.done,
        purged=purged.done,
        ended=ended,
        left=left.done,
        lapsed=lapsed,
        jobs=worked.done,
        failed=sum(part.failed for part in (drained, moved, forgotten, purged, left, worked)),
    )


def run_jobs(world: World) -> jobs.Done:
    """Do the jobs that are due; without a post letters wait, and so does everything."""
    post = world.post
    if post is None:
        return jobs.Done(0, 0)
    return jobs.run(world, {letters.MAIL: lambda world, job: letters.deliver(world, job, post)})


def _part(
    world: World, waiting: Callable[[set[str]], Iterable[str]], work: Callable[[World, str], None]
) -> Part:
    """Do the work on each tree that waits, in random order, once; how many went well, and how many
    did not.
    """
    done, failed = set[str](), set[str]()
    while batch := _batch(world, waiting, done | failed):
        for tree in batch:
            (done if _tried(world, tree, work) else failed).add(tree)
    return Part(len(done), len(failed))


def _batch(world: World, waiting: Callable[[set[str]], Iterable[str]], seen: set[str]) -> list[str]:
    with world.store.deadline():
        found = list(waiting(seen))
    random.shuffle(found)
    return found


def _tried(world: World, tree: str, work: Callable[[World, str], None]) -> bool:
    try:
        with world.store.deadline(TREE_SECONDS):
            work(world, tree)
    except Exception:
        # one tree that cannot be swept must not keep the others waiting
        log.exception("sweep_failed", tree=tree)
        return False
    return True


def _drain(world: World, tree: str) -> None:
    drains.drain_now(world.store, tree)


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
