"""A change of a tree as a value: what to set and unset in dotted paths, and what happened, in
events.

The same Edit changes a Python tree (`apply`) and a stored one (`store.trees.commit`); a property
test holds both equal. Nothing else writes below `root`. Overlapping paths are refused here, because
MongoDB refuses them and mongomock does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .trees import Place, Tree, field_path

Event = dict[str, Any]

# fields that follow from others, or only echo them: no history tells of them
_IMPLIED = {"updated_at", "closed", "said"}


class OverlappingPaths(ValueError):
    """Two paths of one Edit where one lies at or below the other: a fault of the caller, never of a
    request.
    """


@dataclass(frozen=True)
class Edit:
    """`set` maps dotted paths to values, `unset` names paths; events say what it meant."""

    set: Mapping[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        paths = sorted(tuple(path.split(".")) for path in (*self.set, *self.unset))
        for upper, lower in zip(paths, paths[1:], strict=False):
            if lower[: len(upper)] == upper:
                raise OverlappingPaths(f"{'.'.join(upper)} and {'.'.join(lower)}")

    def apply(self, tree: Tree) -> Tree:
        """The tree after this Edit; what it does not touch is shared with the tree before."""
        after = dict(tree)
        own: dict[tuple[str, ...], dict[str, Any]] = {(): after}
        for path, value in self.set.items():
            above, last = _split(path)
            _container(own, above)[last] = value
        for path in self.unset:
            above, last = _split(path)
            _container(own, above).pop(last, None)
        return after


def merge(edits: Iterable[Edit]) -> Edit:
    """Several Edits as one; raises OverlappingPaths where they touch the same thing."""
    edits = list(edits)
    together = Edit(
        {path: value for edit in edits for path, value in edit.set.items()},
        tuple(path for edit in edits for path in edit.unset),
        tuple(event for edit in edits for event in edit.events),
    )
    if len(together.set) != sum(len(edit.set) for edit in edits):
        raise OverlappingPaths("two edits set the same path")
    return together


def then(tree: Tree, first: Edit, second: Edit) -> Edit:
    """Two Edits of a tree, the second made of what the first leaves, as one.

    What the second changes inside of what the first has set becomes a part of that; raises
    OverlappingPaths where it replaces more than that.
    """
    after = second.apply(first.apply(tree))
    both = {path: _value(after, path) for path in first.set}

    def is_inside(path: str) -> bool:
        return any(f"{path}.".startswith(f"{outer}.") for outer in first.set)

    both |= {path: value for path, value in second.set.items() if not is_inside(path)}
    gone = tuple(path for path in second.unset if not is_inside(path))
    return Edit(both, (*first.unset, *gone), (*first.events, *second.events))


def fields(place: Place, changes: Mapping[str, Any], *, kind: str, rev: int) -> Edit:
    """Set fields of one task, stamped with the new rev; an Edit of nothing where nothing
    changes.
    """
    node = place.node
    new = {name: value for name, value in changes.items() if node.get(name) != value}
    if not new:
        return Edit()
    event = {
        "type": kind,
        "task": node["id"],
        "changes": {
            name: [node.get(name), value] for name, value in new.items() if name not in _IMPLIED
        },
    }
    above = field_path(place.path, node["id"])
    return Edit(
        {f"{above}.{name}": value for name, value in {**new, "rev": rev}.items()}, (), (event,)
    )


def _value(tree: Tree, path: str) -> Any:
    found: Any = tree
    for step in path.split("."):
        found = found[step]
    return found


def _split(path: str) -> tuple[tuple[str, ...], str]:
    *above, last = path.split(".")
    return tuple(above), last


def _container(own: dict[tuple[str, ...], dict[str, Any]], path: tuple[str, ...]) -> dict[str, Any]:
    """The map at a path as a copy of our own, made once; a KeyError where the tree has no such
    map.
    """
    known = len(path)
    while path[:known] not in own:
        known -= 1
    for depth in range(known, len(path)):
        above = own[path[:depth]]
        own[path[: depth + 1]] = above[path[depth]] = dict(above[path[depth]])
    return own[path]
