"""Which index serves a command, by the rule that holds on every store: some field that an index
begins with is bound, at the top of the filter, inside its `$and`, or in each branch of an `$or`.
"""

from typing import Any

from tracker.store import indexes

Command = tuple[str, dict[str, Any]]

_WITH_Q = {"update": "updates", "delete": "deletes"}


def queries(command: Command) -> list[tuple[str, dict[str, Any]]]:
    """The (collection, filter) pairs that a command looks for; none for one that only inserts."""
    name, body = command
    collection = body.get(name)
    if name in _WITH_Q:
        return [(collection, part["q"]) for part in body[_WITH_Q[name]]]
    if name in {"find", "count", "distinct"}:
        return [(collection, body.get("filter", body.get("query", {})))]
    if name == "findAndModify":
        return [(collection, body["query"])]
    if name == "aggregate":
        return [(collection, body["pipeline"][0].get("$match", {}))]
    return []


def is_served(collection: str, wanted: dict[str, Any]) -> bool:
    """True where an index of the table, or `_id`, finds what the filter asks for."""
    declared = [model.document for model in indexes.TABLE.get(collection, [])]
    firsts = {next(iter(index["key"])): _holds_few(index) for index in declared}
    return _binds(wanted, {"_id": False, **firsts})


def _holds_few(index: Any) -> bool:
    """A range may be asked for: in a sparse index, and in one of what is removed in its time."""
    return bool(index.get("sparse")) or "expireAfterSeconds" in index


def _binds(wanted: dict[str, Any], firsts: dict[str, bool]) -> bool:
    return (
        any(name in firsts and _is_bound(v, sparse=firsts[name]) for name, v in wanted.items())
        or any(_binds(part, firsts) for part in wanted.get("$and", []))
        or ("$or" in wanted and all(_binds(part, firsts) for part in wanted["$or"]))
    )


def _is_bound(value: Any, *, sparse: bool) -> bool:
    """An equality or `$in`, or a range of what a sparse index holds; null is in no sparse index."""
    if isinstance(value, dict) and any(name.startswith("$") for name in value):
        return "$in" in value or (sparse and bool({"$gt", "$gte", "$lt", "$lte"} & set(value)))
    return value is not None
