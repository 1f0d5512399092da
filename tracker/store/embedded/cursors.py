"""What `find` hands out: an answer that is looked up when it is first read, as copies."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Self

from . import operators
from .codec import Document, Entry, decode, encode, normal
from .orders import Sort, pairs

Look = Callable[[Document, Sort], list[Entry]]


class Cursor:
    """PyMongo's Cursor, as far as keyword arguments do not serve better."""

    def __init__(self, look: Look, filter: Mapping[str, Any], projection: Any) -> None:
        self._look, self._filter, self._projection = look, filter, projection
        self._sort: Any = None
        self._skip = self._limit = 0
        self._answer: Iterator[Document] | None = None

    def sort(self, key_or_list: Any, direction: int | None = None) -> Self:
        self._sort = [(key_or_list, direction)] if direction else key_or_list
        return self

    def skip(self, skip: int) -> Self:
        self._skip = skip
        return self

    def limit(self, limit: int) -> Self:
        self._limit = abs(limit)
        return self

    def hint(self, hint: Any) -> Self:
        """Changes nothing: there is one way to look."""
        return self

    def max_time_ms(self, max_time_ms: int | None) -> Self:
        """Changes nothing: no answer takes long enough."""
        return self

    def batch_size(self, batch_size: int) -> Self:
        """Changes nothing: there are no batches."""
        return self

    def to_list(self, length: int | None = None) -> list[Document]:
        return list(islice(self, length))

    def close(self) -> None:
        self._answer = iter(())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Document:
        if self._answer is None:
            end = self._skip + self._limit if self._limit else None
            found = self._look(normal(self._filter), pairs(self._sort))
            self._answer = (shown(e, self._projection) for e in found[self._skip : end])
        return next(self._answer)

    next = __next__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def shown(entry: Entry, projection: Any) -> Document:
    """A copy of the document that the caller may change; with a projection, of what it names."""
    if not projection:
        return decode(entry.blob)
    if not isinstance(projection, Mapping):
        projection = dict.fromkeys(projection, 1)
    if any("." in name or not isinstance(value, (bool, int)) for name, value in projection.items()):
        return operators.project(decode(entry.blob), dict(projection))
    return decode(encode(_cut(entry.doc, projection)))


def _cut(document: Document, projection: Mapping[str, Any]) -> Document:
    fields = {name: value for name, value in projection.items() if name != "_id"}
    if any(fields.values()) or (not fields and projection["_id"]):
        names = [name for name in ("_id", *fields) if projection.get(name, name == "_id")]
        return {name: document[name] for name in names if name in document}
    return {k: v for k, v in document.items() if projection.get(k, True)}
