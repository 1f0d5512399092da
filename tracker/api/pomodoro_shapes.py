"""Pomodoros as they come in and leave: functions, each beside the schema that describes it."""

from typing import Any

from marshmallow import Schema, fields

from tracker.core.pomodoros import DONE, INTERRUPTED, MINUTES, MOST_MINUTES, RUNNING
from tracker.core.pomodoros import Pomodoro as Stored
from tracker.services import focus
from tracker.services.focus import Week as Summed
from tracker.store.pomodoros import Focus as Found
from tracker.store.pomodoros import Page
from tracker.web.fields import uuid, when, whole, whole_text, zone

from . import shapes
from .label_shapes import Pomodoros as Counted
from .shapes import person

ZONE = {"description": "Whose days; one's own time zone where it is absent"}


class Start(Schema):
    minutes = whole(
        1, MOST_MINUTES, load_default=MINUTES, metadata={"description": "How long it shall take"}
    )


class Paged(Schema):
    page = whole_text(1, 1_000_000, load_default=1)
    page_size = whole_text(1, 100, load_default=20)


class LogQuery(Paged):
    task = uuid(metadata={"description": "Only those of this task"})
    since = when(metadata={"description": "Started at this time or later"})
    before = when(metadata={"description": "Started before this time"})


class TaskQuery(Paged):
    time_zone = zone(metadata=ZONE)


class SumsQuery(Schema):
    days = whole_text(1, 366, load_default=7, metadata={"description": "At least so many"})
    time_zone = zone(metadata=ZONE)


class Pomodoro(Schema):
    """One stretch of work on a task; times are those of the service's clock."""

    id = fields.UUID(required=True)
    task_id = fields.UUID(required=True)
    task_title = fields.String(
        required=True, metadata={"description": "What the task was called when it began"}
    )
    user_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": [RUNNING, DONE, INTERRUPTED]})
    minutes = fields.Integer(required=True)
    started_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "At most what was planned"}
    )


class TaskPomodoro(Pomodoro):
    user = fields.Nested(shapes.User, required=True, allow_none=True)


class PomodoroPage(Schema):
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)


class Log(PomodoroPage):
    """One page, and what runs now."""

    pomodoros = fields.List(fields.Nested(Pomodoro), required=True)
    running = fields.Nested(Pomodoro, required=True, allow_none=True)


class Focus(Schema):
    """How many pomodoros were done, and for how many seconds."""

    done = fields.Integer(required=True)
    seconds = fields.Integer(required=True)


class FocusDay(Focus):
    date = fields.Date(required=True)


class FocusWeek(Focus):
    """A week that begins on a Monday (ISO 8601)."""

    week = fields.String(required=True, metadata={"example": "2026-W47"})
    monday = fields.Date(required=True)


class Sums(Schema):
    """What was done by day and week."""

    time_zone = fields.String(required=True)
    today = fields.Nested(Focus, required=True)
    days = fields.List(fields.Nested(FocusDay), required=True)
    weeks = fields.List(fields.Nested(FocusWeek), required=True)


class OfTask(PomodoroPage):
    """What a task says itself, what it says together with all below it, what was done there today
    and this week, and one page of the task's own log.
    """

    own = fields.Nested(Counted, required=True)
    together = fields.Nested(Counted, required=True)
    time_zone = fields.String(required=True)
    today = fields.Nested(Focus, required=True)
    week = fields.Nested(FocusWeek, required=True)
    running = fields.List(fields.Nested(TaskPomodoro), required=True)
    pomodoros = fields.List(fields.Nested(TaskPomodoro), required=True)


def window(query: dict[str, Any]) -> tuple[int, int]:
    """How many a page skips, and how many it holds."""
    return (query["page"] - 1) * query["page_size"], query["page_size"]


def pomodoro(stored: Stored) -> dict[str, Any]:
    """A stored pomodoro as `Pomodoro`."""
    return {
        "id": stored["_id"],
        "task_id": stored["task"],
        "task_title": stored["title"],
        "user_id": stored["user"],
        "state": stored["state"],
        "minutes": stored["minutes"],
        "started_at": stored["started_at"],
        "ended_at": stored.get("ended_at"),
        "seconds": stored.get("seconds"),
    }


def log(found: focus.Log, query: dict[str, Any]) -> dict[str, Any]:
    """One page of one's own as `Log`."""
    return {
        "pomodoros": [pomodoro(one) for one in found.page.pomodoros],
        "running": pomodoro(found.running) if found.running else None,
        **_paged(found.page, query),
    }


def sums(found: focus.Sums) -> dict[str, Any]:
    """Days and weeks as `Sums`."""
    days = [
        {"date": day, **_focus(done)} for day, done in zip(found.dates, found.days, strict=True)
    ]
    weeks = [_week(week) for week in found.weeks]
    today = _focus(found.days[-1])
    return {"time_zone": found.zone, "today": today, "days": days, "weeks": weeks}


def of_task(found: focus.OfTask, query: dict[str, Any]) -> dict[str, Any]:
    """What a task says as `OfTask`."""

    def shown(one: Stored) -> dict[str, Any]:
        return {**pomodoro(one), "user": person(found.people, one["user"])}

    return {
        "own": found.own._asdict(),
        "together": found.together._asdict(),
        "time_zone": found.week.zone,
        "today": _focus(found.week.days[-1]),
        "week": _week(found.week.weeks[-1]),
        "running": [shown(one) for one in found.running],
        "pomodoros": [shown(one) for one in found.page.pomodoros],
        **_paged(found.page, query),
    }


def _paged(found: Page, query: dict[str, Any]) -> dict[str, Any]:
    page, size = query["page"], query["page_size"]
    pages = -(-found.total // size)
    return {"total": found.total, "page": page, "page_size": size, "total_pages": pages}


def _focus(done: Found) -> dict[str, int]:
    return done._asdict()


def _week(week: Summed) -> dict[str, Any]:
    return {"week": week.name, "monday": week.monday, **_focus(week.focus)}
