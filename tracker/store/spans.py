"""Sums by spans of time, such as the days of a time zone: one group of an aggregation for each unit
of UTC that no span cuts, which are then added up to spans. So it is one look at each document,
however many spans there are.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

# the coarsest unit that serves: days of UTC, hours for most time zones, minutes for the others
_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M")


def within(field: str, edges: Sequence[datetime]) -> dict[str, Any]:
    """What finds the documents with a time in any of the spans between edges."""
    return {field: {"$gte": edges[0], "$lt": edges[-1]}}


def grouped(field: str, edges: Sequence[datetime], **sums: Any) -> dict[str, Any]:
    """The stage that sums up what lies within the spans."""
    name = {"$dateToString": {"format": _format(edges), "date": f"${field}"}}
    return {"$group": {"_id": name, **sums}}


def added(
    groups: Iterable[Mapping[str, Any]], edges: Sequence[datetime], *sums: str
) -> list[tuple[int, ...]]:
    """The sums of each span, from the groups that the stage has made."""
    form = _format(edges)
    found = [[0] * len(sums) for _ in edges[1:]]
    for group in groups:
        moment = datetime.strptime(group["_id"], form).replace(tzinfo=UTC)
        span = found[bisect_right(edges, moment) - 1]
        for place, name in enumerate(sums):
            span[place] += group[name]
    return [tuple(span) for span in found]


def _format(edges: Sequence[datetime]) -> str:
    if any(edge.minute or edge.second for edge in edges):
        return _FORMATS[2]
    return _FORMATS[1] if any(edge.hour for edge in edges) else _FORMATS[0]
