"""The documents of one collection in memory. No lock and no file here: `databases` holds both."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bson.regex import Regex
from pymongo.errors import DuplicateKeyError, OperationFailure
from pymongo.operations import IndexModel

from .codec import Document, Entry, encode, key_of
from .filters import compiled
from .indexes import Index
from .orders import Sort, ordered

_REMEMBERED = 8  # answers to the last scans, for the count beside a page and the page after it


class Shelf:
    """Entries by key, in the order in which they came; unique values hold at every moment."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: dict[bytes, Entry] = {}
        self._indexes: dict[str, Index] = {}
        self._scans: dict[tuple[bytes, Sort], list[Entry]] = {}

    def find(self, filter: Document, sort: Sort = ()) -> list[Entry]:
        """All entries that match, in order; the list is shared and must not be changed."""
        named = _named_keys(filter)
        if named is not None:
            test = compiled(filter)
            known = (self.entries.get(key) for key in named)
            return ordered((e for e in known if e and test(e.doc)), sort)
        question = (encode(filter), sort)
        if question not in self._scans:
            found = ordered(self.find(filter), sort) if sort else self._scan(filter)
            if len(self._scans) >= _REMEMBERED:
                self._scans.pop(next(iter(self._scans)))
            self._scans[question] = found
        return self._scans[question]

    def put(self, entry: Entry) -> None:
        """Add or replace; raises DuplicateKeyError before anything has changed."""
        for index in self._uniques():
            index.check(entry)
        old = self.entries.get(entry.key)
        self._set(entry.key, entry)
        for index in self._uniques():
            index.swap(old, entry)

    def add(self, entry: Entry) -> None:
        """Add; raises DuplicateKeyError where the `_id` is taken."""
        if entry.key in self.entries:
            text = f"E11000 duplicate key error collection: {self.name} index: _id_"
            raise DuplicateKeyError(text, 11000, {"index": 0, "code": 11000, "errmsg": text})
        self.put(entry)

    def remove(self, key: bytes) -> None:
        """Take an entry away."""
        old = self.entries[key]
        self._set(key, None)
        for index in self._uniques():
            index.swap(old, None)

    def restore(self, entries: Mapping[bytes, Entry | None]) -> None:
        """Put things back as they were, whatever stands here now."""
        for key, entry in entries.items():
            self._set(key, entry)
        for index in self._uniques():
            index.build(self.entries.values())

    def expired(self, now: datetime) -> Iterator[Entry]:
        """The entries whose time has come by an index that names a lifetime."""
        limits = [i for i in self._indexes.values() if "expireAfterSeconds" in i.options]
        if limits:
            yield from (e for e in self.entries.values() if any(i.expired(e, now) for i in limits))

    def declare(self, model: IndexModel) -> str:
        """Add an index, or find it there; raises DuplicateKeyError, OperationFailure."""
        spec = dict(model.document)
        index = Index(str(spec["name"]), spec)
        known = self._indexes.get(index.name)
        if known and (known.key, known.options) != (index.key, index.options):
            raise OperationFailure(f"Index {index.name} exists with other options", 86)
        if not known:
            if index.unique:
                index.build(self.entries.values())
            self._indexes[index.name] = index
        return index.name

    def undeclare(self, name: str) -> None:
        """Drop an index; raises OperationFailure where there is none of that name."""
        if self._indexes.pop(name, None) is None:
            raise OperationFailure(f"index not found with name [{name}]", 27)

    def declared(self) -> dict[str, Document]:
        """What `index_information` tells; nothing for a collection that nobody has used."""
        if not self.entries and not self._indexes:
            return {}
        known = {i.name: {"v": 2, "key": i.key, **i.options} for i in self._indexes.values()}
        return {"_id_": {"v": 2, "key": [("_id", 1)]}, **known}

    def _uniques(self) -> list[Index]:
        return [index for index in self._indexes.values() if index.unique]

    def _scan(self, filter: Document) -> list[Entry]:
        test = compiled(filter)
        return [entry for entry in self.entries.values() if test(entry.doc)]

    def _set(self, key: bytes, entry: Entry | None) -> None:
        self._scans.clear()
        if entry is None:
            self.entries.pop(key, None)
        else:
            self.entries[key] = entry


def _named_keys(filter: Document) -> list[bytes] | None:
    """The keys of the only documents that can match, where the filter names them by `_id`."""
    if "_id" not in filter:
        return None
    wanted: Any = filter["_id"]
    if isinstance(wanted, dict) and any(name.startswith("$") for name in wanted):
        if "$eq" not in wanted and not isinstance(wanted.get("$in"), list):
            return None
        values = [wanted["$eq"]] if "$eq" in wanted else wanted["$in"]
    else:
        values = [wanted]
    if any(isinstance(value, (Regex, list)) for value in values):
        return None
    return list(dict.fromkeys(map(key_of, values)))
