"""One deed each on the documents of a shelf, inside a transaction of the database."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pymongo.errors import WriteError

from . import operators
from .changes import Changes
from .codec import Document, Entry, decode, encode, entry_of, key_of, normal
from .shelves import Shelf


class Edit(NamedTuple):
    """What is to happen to what matches; `change` takes a copy, and whether it is a new one."""

    filter: Document
    change: Callable[[Document, bool], Document]


def updating(filter: Mapping[str, Any], update: Any, now: datetime) -> Edit:
    """An Edit by update operators; raises WriteError for a wrong update."""
    found, steps = normal(filter), operators.prepared(update, now)
    return Edit(found, lambda doc, new: operators.apply(steps, doc, found, inserting=new))


def replacing(filter: Mapping[str, Any], replacement: Mapping[str, Any]) -> Edit:
    """An Edit that leaves nothing of the document but its `_id`."""
    found = normal(replacement)
    return Edit(normal(filter), lambda doc, _: {**{k: doc[k] for k in doc if k == "_id"}, **found})


def insert(changes: Changes, shelf: Shelf, document: Mapping[str, Any]) -> None:
    """Add a document that has its `_id`; raises DuplicateKeyError."""
    blob = encode(document)
    changes.add(shelf, entry_of(decode(blob), blob))


def update(changes: Changes, shelf: Shelf, edit: Edit, *, multi: bool, upsert: bool) -> Document:
    """Change one document that matches, or all, or make one; what a server would answer."""
    found = shelf.find(edit.filter)
    if not found and upsert:
        made = create(changes, shelf, edit)
        return {"n": 1, "nModified": 0, "upserted": made.doc["_id"], "ok": 1.0}
    chosen = found if multi else found[:1]
    modified = sum(revise(changes, shelf, edit, entry) is not entry for entry in chosen)
    return {"n": len(chosen), "nModified": modified, "ok": 1.0, "updatedExisting": bool(chosen)}


def create(changes: Changes, shelf: Shelf, edit: Edit) -> Entry:
    """Make the document of an upsert; raises DuplicateKeyError where the filter only missed it."""
    document = operators.with_id(edit.change(operators.seed(edit.filter), True))
    entry = entry_of(document, encode(document))
    changes.add(shelf, entry)
    return entry


def revise(changes: Changes, shelf: Shelf, edit: Edit, entry: Entry) -> Entry:
    """Change one document; the very same entry where nothing came out different."""
    document = edit.change(decode(entry.blob), False)
    if "_id" not in document or key_of(document["_id"]) != entry.key:
        raise WriteError("Performing an update on the path '_id' would modify it", 66)
    blob = encode(document)
    if blob == entry.blob:
        return entry
    revised = entry_of(document, blob)
    changes.put(shelf, revised)
    return revised


def delete(changes: Changes, shelf: Shelf, found: Iterable[Entry]) -> int:
    """Take these documents away; how many they were."""
    keys = [entry.key for entry in found]
    for key in keys:
        changes.remove(shelf, key)
    return len(keys)
