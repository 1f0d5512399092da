"""What a changed palette and deleted categories leave to be done in trees. Makes Edits."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from .edits import Edit, fields, merge
from .limits import ENTRY_BYTES, bson_size
from .tags import Palette
from .trees import Node, Tree, walk

# far below what one commit may record, whatever stands on its tasks
_MOST_BYTES = ENTRY_BYTES // 2


def tidied(tree: Tree, palette: Palette, gone: Collection[str], *, at: datetime) -> Edit | None:
    """The Edit that gives tasks the names that their tags go by, and takes deleted categories off;
    of trashed ones, too. None where nothing is left.

    One commit is enough for all but the most overgrown trees: those take several.
    """
    edits = list(_bounded(_each(tree, palette, gone, at)))
    return merge(edits) if edits else None


def _each(tree: Tree, palette: Palette, gone: Collection[str], at: datetime) -> Iterator[Edit]:
    for place in walk(tree["root"]):
        changes = _changes(place.node, palette, gone)
        if changes:
            changed = {**changes, "updated_at": at}
            yield fields(place, changed, kind="task_updated", rev=tree["rev"] + 1)


def _changes(node: Node, palette: Palette, gone: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not palette.in_transit.isdisjoint(node["tags"]):
        found["tags"] = palette.meant(node["tags"])
    if node.get("category") in gone:
        found["category"] = None
    return found


def _bounded(edits: Iterator[Edit]) -> Iterator[Edit]:
    told = 0
    for edit in edits:
        told += sum(bson_size(event) for event in edit.events)
        if told > _MOST_BYTES:
            return
        yield edit
