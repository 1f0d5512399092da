"""What hangs on a task and is stored beside its tree: comments and files. Here is what the task
itself says of them: how many there are, and the newest.

A node holds `comments` and `files`, each `{"count", "newest": [ids, the newest last]}`; neither
where there never was one. Newer is whose id is greater: ids rise with time. Nothing of this counts
as a change of the task: its rev and `updated_at` stay.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .edits import Edit, Event
from .trees import Node, Place, field_path

COMMENTS, FILES = "comments", "files"
KINDS = (COMMENTS, FILES)
NEWEST = 10

Tally = dict[str, Any]

_NONE: Tally = {"count": 0, "newest": []}


def tally(node: Node, kind: str) -> Tally:
    """What a node says of its comments or files; zero and none where it says nothing."""
    found: Tally = node.get(kind) or _NONE
    return found


def add(node: Node, kind: str, ids: Collection[str]) -> Tally:
    """The tally with these added, which are not among them yet."""
    known = tally(node, kind)
    return {"count": known["count"] + len(ids), "newest": _newest([*known["newest"], *ids])}


def remove(node: Node, kind: str, one: str, left: Iterable[str]) -> Tally:
    """The tally with one of them gone; `left` are those that may move up, where `moves_up` says
    that any does.
    """
    known = tally(node, kind)
    others = {*known["newest"], *left} - {one}
    newest = _newest(others) if moves_up(node, kind, one) else sorted({*known["newest"]} - {one})
    return {"count": known["count"] - 1, "newest": newest}


def moves_up(node: Node, kind: str, one: str) -> bool:
    """True where one that goes makes room among the newest for one that only the store knows."""
    known = tally(node, kind)
    return one in known["newest"] and known["count"] > len(known["newest"])


def put(place: Place, kind: str, after: Tally, event: Event) -> Edit:
    """The Edit that writes a tally down; the event says to the drain what to do beside it."""
    return Edit({f"{field_path(place.path, place.node['id'])}.{kind}": after}, (), (event,))


def row_fields(node: Node) -> dict[str, Any]:
    """What a row carries: `comments_count`, `comments_newest`, and of files alike; absent where
    there are none.
    """
    found: dict[str, Any] = {}
    for kind in KINDS:
        known = tally(node, kind)
        if known["count"]:
            found[f"{kind}_count"] = known["count"]
            found[f"{kind}_newest"] = known["newest"]
    return found


def counted(row: Mapping[str, Any], kind: str) -> int:
    """How many a row says there are."""
    return int(row.get(f"{kind}_count", 0))


def newest(row: Mapping[str, Any], kind: str) -> list[str]:
    """The ids of the newest that a row knows, the newest last."""
    return list(row.get(f"{kind}_newest", ()))


def _newest(ids: Iterable[str]) -> list[str]:
    return sorted(set(ids))[-NEWEST:]
