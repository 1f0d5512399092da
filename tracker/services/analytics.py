"""What stands behind somebody's tasks in numbers: of all that they may see now.

A task is late by the same rule as everywhere: nothing is stored about it. So what is told holds
until the next deadline passes, which each answer names.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from tracker.core import days
from tracker.core.life import COMPLETED, OVERDUE, PRIORITIES, STARTED
from tracker.core.select import SHOWN_STATUSES
from tracker.store import analytics
from tracker.store.analytics import Group
from tracker.store.paths import Scope

from .people import User
from .seeing import Company
from .world import World


class Overview(NamedTuple):
    """How many tasks there are of each status and priority; `until` is when that may change by
    itself, None for never.
    """

    by_status: Mapping[str, int]
    by_priority: Mapping[str, int]
    until: datetime | None


class Performer(NamedTuple):
    """A person, and the tasks given to them."""

    user: User
    assigned: int
    completed: int
    started: int


class Day(NamedTuple):
    date: date
    created: int
    completed: int


def overview(world: World, scope: Scope) -> Overview:
    """The tasks of a scope by status, as it shows, and by priority; one aggregation."""
    found = analytics.by_priority(world.store, scope, world.now())
    statuses = dict.fromkeys(SHOWN_STATUSES, 0)
    priorities = dict.fromkeys(range(len(PRIORITIES)), 0)
    for group in found:
        statuses[OVERDUE if group.late else group.status] += group.tasks
        priorities[group.of] += group.tasks
    named = {PRIORITIES[weight]: tasks for weight, tasks in priorities.items() if tasks}
    return Overview(statuses, named, _until(found))


def performance(world: World, company: Company) -> list[Performer]:
    """What of the tasks of a scope is given to each of its people, by their names."""
    found = analytics.by_assignee(world.store, company.scope, world.now())
    groups: dict[str, list[Group]] = {}
    for group in found:
        groups.setdefault(group.of, []).append(group)
    return [_performer(user, groups.get(user["_id"], [])) for user in company.people]


def trends(world: World, scope: Scope, number: int, zone: str) -> list[Day]:
    """How many tasks of a scope were made, and how many completed, on each of so many days, the
    last of which is today; one aggregation.
    """
    asked = days.until(world.now(), number, zone)
    fields = ("created_at", "completed_at")
    found = analytics.by_time(world.store, scope, fields, asked.edges)
    return [Day(*day) for day in zip(asked.dates, *found, strict=True)]


def day_ends(world: World, zone: str) -> datetime:
    """When today is over in a time zone."""
    return days.until(world.now(), 1, zone).edges[-1]


def _performer(user: User, groups: list[Group]) -> Performer:
    def tasks(status: str) -> int:
        return sum(group.tasks for group in groups if group.status == status and not group.late)

    total = sum(group.tasks for group in groups)
    return Performer(user, total, tasks(COMPLETED), tasks(STARTED))


def _until(groups: Iterable[Group]) -> datetime | None:
    """The next deadline of an open task that is not late."""
    coming = (one.next for one in groups if not one.late and one.status != COMPLETED)
    return min((moment for moment in coming if moment), default=None)
