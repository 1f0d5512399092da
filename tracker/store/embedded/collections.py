"""PyMongo's Collection, as far as all stores agree: the same names, arguments, answers, exceptions.

What the embedded store does not keep is no argument here, so it fails at the call.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from bson import ObjectId
from mongomock.aggregate import process_pipeline
from pymongo import ReturnDocument
from pymongo.common import validate_is_mapping, validate_ok_for_replace, validate_ok_for_update
from pymongo.errors import BulkWriteError
from pymongo.operations import IndexModel, InsertOne
from pymongo.results import (
    BulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
)

from . import bulks, groups, writes
from .codec import Document, Entry, decode, key_of, normal
from .cursors import Cursor, shown
from .filters import ABSENT, reach
from .orders import Sort, pairs, rank
from .transactions import Transactions

Filter = Mapping[str, Any]


class Collection:
    """One collection; any number of threads may use it."""

    def __init__(self, database: Any, name: str, transactions: Transactions) -> None:
        self.database, self.name = database, name
        self._transactions, self._shelf = transactions, transactions.shelf(name)

    def find(
        self, filter: Filter | None = None, projection: Any = None, skip: int = 0, limit: int = 0,
        *, sort: Any = None, batch_size: int = 0, hint: Any = None, max_time_ms: int | None = None,
    ) -> Cursor:  # fmt: skip
        """Copies of the documents that match."""
        validate_is_mapping("filter", filter or {})
        return Cursor(self._look, filter or {}, projection).sort(sort).skip(skip).limit(limit)

    def find_one(
        self, filter: Any = None, projection: Any = None, *, sort: Any = None, skip: int = 0,
        hint: Any = None, max_time_ms: int | None = None,
    ) -> Document | None:  # fmt: skip
        """The first document that matches, or None; anything but a mapping is an `_id`."""
        wanted = filter if filter is None or isinstance(filter, Mapping) else {"_id": filter}
        return next(self.find(wanted, projection, skip, 1, sort=sort), None)

    def count_documents(
        self, filter: Filter, *, skip: int = 0, limit: int = 0, hint: Any = None,
        maxTimeMS: int | None = None,
    ) -> int:  # fmt: skip
        """How many match, without the first `skip` and at most `limit`."""
        number = max(len(self._look(normal(filter))) - skip, 0)
        return min(number, limit) if limit else number

    def estimated_document_count(self) -> int:
        return self.count_documents({})

    def distinct(self, key: str, filter: Filter | None = None) -> list[Any]:
        """The values that a field has, in order; the elements where it is a list."""
        found: dict[bytes, Any] = {}
        for entry in self._look(normal(filter or {})):
            for value in reach(decode(entry.blob), key.split(".")):
                for item in value if isinstance(value, list) else [value]:
                    if item is not ABSENT:
                        found.setdefault(key_of(item), item)
        return sorted(found.values(), key=rank)

    def aggregate(
        self, pipeline: Iterable[Filter], *, batchSize: int = 0, maxTimeMS: int | None = None,
        allowDiskUse: bool = False, hint: Any = None,
    ) -> Any:  # fmt: skip
        """The answer to a pipeline: our own where it counts (`groups`), else mongomock's."""
        stages = normal({"pipeline": list(pipeline)})["pipeline"]
        first = stages.pop(0)["$match"] if stages and "$match" in stages[0] else {}
        if any("$out" in stage for stage in stages):
            raise NotImplementedError("$out is not kept by the embedded store")
        found = self._look(first)
        try:
            return iter(groups.grouped((entry.doc for entry in found), stages))
        except groups.Unknown:
            copies = [decode(entry.blob) for entry in found]
        answer: Any = process_pipeline  # mongomock has no type hints
        return answer(copies, self.database, stages, None)

    def insert_one(self, document: MutableMapping[str, Any]) -> InsertOneResult:
        """Add a document, its `_id` made where it has none; raises DuplicateKeyError."""
        validate_is_mapping("document", document)
        document.setdefault("_id", ObjectId())
        with self._transactions.writing() as changes:
            writes.insert(changes, self._shelf, document)
        return InsertOneResult(document["_id"], True)

    def insert_many(
        self, documents: Iterable[MutableMapping[str, Any]], ordered: bool = True
    ) -> InsertManyResult:
        """Add documents in one transaction; raises BulkWriteError, with the others added."""
        found = list(documents)
        if not found:
            raise TypeError("documents must be a non-empty list")
        self.bulk_write([InsertOne(document) for document in found], ordered=ordered)
        return InsertManyResult([document["_id"] for document in found], True)

    def update_one(self, filter: Filter, update: Filter, upsert: bool = False) -> UpdateResult:
        """Change one document that matches, or make one; raises WriteError, DuplicateKeyError."""
        return self._update(self._updating(filter, update), multi=False, upsert=upsert)

    def update_many(self, filter: Filter, update: Filter, upsert: bool = False) -> UpdateResult:
        """Change all documents that match, or none where one fails."""
        return self._update(self._updating(filter, update), multi=True, upsert=upsert)

    def replace_one(
        self, filter: Filter, replacement: Filter, upsert: bool = False
    ) -> UpdateResult:
        """Put a whole document in the place of one that matches, or make it."""
        validate_ok_for_replace(replacement)
        return self._update(writes.replacing(filter, replacement), multi=False, upsert=upsert)

    def find_one_and_update(
        self, filter: Filter, update: Filter, projection: Any = None, sort: Any = None,
        upsert: bool = False, return_document: bool = ReturnDocument.BEFORE,
    ) -> Document | None:  # fmt: skip
        """Change the first document that matches; what it was, or with AFTER what it is."""
        edit = self._updating(filter, update)
        with self._transactions.writing() as changes:
            before = next(iter(self._shelf.find(edit.filter, pairs(sort))), None)
            after = writes.revise(changes, self._shelf, edit, before) if before else None
            if not before and upsert:
                after = writes.create(changes, self._shelf, edit)
        answer = after if return_document else before
        return shown(answer, projection) if answer else None

    def delete_one(self, filter: Filter) -> DeleteResult:
        return self._delete(filter, 1)

    def delete_many(self, filter: Filter) -> DeleteResult:
        return self._delete(filter, None)

    def bulk_write(self, requests: Iterable[Any], ordered: bool = True) -> BulkWriteResult:
        """Do the requests in one transaction; raises BulkWriteError, with the others done."""
        deeds = bulks.Requests(requests, self._transactions.clock()).deeds
        with self._transactions.writing() as changes:
            result = bulks.run(deeds, changes, self._shelf, ordered=ordered)
        if result["writeErrors"]:
            raise BulkWriteError(result)
        return BulkWriteResult(result, True)

    def create_index(self, keys: Any, **options: Any) -> str:
        """Declare an index; raises DuplicateKeyError where documents break it already."""
        return self.create_indexes([IndexModel(keys, **options)])[0]

    def create_indexes(self, indexes: Iterable[IndexModel]) -> list[str]:
        """Declare indexes; they are not kept in the file, so a program does so at each start."""
        with self._transactions.reading():
            return [self._shelf.declare(model) for model in indexes]

    def drop_index(self, index_or_name: Any) -> None:
        named = isinstance(index_or_name, str)
        name = index_or_name if named else IndexModel(index_or_name).document["name"]
        with self._transactions.reading():
            self._shelf.undeclare(name)

    def index_information(self) -> dict[str, Document]:
        with self._transactions.reading():
            return self._shelf.declared()

    def _look(self, filter: Document, sort: Sort = ()) -> list[Entry]:
        with self._transactions.reading():
            return self._shelf.find(filter, sort)

    def _updating(self, filter: Filter, update: Filter) -> writes.Edit:
        validate_ok_for_update(update)
        return writes.updating(filter, update, self._transactions.clock())

    def _update(self, edit: writes.Edit, *, multi: bool, upsert: bool) -> UpdateResult:
        with self._transactions.writing() as changes:
            answer = writes.update(changes, self._shelf, edit, multi=multi, upsert=upsert)
        return UpdateResult(answer, True)

    def _delete(self, filter: Filter, limit: int | None) -> DeleteResult:
        wanted = normal(filter)
        with self._transactions.writing() as changes:
            gone = writes.delete(changes, self._shelf, self._shelf.find(wanted)[:limit])
        return DeleteResult({"n": gone, "ok": 1.0}, True)
