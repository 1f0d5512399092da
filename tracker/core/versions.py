"""What an `If-Match` compares (RFC 9110, 13.1.1): the part of an ETag before its dot.

A task's is `n<hops>-<rev>`, a tree's `t<number of its root>-<rev>`. Without hops, or without the
root's number, an old tag could fit again after a move between trees.
"""

from collections.abc import Mapping
from typing import Any

from tracker.errors import Stale

from .terms import IfMatch
from .trees import Node, Tree


def of_task(node: Mapping[str, Any], *, rev: int) -> str:
    """The version of a task, from its node or its row; `rev` is the task's own."""
    return f"n{node['hops']}-{rev}"


def of_tree(number: int, rev: int) -> str:
    """The version of a tree, by the number of its root."""
    return f"t{number}-{rev}"


def require(if_match: IfMatch, tree: Tree, node: Node) -> None:
    """Passes where the condition fits what stands; raises Stale naming the task where it moved
    on.
    """
    if if_match is None or if_match == "*":
        return
    standing = {of_task(node, rev=node["rev"]), of_tree(tree["root"]["number"], tree["rev"])}
    if not standing.intersection(if_match):
        raise Stale(task=node["id"])
