"""Indexes: what must be unique, and what expires. Look-ups by other fields scan, so need none."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from pymongo.errors import DuplicateKeyError

from .codec import Document, Entry, key_of
from .filters import ABSENT, reach

_REFUSED = ("partialFilterExpression", "collation")


class Index:
    """One declared index; a unique one knows which document has each value."""

    def __init__(self, name: str, spec: Mapping[str, Any]) -> None:
        for option in _REFUSED:
            if spec.get(option) is not None:
                raise NotImplementedError(f"{option} is not kept by the embedded store")
        self.name = name
        self.key: list[tuple[str, Any]] = list(spec["key"].items())
        self.options = {k: v for k, v in spec.items() if k not in ("key", "name") and v}
        if spec.get("expireAfterSeconds") is not None:
            self.options["expireAfterSeconds"] = spec["expireAfterSeconds"]
        self.unique = bool(spec.get("unique"))
        self._paths = [field.split(".") for field, _ in self.key]
        self._owners: dict[bytes, bytes] = {}

    def check(self, entry: Entry) -> None:
        """Raises DuplicateKeyError where another document has one of the values."""
        for value in self._values(entry.doc):
            if self._owners.get(value, entry.key) != entry.key:
                text = f"E11000 duplicate key error index: {self.name}"
                raise DuplicateKeyError(text, 11000, {"index": 0, "code": 11000, "errmsg": text})

    def swap(self, old: Entry | None, new: Entry | None) -> None:
        """Follow a document from what it was to what it is; None for not there."""
        for value in self._values(old.doc) if old else ():
            self._owners.pop(value, None)
        for value in self._values(new.doc) if new else ():
            self._owners[value] = new.key  # type: ignore[union-attr]  # empty without new

    def build(self, entries: Iterable[Entry]) -> None:
        """Start again from these documents; raises DuplicateKeyError where two share a value."""
        self._owners = {}
        for entry in entries:
            self.check(entry)
            self.swap(None, entry)

    def expired(self, entry: Entry, now: datetime) -> bool:
        """True when the index names a lifetime and the document's time plus it has come."""
        seconds = self.options.get("expireAfterSeconds")
        if seconds is None:
            return False
        found = next(reach(entry.doc, self._paths[0]), ABSENT)
        values = found if isinstance(found, list) else [found]
        times = [value for value in values if isinstance(value, datetime)]
        return bool(times) and min(times) + timedelta(seconds=seconds) <= now

    def _values(self, document: Document) -> set[bytes]:
        """The values the index holds for a document: more than one where a field is a list."""
        columns = [_column(document, path) for path in self._paths]
        if self.options.get("sparse") and all(column == [ABSENT] for column in columns):
            return set()
        combinations = product(*columns)
        return {key_of([None if v is ABSENT else v for v in row]) for row in combinations}


def _column(document: Document, path: list[str]) -> list[Any]:
    column: list[Any] = []
    for value in reach(document, path):
        column.extend((value or [None]) if isinstance(value, list) else [value])
    return column or [ABSENT]
