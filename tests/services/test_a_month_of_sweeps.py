"""A month with a leap day and a change to summer time, in which the machine's clock jumps back and
forth: each moment is told once, none too early, and none late but where the clock itself was wrong.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uuid_utils

from tests import invariants
from tests.conftest import Clock
from tests.core.forest import node
from tests.core.test_reminders import HOUR, MINUTE, reminder
from tests.store.staging import plant
from tests.store.wrapped import Call, wrap
from tracker.core.trees import Node
from tracker.services import editing, sweeping
from tracker.services.world import World
from tracker.store import Store

ANN = {"_id": "ann"}
BERLIN = ZoneInfo("Europe/Berlin")
BEGIN, END = datetime(2028, 2, 26, tzinfo=UTC), datetime(2028, 3, 29, tzinfo=UTC)
NINE = {"minutes": -540, "of": "due_date"}
# Clocks that went wrong for some sweeps: when, by how much, for how many hours
JUMPS = [
    (datetime(2028, 2, 28, 20, tzinfo=UTC), timedelta(hours=3), 2),
    (datetime(2028, 3, 1, 5, tzinfo=UTC), timedelta(hours=-30), 4),
    (datetime(2028, 3, 12, 12, tzinfo=UTC), timedelta(days=-9), 6),
    (datetime(2028, 3, 20, 1, tzinfo=UTC), timedelta(hours=20), 3),
    (datetime(2028, 3, 25, 23, tzinfo=UTC), timedelta(hours=-2), 5),
]
Key = tuple[str, str, datetime]


def days() -> list[date]:
    return [BEGIN.date() + timedelta(days=count) for count in range(1, 31)]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def of_day(day: date) -> Node:
    """Due all day, with a reminder at nine of its owner's morning, and below it something due at
    half past two, a time that one night in Berlin does not have, with one an hour before.
    """
    made = {"made": BEGIN, "zone": "Europe/Berlin"}
    hourly = reminder(**made, minutes=60, of="due_date")
    below = node(f"{day}-b", due_date=_half_past_two(day), reminders=[hourly])
    return node(f"{day}", below, due_date=midnight(day), reminders=[reminder(**made, **NINE)])


def wanted() -> dict[Key, datetime]:
    """What is to be told of each day, and from when on."""
    found: dict[Key, datetime] = {}
    for day in days():
        early, timed = midnight(day), _half_past_two(day)
        nine = datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN).astimezone(UTC)
        found["task_overdue", f"{day}", early] = early
        found["reminder", f"{day}", nine] = nine
        found["task_overdue", f"{day}-b", timed] = timed
        found["reminder", f"{day}-b", timed - HOUR] = timed - HOUR
    return found


def _half_past_two(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, 30, tzinfo=BERLIN).astimezone(UTC)


def sweeps() -> Iterator[tuple[datetime, datetime]]:
    """The true time and what the clock shows, once an hour and a bit."""
    true, dice = BEGIN, random.Random(7)
    while true < END:
        off = next((by for at, by, hours in JUMPS if at <= true < at + hours * HOUR), timedelta())
        yield true, true + off
        true += HOUR + dice.randrange(9) * MINUTE


@pytest.fixture
def told() -> list[tuple[Key, datetime]]:
    """What was told, with the time that the clock showed."""
    return []


@pytest.fixture
def world(embedded_store: Store, clock: Clock, told: list[tuple[Key, datetime]]) -> World:
    def around(call: Call) -> Any:
        found = call.run()
        if call.name == "trees.update_one" and "$push" in call.args[1] and found.matched_count:
            events = call.args[1]["$push"]["outbox"]["events"]
            told.extend((_key(event), clock()) for event in events if "users" in event)
        return found

    clock.now = BEGIN
    return World(wrap(embedded_store, around), clock, lambda: str(uuid_utils.uuid7()))


def _key(event: dict[str, Any]) -> Key:
    return event["type"], event["task"], event.get("due_date") or event["moment"]


def test_each_moment_of_a_month_is_told_once_and_in_time(
    world: World, clock: Clock, told: list[tuple[Key, datetime]]
) -> None:
    for day in days():
        plant(world.store, of_day(day))
    truly: dict[Key, datetime] = {}
    for true, shown in sweeps():
        clock.now = shown
        assert sweeping.sweep(world).failed == 0
        truly |= {key: true for key, _ in told if key not in truly}
    moments = wanted()
    assert Counter(key for key, _ in told) == Counter(list(moments))
    assert all(at >= moments[key] for key, at in told)
    late = {day.date() for at, _, _ in JUMPS for day in (at, at + timedelta(days=1))}
    for key, at in truly.items():
        if moments[key].date() not in late:
            assert abs(at - moments[key]) < 2 * HOUR, key
    invariants.check(world.store)


def test_a_task_put_off_every_day_is_told_of_every_day(
    world: World, clock: Clock, told: list[tuple[Key, datetime]]
) -> None:
    plant(world.store, node("r", reminders=[reminder(made=BEGIN, zone="Europe/Berlin", **NINE)]))
    for day in days():
        editing.change(world, ANN, "r", {"due_date": midnight(day)})
        for hour in (6, 7, 8, 30):
            clock.now = midnight(day) + hour * HOUR
            sweeping.sweep(world)
    assert {key for key, _ in told} == {
        (kind, "r", moment) for kind, task, moment in wanted() if not task.endswith("-b")
    }
    assert len(told) == 2 * len(days())
