"""A move between two trees, step by step: intent and freeze in the source, arrival in the target,
removal.

Nobody sees a task twice or not at all, and nothing is lost by a crash at any step, because each
step is one commit and the next one can be found from it. The intents lie in the source as `moving`,
the outcomes in the target as `moves`; an outcome is forgotten only when its intent no longer
stands.
"""

from collections.abc import Mapping
from typing import Any

from tracker.errors import Fault, Invalid, Moving, TrackerError

from .edits import Edit
from .terms import Key
from .trees import Place, Tree, field_path, find, walk

Intent = dict[str, Any]
Outcome = dict[str, Any]

ARRIVED = "in"


def intents(head: Mapping[str, Any]) -> list[Intent]:
    """The moves out of a tree that are not finished."""
    return list(head.get("moving") or [])


def intent_of(head: Mapping[str, Any], move: str) -> Intent | None:
    """The intent with this id, while it stands."""
    return next((intent for intent in intents(head) if intent["id"] == move), None)


def intent_under(head: Mapping[str, Any], key: Key) -> Intent | None:
    """The standing intent that was asked for under an Idempotency-Key, by whatever request."""
    keyed = (intent for intent in intents(head) if intent["key"])
    return next((intent for intent in keyed if intent["key"]["id"] == key.id), None)


def outcome_of(head: Mapping[str, Any], move: str) -> Outcome | None:
    """What became of a move in its target: arrived, or refused with a reason; None while it is
    open.
    """
    return next((done for done in head.get("moves") or [] if done["id"] == move), None)


def freeze(tree: Tree, place: Place, intent: Intent) -> Edit:
    """Write down an intent; from this commit on the subtree is frozen.

    Raises Moving where the subtree, or a part of it, or what holds it is on its way already.
    """
    line = {*place.path, *(below.node["id"] for below in walk(place.node))}
    if any(standing["task"] in line for standing in intents(tree)):
        raise Moving
    return Edit({"moving": [*intents(tree), intent]})


def thaw(tree: Tree, move: str) -> Edit:
    """Take an intent away."""
    left = [intent for intent in intents(tree) if intent["id"] != move]
    return Edit({"moving": left}) if left else Edit(unset=("moving",))


def settle(tree: Tree, intent: Intent, refusal: TrackerError | None = None) -> Edit:
    """Write an outcome into the target: a refusal must not live in the memory of one mover."""
    said = ARRIVED if refusal is None else type(refusal).__name__
    faults = [list(fault) for fault in getattr(refusal, "faults", ())]
    outcome = {
        "id": intent["id"],
        "source": intent["source"],
        "outcome": said,
        "detail": str(refusal or ""),
        "faults": faults,
    }
    return Edit({"moves": [*(tree.get("moves") or []), outcome]})


def forget(tree: Tree, moves: set[str]) -> Edit:
    """Drop outcomes whose intents no longer stand."""
    left = [done for done in tree.get("moves") or [] if done["id"] not in moves]
    return Edit({"moves": left}) if left else Edit(unset=("moves",))


def refusal(outcome: Outcome, kinds: Mapping[str, type[TrackerError]]) -> TrackerError:
    """The error that a target refused a move with, as it was raised there."""
    kind = kinds.get(outcome["outcome"], TrackerError)
    if issubclass(kind, Invalid):
        return kind(*(Fault(*fault) for fault in outcome["faults"]), detail=outcome["detail"])
    return kind(outcome["detail"])


def require_thawed(tree: Tree, place: Place, edit: Edit) -> None:
    """Passes, or raises Moving for an Edit that touches what is on its way to another tree, or what
    holds it, and for any deed on a task that is on its way.

    The source is drained up to the freeze only: the key of a deed behind it, though it changed
    nothing of the task, would not be found where the task stands next.
    """
    line = {*place.path, place.node["id"]}
    if any(intent["task"] in line for intent in intents(tree)) or is_frozen(tree, edit):
        raise Moving


def is_frozen(tree: Tree, edit: Edit) -> bool:
    """True where an Edit touches what is on its way to another tree, or what holds it."""
    for intent in intents(tree):
        place = find(tree, intent["task"])
        frozen = field_path(place.path, intent["task"]) if place else ""
        if place and any(_touches(path, frozen) for path in (*edit.set, *edit.unset)):
            return True
    return False


def without(tree: Tree, tasks: set[str]) -> Tree:
    """A tree as readers see it once these subtrees have arrived elsewhere."""
    for task in tasks:
        place = find(tree, task)
        if place and not place.path:
            return {**tree, "root": None}
        if place:
            tree = Edit(unset=(field_path(place.path, task),)).apply(tree)
    return tree


def _touches(path: str, frozen: str) -> bool:
    """At or below the frozen subtree, or the whole of something above it; its owner is above all of
    it.
    """
    return (
        path == "owner"
        or f"{path}.".startswith(f"{frozen}.")
        or f"{frozen}.".startswith(f"{path}.")
    )
