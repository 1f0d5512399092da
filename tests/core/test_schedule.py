"""What falls due, and when: deadlines and reminders, each told once, in whatever zone and however
clocks go.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.forest import NOON, after, at, node, tree
from tests.core.test_reminders import HOUR, MINUTE, moment, reminder
from tracker.core import leaving, reminders, rows, schedule
from tracker.core.reminders import CATCH_UP
from tracker.core.trees import Node, Tree


def due(name: str = "r", *children: Node, **fields: Any) -> Node:
    """A task that is due at three."""
    return node(name, *children, **{"due_date": NOON + 3 * HOUR, **fields})


def fired(garden: Tree, now: datetime, **how: Any) -> tuple[Tree, list[dict[str, Any]]]:
    """The tree after one firing, and its events."""
    edit = schedule.fire(garden, now, **how)
    return (after(garden, edit), list(edit.events)) if edit else (garden, [])


def told(garden: Tree, now: datetime, **how: Any) -> list[tuple[str, str, list[str]]]:
    _, events = fired(garden, now, **how)
    return [(event["type"], event["task"], event["users"]) for event in events]


def test_a_deadline_is_told_once_it_has_come_and_never_again() -> None:
    garden = tree(due(assigned_to=None))
    assert fired(garden, NOON + 3 * HOUR - MINUTE) == (garden, [])
    later, events = fired(garden, NOON + 3 * HOUR)
    assert events == [
        {"type": "task_overdue", "task": "r", "changes": {}, "users": ["ann"]}
        | {"due_date": NOON + 3 * HOUR}
    ]
    assert later["root"] == {**garden["root"], "told_overdue": NOON + 3 * HOUR}
    assert not schedule.is_due(later, NOON + 99 * HOUR)


def test_another_deadline_is_told_again_also_an_earlier_one() -> None:
    garden, _ = fired(tree(due()), NOON + 4 * HOUR)
    for date in (NOON + 5 * HOUR, NOON + HOUR):
        moved = tree({**garden["root"], "due_date": date})
        assert told(moved, NOON + 6 * HOUR) == [("task_overdue", "r", ["ann"])]


def test_a_deadline_missed_for_a_year_is_told() -> None:
    assert told(tree(due()), NOON + timedelta(days=365)) == [("task_overdue", "r", ["ann"])]


MEMBERS = [{"user": name, "role": "viewer"} for name in ("bob", "cyd")]


@pytest.mark.parametrize(
    ("assignee", "maker", "listener"),
    [
        ("bob", "cyd", "bob"),
        (None, "cyd", "cyd"),
        ("gone", "cyd", "cyd"),
        ("gone", "gone", "ann"),
        (None, "gone", "ann"),
    ],
)
def test_the_assignee_is_told_else_the_maker_else_the_owner(
    assignee: str | None, maker: str, listener: str
) -> None:
    garden = tree(due(assigned_to=assignee, created_by=maker), members=MEMBERS)
    assert told(garden, NOON + 4 * HOUR) == [("task_overdue", "r", [listener])]


def test_in_an_open_workspace_everybody_may_be_told() -> None:
    garden = tree(due(assigned_to="sam", reminders=[reminder("sue")]))
    everybody = told(garden, NOON + 4 * HOUR, open_workspace=True)
    assert [users for _, _, users in everybody] == [["sam"], ["sue"]]


def test_a_reminder_fires_once_to_its_maker() -> None:
    own = reminder("bob")
    garden = tree(due(told_overdue=NOON + 3 * HOUR, reminders=[own]), members=MEMBERS)
    then = NOON + 2 * HOUR + 30 * MINUTE
    assert fired(garden, then - MINUTE) == (garden, [])
    later, events = fired(garden, then + MINUTE)
    assert events == [
        {"type": "reminder", "task": "r", "changes": {}, "users": ["bob"]}
        | {"reminder": "of bob", "moment": then}
    ]
    kept = {**own, "done_for": then, "fired_at": then + MINUTE}
    assert later["root"] == {**garden["root"], "reminders": [kept]}
    assert not schedule.is_due(later, NOON + 99 * HOUR)


def test_who_may_no_longer_see_the_tree_is_not_reminded_and_it_is_done() -> None:
    garden = tree(due(told_overdue=NOON + 3 * HOUR, reminders=[reminder("gone")]))
    later, events = fired(garden, NOON + 3 * HOUR)
    assert events == []
    assert (
        fired({**later, "members": [{"user": "gone", "role": "viewer"}]}, NOON + 4 * HOUR)[1] == []
    )


def test_a_reminder_follows_its_date() -> None:
    moved = due(reminders=[reminder()], due_date=NOON + 9 * HOUR)
    assert schedule.next_fire(moved) == NOON + 8 * HOUR + 30 * MINUTE
    assert schedule.next_fire({**moved, "due_date": None}) is None
    other = {**moved, "reminders": [reminder(minutes=0, of="start_date")], "due_date": None}
    assert schedule.next_fire({**other, "start_date": NOON + HOUR}) == NOON + HOUR


def test_a_reminder_that_fired_fires_for_a_later_date_and_for_no_earlier_one() -> None:
    garden, _ = fired(tree(due(reminders=[reminder()])), NOON + 3 * HOUR)
    own = garden["root"]["reminders"][0]
    assert reminders.next_at(own, {"due_date": NOON + 5 * HOUR}) == NOON + 4 * HOUR + 30 * MINUTE
    for date in (NOON + 3 * HOUR, NOON + 2 * HOUR, None):
        assert reminders.next_at(own, {"due_date": date}) is None


def test_a_reminder_missed_for_a_day_fires_and_later_passes_in_silence() -> None:
    garden = tree(due(told_overdue=NOON + 3 * HOUR, reminders=[reminder()]))
    then = NOON + 2 * HOUR + 30 * MINUTE
    assert told(garden, then + CATCH_UP) == [("reminder", "r", ["ann"])]
    late, events = fired(garden, then + CATCH_UP + MINUTE)
    assert events == []
    assert late["root"]["reminders"][0]["fired_at"] is None
    assert not schedule.is_due(late, then + 9 * CATCH_UP)


def test_what_is_completed_trashed_or_on_its_way_elsewhere_fires_nothing() -> None:
    away = [{"id": "m", "task": "away"}]
    below = due("x", reminders=[reminder()])
    garden = tree(
        due(
            "r",
            due("done", status="completed", reminders=[reminder()]),
            due("trashed", below, deleted_at=NOON),
            due("away", due("with it")),
        ),
        moving=away,
    )
    assert told(garden, NOON + 4 * HOUR) == [("task_overdue", "r", ["ann"])]
    index = rows.project(garden, "ann")
    assert {task for task, row in index.items() if "next_fire_at" in row} == {
        "r",
        "away",
        "with it",
    }
    assert told({**garden, "root": None}, NOON + 4 * HOUR) == []


def test_who_leaves_for_good_takes_their_reminders_along() -> None:
    kept = reminder("cyd")
    garden = tree(node("r", due("a", reminders=[reminder("bob"), kept])), members=MEMBERS)
    edit = leaving.withdraw(garden, "bob", at=NOON)
    assert edit is not None
    assert at(after(garden, edit), "a").node["reminders"] == [kept]


def test_a_hundred_tasks_are_told_in_one_commit_and_the_rest_in_the_next() -> None:
    garden = tree(due("r", *(due(f"t{count}") for count in range(150))))
    counts = []
    while schedule.is_due(garden, NOON + 4 * HOUR):
        garden, events = fired(garden, NOON + 4 * HOUR)
        counts.append(len(events))
    assert counts == [100, 51]


def test_a_row_says_when_it_fires_next_and_has_no_such_field_where_it_never_does() -> None:
    garden = tree(due("r", node("quiet"), due("b", due_date=None)))
    index = rows.project(garden, "ann")
    assert index["r"]["next_fire_at"] == NOON + 3 * HOUR
    assert [("next_fire_at" in index[name]) for name in ("quiet", "b")] == [False, False]
    early = due(reminders=[reminder(at=NOON + HOUR), reminder()])
    assert rows.project(tree(early), "ann")["r"]["next_fire_at"] == NOON + HOUR


def test_a_task_stored_before_there_were_reminders_has_none() -> None:
    old = due()
    del old["reminders"]
    assert schedule.next_fire(old) == NOON + 3 * HOUR
    later, events = fired(tree(old), NOON + 4 * HOUR)
    assert len(events) == 1
    assert schedule.next_fire(later["root"]) is None


MOMENTS = st.integers(-100, 100).map(lambda steps: NOON + steps * 15 * MINUTE)
DATES = st.none() | MOMENTS | st.sampled_from([moment("2026-03-04"), moment("2026-03-05")])
WHENS = st.one_of(
    st.fixed_dictionaries({"at": MOMENTS}),
    st.fixed_dictionaries({"minutes": st.integers(-90, 90), "of": st.just("due_date")}),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["clock", "date", "reset"]), MOMENTS, DATES, WHENS), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(WHENS, DATES, STEPS)
def test_whatever_clocks_dates_and_people_do_nothing_fires_twice_for_one_moment(
    when: Any, date: datetime | None, steps: list[Any]
) -> None:
    garden = tree(node("r", due_date=date, reminders=[reminder(zone="Asia/Kolkata", **when)]))
    seen: list[Any] = []
    for kind, clock, another, whens in steps:
        if kind == "date":
            garden = tree({**garden["root"], "due_date": another})
        elif kind == "reset":
            own = reminders.reset(garden["root"]["reminders"][0], whens, now=clock)
            garden = tree({**garden["root"], "reminders": [own]})
        garden, events = fired(garden, clock)
        seen += [(one["type"], one.get("moment")) for one in events if one["type"] == "reminder"]
        assert not schedule.is_due(garden, clock)
        assert all(one.get("moment", clock) <= clock for one in events)
    assert len(seen) == len(set(seen))


@settings(max_examples=200, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=9), MOMENTS)
def test_however_sweeps_fall_what_was_due_before_the_last_is_told_once(
    sweeps: list[datetime], date: datetime
) -> None:
    garden = tree(node("r", due_date=date))
    count = 0
    for clock in sweeps:
        garden, events = fired(garden, clock)
        count += len(events)
    assert count == (max(sweeps) >= date)
    assert at(garden, "r").node.get("told_overdue") == (date if count else None)
