"""Update operators, applied by mongomock to a private copy; what it would let pass is refused here.

mongomock changes a document in place and stops half-way when an operator fails. The copy it works
on is thrown away then, so that nobody sees it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from bson import ObjectId
from mongomock.collection import Collection as MockCollection
from pymongo.errors import PyMongoError, WriteError

from .codec import Document, normal

_CREATING = ("$set", "$setOnInsert", "$inc", "$min", "$max", "$push", "$addToSet")
_KNOWN = {*_CREATING, "$unset", "$pull", "$pullAll", "$pop", "$rename"}


def prepared(update: Any, now: datetime) -> Document:
    """The update in stored form, `$currentDate` as a `$set`; raises WriteError."""
    if not isinstance(update, Mapping):
        raise NotImplementedError("pipeline updates are not kept by the embedded store")
    found = normal(update)
    dates = found.pop("$currentDate", {})
    if dates:
        found["$set"] = {**found.get("$set", {}), **normal(dict.fromkeys(dates, now))}
    _refuse_overlaps(path for fields in found.values() for path in fields)
    for name, fields in found.items():
        if name not in _KNOWN:
            raise WriteError(f"Unknown modifier: {name}", 9)
        if name == "$inc" and not all(_is_number(v) for v in fields.values()):
            raise WriteError("Cannot increment with a non-numeric argument", 14)
    return found


def apply(update: Document, document: Document, filter: Document, *, inserting: bool) -> Document:
    """The document after the update; the one handed in may be changed. Raises WriteError."""
    for name in _CREATING:
        for path in update.get(name, ()):
            _refuse_scalar_parent(document, path.split("."))
    positional = any("$" in path for fields in update.values() for path in fields)
    try:
        # mongomock follows the filter along each path, and loses its way where no `$` asks for it.
        _engine()._apply_update_document(document, filter if positional else {}, update, inserting)
    except (PyMongoError, NotImplementedError):
        raise
    except Exception as e:  # a Python error of an operator on a value of the wrong type
        raise WriteError(f"The update cannot be applied: {type(e).__name__}: {e}", 14) from e
    return document


def seed(filter: Document) -> Document:
    """What an upsert starts from: the fields for which the filter names a value."""
    found, _ = _engine()._discard_operators(_engine()._expand_dots(filter))
    return dict(found)


def with_id(document: Document) -> Document:
    """The document, with a fresh ObjectId where it has no `_id`."""
    return document if "_id" in document else {"_id": ObjectId(), **document}


def project(document: Document, projection: Document) -> Document:
    """The fields asked for, by mongomock's rules."""
    return dict(_engine()._copy_only_fields(document, dict(projection), dict))


@cache
def _engine() -> Any:
    """mongomock's operators alone: this collection has no database and holds no document."""
    return MockCollection(None, "operators", None)  # type: ignore[no-untyped-call]  # it has no hints


def _refuse_overlaps(paths: Iterator[str]) -> None:
    ordered = sorted(path + "." for path in paths)
    for one, other in zip(ordered, ordered[1:], strict=False):
        if other.startswith(one):
            raise WriteError(f"Updating '{other[:-1]}' would conflict with '{one[:-1]}'", 40)


def _refuse_scalar_parent(document: Any, parts: list[str]) -> None:
    for part in parts[:-1]:
        if isinstance(document, list):
            if not part.isdigit() or int(part) >= len(document):
                return
            document = document[int(part)]
        elif part in document:
            document = document[part]
        else:
            return
        if not isinstance(document, (dict, list)):
            raise WriteError(f"Cannot create field '{parts[-1]}' in the value at '{part}'", 28)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
