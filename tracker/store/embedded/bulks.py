"""Many writes in one transaction: PyMongo's requests, and the report on them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.common import validate_ok_for_replace, validate_ok_for_update
from pymongo.errors import InvalidOperation, WriteError

from . import writes
from .changes import Changes
from .codec import Document, normal
from .shelves import Shelf

Deed = Callable[[Changes, Shelf], Document]


class Requests:
    """Takes PyMongo's InsertOne, UpdateOne and their kind, which add themselves to it.

    The `sort` that they hand over since PyMongo 4.11 is taken, and refused where it says anything.
    """

    def __init__(self, requests: Iterable[Any], now: datetime) -> None:
        self._now = now
        self.deeds: list[Deed] = []
        for request in requests:
            if not hasattr(request, "_add_to_bulk"):
                raise TypeError(f"{request!r} is not a valid request")
            request._add_to_bulk(self)
        if not self.deeds:
            raise InvalidOperation("No operations to execute")

    def add_insert(self, document: Any) -> None:
        document.setdefault("_id", ObjectId())

        def deed(changes: Changes, shelf: Shelf) -> Document:
            writes.insert(changes, shelf, document)
            return {"nInserted": 1}

        self.deeds.append(deed)

    def add_update(
        self, filter: Mapping[str, Any], update: Any, multi: bool, upsert: bool, **options: Any
    ) -> None:
        validate_ok_for_update(update)
        _refuse(options)

        def deed(changes: Changes, shelf: Shelf) -> Document:
            edit = writes.updating(filter, update, self._now)
            return _counted(writes.update(changes, shelf, edit, multi=multi, upsert=upsert))

        self.deeds.append(deed)

    def add_replace(
        self, filter: Mapping[str, Any], replacement: Any, upsert: bool | None, **options: Any
    ) -> None:
        validate_ok_for_replace(replacement)
        _refuse(options)

        def deed(changes: Changes, shelf: Shelf) -> Document:
            edit = writes.replacing(filter, replacement)
            return _counted(writes.update(changes, shelf, edit, multi=False, upsert=bool(upsert)))

        self.deeds.append(deed)

    def add_delete(self, filter: Mapping[str, Any], limit: int, **options: Any) -> None:
        _refuse(options)

        def deed(changes: Changes, shelf: Shelf) -> Document:
            found = shelf.find(normal(filter))
            return {"nRemoved": writes.delete(changes, shelf, found[:limit] if limit else found)}

        self.deeds.append(deed)


def run(deeds: list[Deed], changes: Changes, shelf: Shelf, *, ordered: bool) -> Document:
    """Do them in turn, all or up to the first that fails; PyMongo's report, errors included."""
    result: Document = {"writeErrors": [], "writeConcernErrors": [], "upserted": []}
    result |= dict.fromkeys(("nInserted", "nMatched", "nModified", "nRemoved", "nUpserted"), 0)
    for index, deed in enumerate(deeds):
        try:
            counts = deed(changes, shelf)
        except WriteError as e:
            result["writeErrors"].append({"index": index, "code": e.code, "errmsg": str(e)})
            if ordered:
                break
            continue
        if "upserted" in counts:
            result["upserted"].append({"index": index, "_id": counts.pop("upserted")})
        for name, number in counts.items():
            result[name] += number
    return result


def _counted(answer: Document) -> Document:
    if "upserted" in answer:
        return {"nUpserted": 1, "upserted": answer["upserted"]}
    return {"nMatched": answer["n"], "nModified": answer["nModified"]}


def _refuse(options: Mapping[str, Any]) -> None:
    said = [name for name, value in options.items() if value is not None and name != "hint"]
    if said:
        raise NotImplementedError(f"{', '.join(said)} is not kept by the embedded store")
