"""The shape of a tree: nested maps of nodes. Knows ids, children and order; no titles, dates or
rights.

A tree is `{_id, owner, members, rev, root: node | None, ...}`, a node `{id, position, children:
{id: node}, ...}`. Every walk is iterative: a tree may be as deep as its limit allows without
troubling Python's stack.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Node = dict[str, Any]
Tree = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Place(NamedTuple):
    """A node and the ids from the root down to its parent."""

    node: Node
    path: tuple[str, ...]

    @property
    def parent(self) -> str | None:
        return self.path[-1] if self.path else None


def is_id(value: object) -> bool:
    """True for a canonical lower-case UUID: nothing else may ever enter a field path."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def walk(node: Node | None, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Every place at and below a node, a parent always before its children."""
    stack = [Place(node, path)] if node else []
    while stack:
        place = stack.pop()
        yield place
        children = place.node["children"]
        if children:
            below = (*place.path, place.node["id"])
            stack.extend([Place(child, below) for child in children.values()])


def nodes(node: Node | None) -> list[Node]:
    """Every node at and below one, a parent before its children: `walk` without the paths."""
    found: list[Node] = []
    stack = [node] if node else []
    while stack:
        one = stack.pop()
        found.append(one)
        stack.extend(one["children"].values())
    return found


def find(tree: Tree, task: str) -> Place | None:
    """The place of a task in its tree, or None."""
    return next((place for place in walk(tree["root"]) if place.node["id"] == task), None)


def line(tree: Tree, path: tuple[str, ...]) -> list[Node]:
    """The nodes along a path of ids, the root first."""
    nodes: list[Node] = []
    for task in path:
        nodes.append(nodes[-1]["children"][task] if nodes else tree["root"])
    return nodes


def field_path(path: tuple[str, ...], task: str) -> str:
    """Where a node lies in the document: `root.children.<a>.children.<b>`."""
    return ".children.".join(("root", *(*path, task)[1:]))


def ordered(children: Mapping[str, Node]) -> list[Node]:
    """Siblings in their order: by position, ties by id. The map's own order means nothing."""
    return sorted(children.values(), key=lambda node: (node["position"], node["id"]))


def size(node: Node | None) -> int:
    """How many tasks stand at and below a node, trashed ones included."""
    return len(nodes(node))


def height(node: Node) -> int:
    """How many levels a subtree has: 1 for a task alone."""
    return max(len(place.path) for place in walk(node)) + 1


def outline(node: Node) -> Any:
    """A subtree as `(id, [outlines of its children in order])`, to compare shapes in tests and
    logs.
    """
    made: dict[str, Any] = {}
    for place in reversed(list(walk(node))):
        below = [made[child["id"]] for child in ordered(place.node["children"])]
        made[place.node["id"]] = (place.node["id"], below)
    return made[node["id"]]


def faults(tree: Tree) -> list[str]:
    """What makes a tree invalid, in words; an empty list for a valid one."""
    found, seen = [], set()
    if tree["root"] and tree["root"]["id"] != tree["_id"]:
        found.append("the root's id is not the tree's")
    stack = [tree["root"]] if tree["root"] else []
    while stack:  # no walk: a stub has neither id nor children
        node = stack.pop()
        if node["id"] in seen:
            found.append(f"{node['id']} stands twice")
        seen.add(node["id"])
        children = node["children"]
        found += [f"{key} is no task" for key in children if children[key].get("id") != key]
        stack += [child for child in children.values() if {"id", "children"} <= child.keys()]
    if tree["size"] != len(seen):
        found.append(f"size says {tree['size']}, there are {len(seen)}")
    return found
