"""The blueprint `analytics`: what one's tasks add up to, and all of them as a file. Over what the
caller may see.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.errors import Fault, TooLarge
from tracker.services import analytics, extracting, people, seeing
from tracker.services.analytics import Overview as Found
from tracker.services.analytics import Performer
from tracker.web import caching, world
from tracker.web.answers import JSON, answer, dump
from tracker.web.caching import Made
from tracker.web.fields import one_of, whole_text, zone
from tracker.web.operations import operation
from tracker.web.principal import caller
from tracker.web.rest import streaming

from . import tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Overview(Schema):
    """How many tasks there are of each status and priority."""

    total_tasks = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    in_progress = fields.Integer(required=True)
    todo = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    by_priority = fields.Dict(
        required=True, metadata={"description": "Only the priorities that there are"}
    )
    by_status = fields.Dict(required=True, metadata={"description": "All four"})


class Performance(Schema):
    """One person, and the tasks that are given to them."""

    user_id = fields.UUID(required=True)
    username = fields.String(required=True, allow_none=True)
    full_name = fields.String(required=True)
    total_assigned = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    in_progress = fields.Integer(required=True)
    completion_rate = fields.Float(required=True, metadata={"description": "In percent"})


class Day(Schema):
    date = fields.Date(required=True)
    created = fields.Integer(required=True)
    completed = fields.Integer(required=True)


class TrendsQuery(Schema):
    days = whole_text(7, 365, load_default=30)
    time_zone = zone(metadata={"description": "Whose days; one's own time zone where it is absent"})


class ExportQuery(Schema):
    format = one_of(
        ("xlsx", "csv", "json"),
        load_default="xlsx",
        metadata={"description": f"`xlsx` is {XLSX}, `csv` text/csv, `json` {JSON}"},
    )


class Format(NamedTuple):
    media: str
    written: Callable[[tables.Pages], Iterator[bytes]]


TRENDS, EXPORT = TrendsQuery(), ExportQuery()
FORMATS = {
    "xlsx": Format(XLSX, tables.as_xlsx),
    "csv": Format("text/csv; charset=utf-8", tables.as_csv),
    "json": Format(JSON, tables.as_json),
}


class TaskOverview(Resource):
    @operation("Count tasks by status and priority", answers={200: Overview})
    def get(self) -> Response:
        return answer(_kept("overview", _overview))


class TaskPerformance(Resource):
    @operation(
        "Count the tasks of each person that one shares a tree with", answers={200: [Performance]}
    )
    def get(self) -> list[dict[str, Any]]:
        found = analytics.performance(world(), seeing.company(world(), caller()))
        return [_performance(one) for one in found]


class TaskTrends(Resource):
    @operation(
        "Count the tasks that were made and completed on each day up to today",
        query=TRENDS,
        answers={200: [Day]},
    )
    def get(self, query: dict[str, Any]) -> Response:
        days, zone = query["days"], query.get("time_zone", people.zone_of(caller()))
        end = analytics.day_ends(world(), zone)

        def made(scope: Any) -> Made:
            found = analytics.trends(world(), scope, days, zone)
            return Made(dump([day._asdict() for day in found]), end)

        return answer(_kept(f"trends:{days}:{zone}:{end.isoformat()}", made))


class TaskExport(Resource):
    @streaming
    @operation(
        "Write all tasks into a file, newest first, as a stream",
        query=EXPORT,
        media=XLSX,
        answers={200: {"type": "string", "format": "binary"}},
    )
    def get(self, query: dict[str, Any]) -> Response:
        scope = extracting.scope(world(), caller())
        number, form = extracting.count(world(), scope), FORMATS[query["format"]]
        if form.media == XLSX and number > tables.MOST_ROWS:
            raise TooLarge(Fault("/format", f"A sheet holds {tables.MOST_ROWS} rows; ask for csv"))
        pages = extracting.pages(world(), caller(), scope)
        response = Response(form.written(pages), content_type=form.media)
        name = f"attachment; filename=tasks_export.{query['format']}"
        response.headers["Content-Disposition"] = name
        response.headers["X-Total-Count"] = str(number)
        response.headers["X-Accel-Buffering"] = "no"  # a proxy passes on what it has
        return response


def _kept(name: str, make: Callable[[Any], Made]) -> bytes:
    """An answer about what the caller sees, kept as long as that stays as it is."""
    if world().open_workspace:
        return make(seeing.scope(world(), caller())).body
    seen = seeing.sight(world(), caller())
    return caching.kept(
        f"{caller()['_id']}:{name}",
        seen.version,
        lambda: make(seen.scope),
        may_keep=seen.is_settled,
    )


def _overview(scope: Any) -> Made:
    found = analytics.overview(world(), scope)
    return Made(dump(_shape(found)), found.until)


def _shape(found: Found) -> dict[str, Any]:
    statuses = dict(found.by_status)
    by = {"by_priority": found.by_priority, "by_status": statuses}
    return {"total_tasks": sum(statuses.values()), **statuses, **by}


def _performance(found: Performer) -> dict[str, Any]:
    rate = round(found.completed / found.assigned * 100, 1) if found.assigned else 0
    return {
        "user_id": found.user["_id"],
        "username": found.user.get("username"),
        "full_name": found.user["full_name"],
        "total_assigned": found.assigned,
        "completed": found.completed,
        "in_progress": found.started,
        "completion_rate": rate,
    }
