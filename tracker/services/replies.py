"""Answers under an Idempotency-Key: what is stored beside an effect, and how a retry gets it again.

A reply holds what the service returned as plain data, so every door shapes it again to the same
answer. A retry looks into the tree's document first and at the key's row second; the other order
can apply a write twice.
"""

from typing import Any, NamedTuple

from tracker.core.commits import Op
from tracker.core.rows import Row
from tracker.core.terms import Key
from tracker.core.trees import Tree
from tracker.errors import Fault, Invalid
from tracker.store import idem

from . import people
from .people import Answer
from .world import World


class Done(NamedTuple):
    """A write that is done, now or before, and what it answered."""

    result: Any


def op(key: Key, tree: Tree, result: Any, *, at: Any) -> Op:
    """What a commit stores of a keyed write, in the same update as its effect."""
    return {
        "id": key.id,
        "request": key.request,
        "root": tree["_id"],
        "at": at,
        "result": _packed(result),
    }


def in_tree(tree: Tree | None, key: Key | None) -> Done | None:
    """The stored answer of a key that still lies in a tree's document."""
    ops = tree["ops"] if tree and key else []
    return next((_done(stored, key) for stored in ops if key and stored["id"] == key.id), None)


def in_row(world: World, key: Key | None) -> Done | None:
    """The stored answer of a key from its row; a bare claim is none."""
    stored = idem.get(world.store, key.id, world.now()) if key else None
    return _done(stored, key) if stored and key and "result" in stored else None


def standing(world: World, tree: Tree | None, key: Key | None) -> Done | None:
    """The stored answer of a key: from the document, then from its row, in this order."""
    return in_tree(tree, key) or in_row(world, key)


def require_same(stored: dict[str, Any], key: Key) -> None:
    """Passes, or raises Invalid where the key was used for another request."""
    if stored["request"] != key.request:
        raise Invalid(Fault("", "This Idempotency-Key was used for another request"))


def _done(stored: dict[str, Any], key: Key) -> Done:
    require_same(stored, key)
    return Done(_unpacked(stored["result"]))


def _packed(result: Any) -> Any:
    if not isinstance(result, Answer):
        return {"plain": result}
    known = result.people.values()
    shown = [people.public(person) | _labels(person, result.rows) for person in known]
    return {"rows": result.rows, "people": shown, "now": result.now}


def _unpacked(stored: dict[str, Any]) -> Any:
    if "plain" in stored:
        return stored["plain"]
    shown = {person["_id"]: person for person in stored["people"]}
    return Answer(stored["rows"], shown, stored["now"])


def _labels(owner: people.User, rows: list[Row]) -> dict[str, Any]:
    """What says how the labels of somebody's own tasks look, where these have any."""
    own = [row for row in rows if row["owner"] == owner["_id"]]
    worn = {"tags": any(row["tags"] for row in own), "categories_going": bool(own)}
    return {name: owner[name] for name, is_worn in worn.items() if is_worn and owner.get(name)}
