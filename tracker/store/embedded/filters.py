"""Filters, turned once into functions of a document, so that a scan of ten thousand is quick.

MongoDB's meaning for the common operators on plain values; mongomock's own filter does the rest.
"""

import operator
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.int64 import Int64
from bson.regex import Regex
from mongomock.filtering import filter_applies

from .codec import Document

Test = Callable[[Document], bool]
ValueTest = Callable[[Any], bool]

ABSENT = object()
_PLAIN = (str, int, float, bool, datetime, ObjectId, bytes, type(None))
_NUMBERS = frozenset({int, float, Int64})
_KINDS: dict[type, Container[type]] = {
    **{kind: {kind} for kind in (str, bool, datetime)},
    **dict.fromkeys(_NUMBERS, _NUMBERS),
}
_COMPARISONS = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def compiled(filter: Mapping[str, Any]) -> Test:
    """A function that tells whether a document matches; raises OperationFailure."""
    return _every([_condition(key, wanted) for key, wanted in filter.items()])


def reach(document: Any, parts: list[str]) -> Iterator[Any]:
    """The values at a dotted path, through every element of a list on the way; ABSENT for none."""
    if not parts:
        yield document
    elif isinstance(document, dict):
        yield from reach(document.get(parts[0], ABSENT), parts[1:])
    elif not isinstance(document, list):
        yield ABSENT
    elif parts[0].isdigit():
        yield from (v for item in document[int(parts[0]) :][:1] for v in reach(item, parts[1:]))
    else:
        yield from (v for item in document if isinstance(item, dict) for v in reach(item, parts))


def _condition(key: str, wanted: Any) -> Test:
    if key in ("$and", "$or", "$nor") and isinstance(wanted, list) and wanted:
        tests = [compiled(part) for part in wanted]
        if key == "$and":
            return _every(tests)
        some = _some(tests)
        return some if key == "$or" else lambda doc: not some(doc)
    if key.startswith("$"):
        return _by_mongomock(key, wanted)
    return _field(key, wanted) or _by_mongomock(key, wanted)


def _by_mongomock(key: str, wanted: Any) -> Test:
    part = {key: wanted}
    applies: Any = filter_applies  # mongomock has no type hints
    applies(part, {})  # a bad operator is refused even where no document would meet it
    return lambda doc: bool(applies(part, doc))


def _field(key: str, wanted: Any) -> Test | None:
    if isinstance(wanted, Regex):
        wanted = {"$regex": wanted}
    if not isinstance(wanted, dict):
        return _any_value(key, _equal(wanted)) if isinstance(wanted, _PLAIN) else None
    tests = [_operator(key, name, wanted) for name in wanted if name != "$options"]
    return _every([t for t in tests if t]) if tests and all(tests) else None


def _operator(key: str, name: str, wanted: Document) -> Test | None:
    """One operator as a function; None for what mongomock's filter must do."""
    operand = wanted[name]
    if name == "$exists":
        return _exists(key, bool(operand))
    if name == "$regex":
        return _any_value(key, _searched(operand, str(wanted.get("$options", ""))))
    if name == "$not":
        return _negated(_field(key, operand) if isinstance(operand, (dict, Regex)) else None)
    if name in ("$in", "$nin") and isinstance(operand, list):
        if not all(isinstance(item, _PLAIN) for item in operand):
            return None
        among = _any_value(key, _among(operand))
        return among if name == "$in" else _negated(among)
    if not isinstance(operand, _PLAIN):
        return None
    if name in ("$eq", "$ne"):
        equal = _any_value(key, _equal(operand))
        return equal if name == "$eq" else _negated(equal)
    if name in _COMPARISONS and type(operand) in _KINDS:
        return _any_value(key, _compared(name, operand))
    return None


def _negated(test: Test | None) -> Test | None:
    return test and (lambda doc: not test(doc))


def _any_value(key: str, test: ValueTest) -> Test:
    """True when the value at the path, or one element of it where it is a list, passes."""
    if "." in key:
        parts = key.split(".")
        return lambda doc: any(map(test, _elements(reach(doc, parts))))

    def single(doc: Document) -> bool:
        value = doc.get(key, ABSENT)
        return any(map(test, value)) if type(value) is list else test(value)

    return single


def _elements(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _exists(key: str, wanted: bool) -> Test:
    parts = key.split(".")
    return lambda doc: any(v is not ABSENT for v in reach(doc, parts)) is wanted


def _equal(wanted: Any) -> ValueTest:
    if wanted is None:
        return lambda value: value is None or value is ABSENT
    if isinstance(wanted, bool):
        return lambda value: value is wanted
    if isinstance(wanted, (int, float)):  # True == 1 in Python, and not in MongoDB
        return lambda value: value == wanted and type(value) is not bool
    return lambda value: bool(value == wanted)


def _among(wanted: list[Any]) -> ValueTest:
    plain = {item for item in wanted if not isinstance(item, bool)}
    booleans = {item for item in wanted if isinstance(item, bool)}
    if None in plain:
        plain.add(ABSENT)

    def among(value: Any) -> bool:
        if isinstance(value, (bool, dict, list)):
            return isinstance(value, bool) and value in booleans
        return value in plain

    return among


def _compared(name: str, wanted: Any) -> ValueTest:
    compare, kinds = _COMPARISONS[name], _KINDS[type(wanted)]
    return lambda value: type(value) in kinds and compare(value, wanted)


def _searched(wanted: Any, options: str) -> ValueTest:
    pattern = wanted.try_compile() if isinstance(wanted, Regex) else re.compile(wanted)
    flags = pattern.flags
    for letter in options:
        flags |= _FLAGS.get(letter, 0)
    search = re.compile(pattern.pattern, flags).search
    return lambda value: isinstance(value, str) and search(value) is not None


def _every(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def every(doc: Document) -> bool:
        for test in tests:  # noqa: SIM110  a generator would cost as much as the tests themselves
            if not test(doc):
                return False
        return True

    return every


def _some(tests: list[Test]) -> Test:
    def some(doc: Document) -> bool:
        for test in tests:  # noqa: SIM110  as in _every
            if test(doc):
                return True
        return False

    return some
