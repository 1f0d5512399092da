"""Moving a subtree: inside its tree in one commit, to another tree by the steps of `core.moving`.

Every step finds out for itself how far the move has come, so any number of movers, the sweep's
among them, may work on one move at once, and a crash at any point loses nothing.
"""

from datetime import datetime

from tracker import errors
from tracker.core import moving, trash, trees
from tracker.core import place as places
from tracker.core.edits import Edit
from tracker.core.moving import ARRIVED, Intent
from tracker.core.order import Spot
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Busy, Conflict, TrackerError
from tracker.store import trees as stored

from . import editing, finding, passage, reading, replies, writing
from .people import Answer, User
from .world import World
from .writing import Command

KINDS: dict[str, type[TrackerError]] = {
    kind.__name__: kind
    for kind in (
        errors.NotFound,
        errors.Forbidden,
        errors.Invalid,
        errors.TooLarge,
        errors.Conflict,
        errors.Moving,
    )
}
LAST = Spot()


def move(
    world: World, caller: User, task: str, parent: str | None, spot: Spot = LAST, terms: Terms = ANY
) -> Answer:
    """Put a task with all below it under another one, or at the root level for None.

    Raises NotFound, Forbidden, Stale, Invalid, TooLarge, and Moving where it is on its way already.
    """
    done, intent = _asked_before(world, caller, task, terms)
    if done:
        return done
    if intent is None:
        source = finding.root_of(world, caller, task)
        target = finding.live(world, caller, parent).row["root"] if parent else task
        if source == target:
            return _within(world, caller, task, parent, spot, terms)
        wanted = {"tree": target, "parent": parent, "spot": list(spot)}
        intent = freeze(world, Command(caller, "move_out", task, terms), wanted)
    return intent if isinstance(intent, Answer) else finish(world, caller, intent, terms)


def freeze(world: World, command: Command, target: dict[str, object]) -> Intent | Answer:
    """Step one: write the intent into the source; a stored answer where the key was used before."""
    move_id = world.new_id()

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        if tree["_id"] == target["tree"]:
            raise Busy("The task has moved meanwhile; try again")
        if command.deed == "restore" and not trash.lies_deeper(tree, place):
            raise Busy("What stands above the task was restored meanwhile; try again")
        intent = {
            "id": move_id,
            "task": command.task,
            "source": tree["_id"],
            "from": place.parent,
            "target": target,
            "key": command.terms.key and command.terms.key._asdict(),
            "actor": command.caller["_id"],
            "deed": "move" if command.deed == "move_out" else command.deed,
            "seq": tree["rev"] + 1,
            "at": now,
        }
        return moving.freeze(tree, place, intent)

    step = writing.step_of(command)
    frozen: Intent | Answer = writing.write(world, step, decide, lambda after: after["moving"][-1])
    return frozen


def finish(world: World, caller: User, intent: Intent, terms: Terms) -> Answer:
    """All further steps, and the answer of the move; raises what its target refused it with."""
    outcome = passage.carry(world, intent)
    if outcome and outcome["outcome"] != ARRIVED:
        raise moving.refusal(outcome, KINDS)
    done = replies.standing(world, stored.load(world.store, intent["target"]["tree"]), terms.key)
    if done:
        answer: Answer = done.result
        return answer
    if finding.root_of(world, caller, intent["task"]) != intent["target"]["tree"]:
        raise Conflict("The move was refused; read the task and try again")
    return reading.task(world, caller, intent["task"])


def inside(tree: Tree, place: Place, parent: str, spot: Spot, at: datetime) -> Edit:
    """The Edit that puts a task under another one of its tree. Raises NotFound for one in the
    trash, and Busy for one that is not there any more.
    """
    above = trees.find(tree, parent)
    if above is None:
        raise Busy("The new parent has moved meanwhile; try again")
    trash.require_live(tree, above)
    return places.move(tree, place, above, spot, at=at)


def _asked_before(
    world: World, caller: User, task: str, terms: Terms
) -> tuple[Answer | None, Intent | Answer | None]:
    """The stored answer of a keyed move, or its intent that still stands."""
    if terms.key is None:
        return None, None
    root = finding.find_root(world, caller, task)
    tree = stored.load(world.store, root) if root else None
    done = replies.standing(world, tree, terms.key)
    if done:
        return done.result, None
    intent = moving.intent_under(tree or {}, terms.key)
    if intent:
        replies.require_same(intent["key"], terms.key)
    return None, intent


def _within(
    world: World, caller: User, task: str, parent: str | None, spot: Spot, terms: Terms
) -> Answer:
    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        # a root at the root level stays where it is
        return inside(tree, place, parent, spot, now) if parent else Edit()

    command = Command(caller, "move", task, terms)
    moved: Answer = writing.write(world, command, decide, editing.showing(world, caller, task))
    return moved
