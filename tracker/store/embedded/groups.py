"""Counting: `$group` over many documents, behind `$match` and `$unwind`, and several in a `$facet`,
in the few expressions that the service uses. mongomock knows them all, and takes a tenth of a
millisecond for each document.

    "$name"   a field at the top            {"a": ..., "b": ...}   several values together
    $and, $eq, $ne, $gt, $lt                $dateToString with a format, in UTC
    $sum of a number or a field, $min of a field; what else is plain stands for itself
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from .codec import Document, key_of, normal
from .filters import ABSENT, compiled
from .orders import rank

Value = Callable[[Document], Any]
Adding = Callable[[Any, Document], Any]

_PLAIN = (str, int, float, bool, datetime, type(None))
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda one, other: rank(one) == rank(other),
    "$ne": lambda one, other: rank(one) != rank(other),
    "$gt": lambda one, other: rank(one) > rank(other),
    "$lt": lambda one, other: rank(one) < rank(other),
}


class Unknown(Exception):
    """What only mongomock knows."""


def grouped(documents: Iterable[Document], stages: list[Document]) -> list[Document]:
    """The answer to these stages, without a copy of any document; raises Unknown."""
    (name, asked), *further = [(name, stage[name]) for stage in stages for name in stage] or [
        ("", None)
    ]
    rest = [{name: asked} for name, asked in further]
    if name == "$unwind":
        return grouped(_unwound(documents, asked), rest)
    if name == "$match":
        return grouped(filter(compiled(asked), documents), rest)
    if rest or not isinstance(asked, dict):
        raise Unknown
    if name == "$facet":
        found = list(documents)
        return [{facet: grouped(found, inner) for facet, inner in asked.items()}]
    if name != "$group":
        raise Unknown
    key = _value(asked.get("_id"))
    return _summed(documents, lambda found: _shown(key(found)), _adding(asked))


def _summed(documents: Iterable[Document], key: Value, adding: dict[str, Adding]) -> list[Document]:
    found: dict[Any, tuple[Any, dict[str, Any]]] = {}
    for document in documents:
        value = key(document)
        _, sums = found.setdefault(_name_of(value), (value, dict.fromkeys(adding)))
        for field, add in adding.items():
            sums[field] = add(sums[field], document)
    return [normal({"_id": value, **sums}) for value, sums in found.values()]


def _name_of(value: Any) -> Any:
    """Equal for equal values; True is not 1."""
    if isinstance(value, dict):
        return tuple((name, _name_of(item)) for name, item in value.items())
    return key_of(value) if isinstance(value, list) else (isinstance(value, bool), value)


def _unwound(documents: Iterable[Document], path: Any) -> Iterator[Document]:
    name = _field_name(path)
    for document in documents:
        value = document.get(name)
        if isinstance(value, list):
            yield from ({**document, name: item} for item in value)
        elif value is not None:
            yield document


def _adding(asked: Document) -> dict[str, Adding]:
    return {name: _accumulator(how) for name, how in asked.items() if name != "_id"}


def _accumulator(how: Any) -> Adding:
    if not isinstance(how, dict) or len(how) != 1:
        raise Unknown
    ((kind, operand),) = how.items()
    value = _value(operand)
    if kind == "$sum":
        return lambda known, document: (known or 0) + _number(value(document))
    if kind == "$min":
        return lambda known, document: _least(known, value(document))
    raise Unknown


def _value(asked: Any) -> Value:
    if isinstance(asked, str) and asked.startswith("$"):
        name = _field_name(asked)
        return lambda document: document.get(name, ABSENT)
    if isinstance(asked, _PLAIN):
        return lambda document: asked
    if not isinstance(asked, dict):
        raise Unknown
    if any(name.startswith("$") for name in asked):
        return _expression(asked)
    parts = {name: _value(part) for name, part in asked.items()}
    return lambda document: {name: part(document) for name, part in parts.items()}


def _expression(asked: Document) -> Value:
    ((name, operands), *more) = asked.items()
    if name == "$dateToString" and not more:
        return _written_time(operands)
    if more or not isinstance(operands, list):
        raise Unknown
    values = [_value(operand) for operand in operands]
    if name == "$and":
        return lambda document: all(value(document) for value in values)
    if name not in _COMPARED or len(values) != 2:
        raise Unknown
    compared, (one, other) = _COMPARED[name], values
    return lambda document: compared(one(document), other(document))


def _written_time(asked: Any) -> Value:
    if not isinstance(asked, dict) or asked.keys() != {"format", "date"}:
        raise Unknown
    form, value = asked["format"], _value(asked["date"])
    if re.sub("%[YmdHM]|[-T:]", "", form):
        raise Unknown

    def written(document: Document) -> Any:
        moment = value(document)
        return moment.strftime(form) if isinstance(moment, datetime) else None

    return written


def _shown(value: Any) -> Any:
    """What stands in an answer: what is absent is left out, or null where it stands alone."""
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items() if item is not ABSENT}
    return None if value is ABSENT else value


def _field_name(path: Any) -> str:
    if not isinstance(path, str) or not path.startswith("$") or "." in path or path[1:2] == "$":
        raise Unknown
    return path[1:]


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _least(known: Any, value: Any) -> Any:
    if value is None or value is ABSENT:
        return known
    return value if known is None or rank(value) < rank(known) else known
