"""What came of pomodoros: one's own log and sums by day and week, and those of a task with all that
stands below it. A day is one of a time zone, the caller's own unless they name another.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tracker.core import days, life
from tracker.core import pomodoros as rules
from tracker.core.days import Days
from tracker.core.pomodoros import Counts, Pomodoro
from tracker.store import pomodoros
from tracker.store.pomodoros import Focus, Page

from . import people, reading
from .people import User
from .world import World

NOTHING = Focus(0, 0)
PAGE = 200


class Week(NamedTuple):
    """A week (ISO 8601) by its name, its first day, and what was done in it."""

    name: str
    monday: date
    focus: Focus


class Sums(NamedTuple):
    """What was done on each day of a span of whole weeks, and in each of these."""

    zone: str
    dates: list[date]
    days: list[Focus]
    weeks: list[Week]


class Log(NamedTuple):
    """One page of one's own pomodoros that have ended, newest first, and the one that runs."""

    page: Page
    running: Pomodoro | None


class OfTask(NamedTuple):
    """What a task says itself, what it says with all below it, what was done there this week, and
    one page of what ended on the task itself.
    """

    own: Counts
    together: Counts
    week: Sums
    running: list[Pomodoro]
    page: Page
    people: dict[str, User]


def log(world: World, caller: User, who: Mapping[str, Any], skip: int, limit: int) -> Log:
    """One's own pomodoros, with `task` those of one task, with `started_at` those of a span."""
    mine = {**who, "user": caller["_id"]}
    found = pomodoros.page(world.store, mine, skip, limit)
    return Log(found, pomodoros.running(world.store, caller["_id"]))


def sums(world: World, caller: User, number: int, zone: str) -> Sums:
    """One's own days up to today, at least so many: the first of them is a Monday."""
    today = days.today_in(zone, world.now())
    first = days.monday_of(today - timedelta(days=number - 1))
    return _sums(world, {"user": caller["_id"]}, days.between(first, today, zone), zone)


def of_task(world: World, caller: User, task: str, zone: str, skip: int, limit: int) -> OfTask:
    """What was done on a live task and below it, by whomever. Raises NotFound."""
    place = reading.subtree(world, caller, task).place
    nodes = [place.node, *(below.node for below in life.live_below(place))]
    today = days.today_in(zone, world.now())
    week = days.between(days.monday_of(today), today, zone)
    below = {"task": {"$in": [node["id"] for node in nodes]}}
    running = pomodoros.running_on(world.store, task)
    page = pomodoros.page(world.store, {"task": task}, skip, limit)
    named = {one["user"] for one in (*running, *page.pomodoros)}
    return OfTask(
        rules.of_node(place.node),
        rules.summed(nodes),
        _sums(world, below, week, zone),
        running,
        page,
        people.known(world, caller, named),
    )


def everything(world: World, user: User) -> Iterator[Pomodoro]:
    """All of one's pomodoros, in the order of their beginning."""
    mark: Pomodoro | None = None
    while True:
        with world.store.deadline():
            page = pomodoros.behind(world.store, user["_id"], mark, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        mark = page[-1]


def span(since: datetime | None, before: datetime | None) -> dict[str, Any]:
    """The `started_at` of a span that may be open at its ends."""
    bounds = {"$gte": since, "$lt": before}
    asked = {name: moment for name, moment in bounds.items() if moment}
    return {"started_at": asked} if asked else {}


def total(found: Iterable[Focus]) -> Focus:
    """Several sums as one."""
    known = list(found)
    return Focus(sum(one.done for one in known), sum(one.seconds for one in known))


def _sums(world: World, who: Mapping[str, Any], asked: Days, zone: str) -> Sums:
    found = pomodoros.sums(world.store, who, asked.edges)
    weeks: dict[date, list[Focus]] = {}
    for day, focus in zip(asked.dates, found, strict=True):
        weeks.setdefault(days.monday_of(day), []).append(focus)
    named = [Week(days.week_of(monday), monday, total(each)) for monday, each in weeks.items()]
    return Sums(zone, asked.dates, found, named)
