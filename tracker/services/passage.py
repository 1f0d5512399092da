"""The steps of a move between trees after its intent stands: drain the source, arrive, drain the
target, leave.

Each may be done by anybody, any number of times. Two locks are never held at once.
"""

from typing import Any

from tracker.core import access, commits, members, moving, trash, trees
from tracker.core import place as places
from tracker.core.commits import Act
from tracker.core.edits import Edit, merge
from tracker.core.moving import ARRIVED, Intent, Outcome
from tracker.core.order import Spot
from tracker.core.terms import Key
from tracker.core.trees import Node, Tree
from tracker.errors import Busy, Conflict, Forbidden, Invalid, NotFound, TrackerError
from tracker.store import accounts, drains, histories
from tracker.store import trees as stored

from . import people, replies, telling, writing
from .world import World

ATTEMPTS = 10
REFUSALS = (NotFound, Forbidden, Invalid, Conflict)


def carry(world: World, intent: Intent) -> Outcome | None:
    """Bring a move to its end from wherever it stands; its outcome, or None where it is forgotten
    already.
    """
    _drain_past(world, intent)
    _arrive(world, intent)
    target = stored.load(world.store, intent["target"]["tree"])
    outcome = moving.outcome_of(target, intent["id"]) if target else None
    if target and target.get("dirty"):
        drains.drain(world.store, target)
    _leave(world, intent, arrived=bool(outcome and outcome["outcome"] == ARRIVED))
    return outcome


def _drain_past(world: World, intent: Intent) -> None:
    """No entry and no op up to the freeze may be left in the source, or a retry would not find its
    key.
    """
    for attempt in range(ATTEMPTS):
        source = stored.load(world.store, intent["source"])
        waiting = [*source["outbox"], *source["ops"]] if source else []
        if source is None or not any(one["seq"] <= intent["seq"] for one in waiting):
            return
        drains.drain(world.store, source)
        writing.pause(attempt)
    raise Busy


def _arrive(world: World, intent: Intent) -> None:
    """Commit the arrival, or its refusal, in the target: it is read before the source, and guards
    the commit.
    """
    for attempt in range(ATTEMPTS):
        with world.store.queues.turn(intent["target"]["tree"]):
            target = stored.load(world.store, intent["target"]["tree"])
            source = stored.load(world.store, intent["source"])
            if source is None or moving.intent_of(source, intent["id"]) is None:
                return  # somebody has finished
            if target and moving.outcome_of(target, intent["id"]):
                return
            if _commit_arrival(world, source, target, intent):
                return
        writing.lose(world, attempt)
    raise Busy


def _commit_arrival(world: World, source: Tree, target: Tree | None, intent: Intent) -> bool:
    place = trees.find(source, intent["task"])
    assert place is not None  # frozen: nobody takes it away while the intent stands
    node = {**place.node, "deleted_at": None} if intent["deed"] == "restore" else place.node
    if target is None:
        return intent["target"]["parent"] is not None or _found(world, source, node, intent)
    refused: TrackerError | None = None
    try:
        landing = _landing(world, source, target, node, intent)
    except REFUSALS as why:
        landing, refused = Edit(), why
    edit = merge([landing, moving.settle(target, intent, refused)])
    act = Act(intent["actor"], intent["deed"], intent["task"], world.now(), refused is not None)
    commit = commits.prepare(target, edit, act, world.store.space_of)
    if refused is None and intent["key"]:
        commit = commits.remember(commit, _op(world, commit.after, intent))
    if not stored.commit(world.store, commit):
        return False
    telling.settle(world, commit)
    return True


def _found(world: World, source: Tree, node: Node, intent: Intent) -> bool:
    """The arrival of a subtask at the root level, as a new document under its own id."""
    now = world.now()
    empty = {
        "_id": node["id"],
        "owner": source["owner"],
        "members": source["members"],
        "rev": histories.count(world.store, node["id"]),  # of its former life, if it had one
        "v": 1,
        "size": 0,
        "root": None,
        "outbox": [],
        "ops": [],
    }
    edit = merge([places.arrive(empty, None, node, Spot(), at=now), moving.settle(empty, intent)])
    act = Act(intent["actor"], intent["deed"], intent["task"], now)
    event = places.moved(node, intent)
    first = commits.found(edit.apply(empty), event, act, world.store.space_of)
    if intent["key"]:
        first = {**first, "ops": [{**_op(world, first, intent), "seq": first["rev"]}]}
    if not stored.insert(world.store, first):
        return False
    telling.settle_new(world, first)
    return True


def _landing(world: World, source: Tree, target: Tree, node: Node, intent: Intent) -> Edit:
    """The Edit of an arrival in a tree that is there; raises what refuses it."""
    wanted, now = intent["target"], world.now()
    told = Edit(events=(places.moved(node, intent),))
    if wanted["parent"] is None:
        if target["root"] is not None:
            raise Conflict("The task stands at the root level already")
        heads = Edit({"owner": source["owner"], "members": source["members"]})
        return merge([places.arrive(target, None, node, Spot(), at=now), heads, told])
    parent = trees.find(target, wanted["parent"])
    if parent is None:
        raise NotFound(access.NO_TASK)
    trash.require_live(target, parent)
    line = [*trees.line(target, parent.path), parent.node]
    access.require(target, intent["actor"], "create", line, open_workspace=world.open_workspace)
    given = {p.node["assigned_to"] for p in trees.walk(node) if p.node["assigned_to"]}
    admitted = members.admit(target, given, by=intent["actor"], open_workspace=world.open_workspace)
    arrived = places.arrive(target, parent, node, Spot(*wanted["spot"]), at=now)
    landing = merge([arrived, admitted, told])
    moving.require_thawed(target, parent, landing)  # it would go away again with what holds it
    return landing


def _leave(world: World, intent: Intent, *, arrived: bool) -> None:
    """Take the subtree and the intent out of the source, or the intent alone where the target
    refused.
    """
    now = world.now()

    def decide(source: Tree) -> Edit | None:
        place = trees.find(source, intent["task"])
        if moving.intent_of(source, intent["id"]) is None or place is None:
            return None
        thawed = moving.thaw(source, intent["id"])
        return merge([places.leave(source, place, at=now), thawed]) if arrived else thawed

    act = Act(intent["actor"], intent["deed"], intent["task"], now, is_hidden=True)
    writing.commit_alone(world, intent["source"], act, decide, moved_out=True)


def _op(world: World, after: Tree, intent: Intent) -> dict[str, Any]:
    """The stored answer of a keyed move: it goes with the arrival, where a retry will look."""
    actor = accounts.find(world.store, intent["actor"]) or {"_id": intent["actor"]}
    answer = people.around(world, actor, [writing.row_after(world, after, intent["task"])])
    return replies.op(Key(**intent["key"]), after, answer, at=world.now())
