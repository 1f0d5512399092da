"""The walk of every write to a tree: load, check, decide, commit, drain. No deed and no rule lives
here.

One guarded update is the commit point. A lost race is decided again on the fresh tree, a few times;
after the commit nothing is undone: a drain that fails is left to the next reader or sweep.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tracker.core import access, commits, limits, moving, rows, trash, trees, versions
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.rows import Row
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Busy, NotFound, Unavailable, Unconditional
from tracker.store import drains
from tracker.store import trees as stored

from . import finding, replies, telling
from .people import User
from .replies import Done
from .world import World

ATTEMPTS = 5
PAUSE_SECONDS = 0.02
MOST_WAITING = 200
WAITING_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Command:
    """Who wants which deed done to which task, and on which terms.

    `in_trash` lets it reach what is deleted; `clean` waits until nothing is left to drain;
    `is_hidden` and `unkeyed` are for the steps of a longer deed, which tell and remember elsewhere.
    """

    caller: User
    deed: str
    task: str
    terms: Terms = ANY
    in_trash: bool = False
    clean: bool = False
    is_hidden: bool = False
    unkeyed: bool = False


# decides on a loaded tree: the tree, the place of the task in it, the time
Decide = Callable[[Tree, Place, datetime], Edit]
# what the deed answers, from the tree after it
Answering = Callable[[Tree], Any]


def write(world: World, command: Command, decide: Decide, answering: Answering) -> Any:
    """Do one deed in one commit and return its answer, or the stored one where its key was used
    before.

    Raises NotFound, Forbidden, Stale, what `decide` raises, and Busy after too many lost races.
    """
    for attempt in range(ATTEMPTS):
        done = _turn(world, command, decide, answering)
        if done is not None:
            return done.result
        lose(world, attempt)
    raise Busy


def step_of(command: Command) -> Command:
    """The first step of a longer deed: hidden from people, and its key is remembered by a later
    one.
    """
    return replace(command, is_hidden=True, unkeyed=True)


def commit_alone(
    world: World,
    tree_id: str,
    act: Act,
    decide: Callable[[Tree], Edit | None],
    *,
    moved_out: bool = False,
) -> Tree | None:
    """A step of the service itself on one tree, without a caller's rights; None where there is
    nothing to do.

    Waits until nothing is left to drain, so that it may end tasks, but for what is `moved_out`.
    Raises Busy after too many lost races.
    """
    for attempt in range(ATTEMPTS):
        with world.store.queues.turn(tree_id):
            tree = (_loaded if moved_out else _clean)(world, tree_id)
            edit = decide(tree) if tree else None
            if tree is None or edit is None:
                return None
            commit = commits.prepare(tree, edit, act, world.store.space_of, moved_out=moved_out)
            if stored.commit(world.store, commit):
                telling.settle(world, commit)
                return commit.after
        lose(world, attempt)
    raise Busy


def lose(world: World, attempt: int) -> None:
    """Count a lost race, and pause before the next attempt."""
    world.metrics.lost_race()
    pause(attempt)


def pause(attempt: int) -> None:
    """Full jitter, growing with each lost race."""
    time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))


def row_after(world: World, tree: Tree, task: str) -> Row:
    """The row of a task as a tree's commit has it."""
    return rows.project(tree, world.store.space_of(tree["owner"]), {task})[task]


def check(world: World, command: Command, tree: Tree, place: Place) -> None:
    """Rights, then the trash, then If-Match, in this order: a stranger learns nothing."""
    caller = command.caller
    line = [*trees.line(tree, place.path), place.node]
    if not access.rank(tree, caller["_id"], open_workspace=world.open_workspace):
        raise NotFound(access.NO_TASK)
    if not command.in_trash:
        trash.require_live(tree, place)
    access.require(tree, caller["_id"], command.deed, line, open_workspace=world.open_workspace)
    if caller.get("require_if_match") and command.terms.if_match is None:
        raise Unconditional
    versions.require(command.terms.if_match, tree, place.node)


def _turn(world: World, command: Command, decide: Decide, answering: Answering) -> Done | None:
    root = finding.find_root(world, command.caller, command.task)
    if root is None:
        replayed = replies.in_row(world, command.terms.key)
        if replayed is None:
            raise NotFound(access.NO_TASK)
        return replayed
    with world.store.queues.turn(root):
        return _attempt(world, command, decide, answering, root)


def _attempt(
    world: World, command: Command, decide: Decide, answering: Answering, root: str
) -> Done | None:
    """What was done, or was found done; None for a lost race, and for a task that moved
    meanwhile.
    """
    tree = _clean(world, root) if command.clean else _loaded(world, root)
    replayed = replies.standing(world, tree, command.terms.key)
    if replayed:
        return replayed
    place = trees.find(tree, command.task) if tree else None
    if tree is None or place is None:
        if tree and tree.get("dirty"):
            drains.drain(world.store, tree)  # else the row of a task that ended leads here again
        return None
    check(world, command, tree, place)
    now = world.now()
    edit = decide(tree, place, now)
    moving.require_thawed(tree, place, edit)
    keyed = command.terms.key is not None and not command.unkeyed
    if not edit.set and not edit.unset and not edit.events and not keyed:
        return Done(answering(tree))
    return _store(world, command, tree, edit, answering, now)


def _store(
    world: World, command: Command, tree: Tree, edit: Edit, answering: Answering, now: datetime
) -> Done | None:
    act = Act(command.caller["_id"], command.deed, command.task, now, command.is_hidden)
    commit = commits.prepare(tree, edit, act, world.store.space_of)
    result = answering(commit.after)
    key = command.terms.key
    if key and not command.unkeyed:
        commit = commits.remember(commit, replies.op(key, tree, result, at=now))
    if not stored.commit(world.store, commit):
        return None
    telling.settle(world, commit)
    return Done(result)


def _loaded(world: World, root: str) -> Tree | None:
    """A tree with room for one more entry: where too much waits, it is drained first."""
    tree = stored.load(world.store, root)
    waiting = [*tree["outbox"], *tree["ops"]] if tree else []
    if len(waiting) >= MOST_WAITING or limits.bson_size(waiting) > WAITING_BYTES:
        tree = _clean(world, root)
    return tree


def _clean(world: World, root: str) -> Tree | None:
    """A tree that nothing waits in; raises Unavailable where its drain does not come to an end."""
    for _ in range(ATTEMPTS):
        tree = stored.load(world.store, root)
        if tree is None or not (tree["outbox"] or tree["ops"]):
            return tree
        drains.drain(world.store, tree)
    raise Unavailable("Too much waits in this tree; try again")
