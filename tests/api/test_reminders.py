"""/api/tasks/{id}/reminders: one's own, whoever may read the task; nobody else hears of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.api.asking import NOWHERE, OPERATORS, TASKS, make, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.conftest import START, Clock
from tests.people import Client
from tracker.store import Store

DUE = "2026-03-04T12:00:00Z"
BEFORE = {"minutes": 30, "of": "due_date"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def bob(client: Client, ann: Client, task: str) -> Client:
    """A viewer of the task."""
    share(ann, task, "bob", "viewer")
    return client.as_("bob")


@pytest.fixture
def task(ann: Client) -> str:
    """A task of ann's that is due at noon, seven hours from now."""
    name: str = make(ann, due_date=DUE)["id"]
    return name


def said(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def reminders(task: str, *more: str) -> str:
    return "/".join((TASKS, task, "reminders", *more))


def remind(client: Client, task: str, **when: Any) -> dict[str, Any]:
    made: dict[str, Any] = done(client.post(reminders(task), when or BEFORE))
    return made


def test_a_reminder_before_a_date(ann: Client, task: str) -> None:
    reply = ann.post(reminders(task), {"minutes": 30})
    assert reply.status == 201
    assert reply.json == {
        "id": reply.json["id"],
        "at": None,
        "minutes": 30,
        "of": "due_date",
        "time_zone": "UTC",
        "created_at": said(START),
        "fired_at": None,
        "snoozed_until": None,
        "next_at": "2026-03-04T11:30:00Z",
    }
    assert ann.get(reminders(task, reply.json["id"])).json == reply.json
    done(ann.patch(f"{TASKS}/{task}", {"due_date": "2026-03-05T12:00:00Z"}))
    assert done(ann.get(reminders(task)))[0]["next_at"] == "2026-03-05T11:30:00Z"


def test_a_reminder_at_a_time(ann: Client, task: str) -> None:
    made = remind(ann, task, at="2026-03-04T10:00:00+02:00")
    assert (made["at"], made["minutes"], made["of"]) == ("2026-03-04T08:00:00Z", None, None)
    assert made["next_at"] == "2026-03-04T08:00:00Z"


def test_an_all_day_date_is_of_the_zone_in_which_one_lived_when_it_was_made(ann: Client) -> None:
    task = make(ann, due_date="2026-07-01")["id"]
    done(ann.patch("/api/auth/me", {"time_zone": "Europe/Berlin"}))
    made = remind(ann, task, minutes=-540)
    done(ann.patch("/api/auth/me", {"time_zone": "Asia/Tokyo"}))
    assert (made["time_zone"], made["next_at"]) == ("Europe/Berlin", "2026-07-01T07:00:00Z")
    assert done(ann.get(reminders(task, made["id"]))) == made


def test_a_reminder_is_set_for_another_time_and_taken_away(ann: Client, task: str) -> None:
    made = remind(ann, task)
    path = reminders(task, made["id"])
    assert done(ann.patch(path, {"minutes": 60}))["next_at"] == "2026-03-04T11:00:00Z"
    moved = done(ann.patch(path, {"of": "start_date"}))
    assert (moved["minutes"], moved["of"], moved["next_at"]) == (60, "start_date", None)
    fixed = done(ann.patch(path, {"at": "2026-03-05"}))
    assert (fixed["minutes"], fixed["next_at"]) == (None, "2026-03-05T00:00:00Z")
    assert done(ann.patch(path, {})) == fixed
    refused(ann.patch(path, {"of": "due_date"}), 422, "/minutes")
    assert ann.delete(path).status == 204
    assert done(ann.get(reminders(task))) == []
    refused(ann.delete(path), 404)


def test_snoozed_it_fires_later_instead(ann: Client, task: str, clock: Clock) -> None:
    path = reminders(task, remind(ann, task)["id"])
    put_off = done(ann.post(f"{path}/snooze", {"until": "2026-03-04T13:00:00Z"}))
    assert put_off["snoozed_until"] == put_off["next_at"] == "2026-03-04T13:00:00Z"
    clock.advance(minutes=5)
    again = done(ann.post(f"{path}/snooze", {"minutes": 10}))
    assert again["next_at"] == "2026-03-04T05:21:07.891000Z"


def test_a_completed_task_reminds_nobody_until_it_is_reopened(ann: Client, task: str) -> None:
    path = reminders(task, remind(ann, task)["id"])
    done(ann.post(f"{TASKS}/{task}/complete"))
    assert done(ann.get(path))["next_at"] is None
    done(ann.post(f"{TASKS}/{task}/reopen"))
    assert done(ann.get(path))["next_at"] == "2026-03-04T11:30:00Z"


def test_nobody_sees_the_reminders_of_others(ann: Client, bob: Client, task: str) -> None:
    mine, his = remind(ann, task), remind(bob, task, minutes=5)
    assert done(ann.get(reminders(task))) == [mine]
    assert done(bob.get(reminders(task))) == [his]
    path = reminders(task, his["id"])
    for verb, tail, body in METHODS:
        problem = refused(ann.ask(verb, path + tail, body), 404)
        assert problem["detail"] == "Reminder not found"
    assert done(bob.get(reminders(task))) == [his]


METHODS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"minutes": 1}),
    ("DELETE", "", None),
    ("POST", "/snooze", {"minutes": 1}),
]


def test_reminders_show_neither_in_the_task_nor_in_its_history(
    ann: Client, bob: Client, task: str
) -> None:
    path = f"{TASKS}/{task}"
    before = [ann.get(path), ann.get(f"{path}/history")]
    own = remind(bob, task)["id"]
    done(bob.patch(reminders(task, own), {"minutes": 5}))
    assert [ann.get(path).body, ann.get(f"{path}/history").body] == [r.body for r in before]
    assert ann.get(path).etag == before[0].etag
    assert "reminders" not in tree(ann, task)
    exported = done(ann.get("/api/auth/me/export"))
    assert exported["trees"][0]["root"]["reminders"] == []


def test_a_stranger_learns_nothing_and_nobody_less(
    client: Client, ann: Client, store: Store, task: str
) -> None:
    path, sam = reminders(task, remind(ann, task)["id"]), client.as_("sam")
    with unchanged(store):
        for verb, at, body in [
            ("GET", reminders(task), None),
            ("POST", reminders(task), BEFORE),
            *((verb, path + tail, body) for verb, tail, body in METHODS),
        ]:
            assert refused(sam.ask(verb, at, body), 404)["detail"] == "Task not found"
            refused(client.ask(verb, at, body), 401)
            refused(ann.ask(verb, at.replace(task, NOWHERE), body), 404)
            if body:
                refused(ann.ask(verb, at, {**body, "user": "bob"}), 422, "/user")
        refused(ann.get(reminders(task, "x")), 422)
        refused(ann.get(f"{reminders(task)}?all=true"), 422)
        done(ann.get(reminders(task)))


Path = Callable[[str, str], str]


def at_all(task: str, own: str) -> str:
    return reminders(task)


def at_one(task: str, own: str) -> str:
    return reminders(task, own)


def at_snooze(task: str, own: str) -> str:
    return reminders(task, own, "snooze")


BAD: list[tuple[str, Path, Any, str]] = [
    *(("POST", at_all, {"at": value}, "/at") for value in (1, "soon", "2999-99-99", *OPERATORS)),
    *(("POST", at_all, {"minutes": v}, "/minutes") for v in ("5", 0.5, True, None, *OPERATORS)),
    *(("POST", at_all, {"minutes": 5, "of": v}, "/of") for v in ("x", 1, None, *OPERATORS)),
    ("POST", at_all, {"minutes": 366 * 24 * 60 + 1}, "/minutes"),
    ("POST", at_all, {"minutes": -24 * 60}, "/minutes"),
    ("POST", at_all, {}, "/at"),
    ("POST", at_all, {"of": "due_date"}, "/at"),
    ("POST", at_all, {"at": DUE, "minutes": 5}, "/at"),
    ("POST", at_all, {"at": said(START)}, "/at"),
    ("PATCH", at_one, {"at": "2026-03-03"}, "/at"),
    ("PATCH", at_one, {"at": None}, "/at"),
    ("PATCH", at_one, {"minutes": {"$inc": 1}}, "/minutes"),
    ("PATCH", at_one, {"time_zone": "UTC"}, "/time_zone"),
    *(("POST", at_snooze, {"minutes": v}, "/minutes") for v in (0, -1, 40_321, "5", *OPERATORS)),
    *(("POST", at_snooze, {"until": v}, "/until") for v in (said(START), 5, None, *OPERATORS)),
    ("POST", at_snooze, {}, "/minutes"),
    ("POST", at_snooze, {"minutes": 5, "until": DUE}, "/minutes"),
]


def test_what_is_no_time_and_no_number_is_refused_by_name(
    ann: Client, store: Store, task: str
) -> None:
    own = remind(ann, task)["id"]
    with unchanged(store):
        for verb, path, body, pointer in BAD:
            refused(ann.ask(verb, path(task, own), body), 422, pointer)


def test_ten_reminders_of_a_person_are_enough(ann: Client, bob: Client, task: str) -> None:
    for minutes in range(10):
        remind(ann, task, minutes=minutes)
    assert "10 reminders" in refused(ann.post(reminders(task), BEFORE), 422)["detail"]
    remind(bob, task)


def test_terms_hold_for_reminders_too(ann: Client, store: Store, task: str) -> None:
    own = remind(ann, task)["id"]
    path, tag = reminders(task, own), ann.get(f"{TASKS}/{task}").etag
    done(ann.patch(path, {"minutes": 5}, headers={"If-Match": tag}))
    done(ann.patch(path, {"minutes": 6}, headers={"If-Match": tag}))
    with unchanged(store):
        stale = ann.patch(path, {"minutes": 7}, headers={"If-Match": '"n9-9"'})
        assert refused(stale, 412)["current"] == read(ann, task)


def test_a_task_in_the_trash_takes_none(ann: Client, task: str) -> None:
    path = reminders(task, remind(ann, task)["id"])
    done(ann.delete(f"{TASKS}/{task}"))
    refused(ann.get(path), 404)
    refused(ann.post(reminders(task), BEFORE), 404)
    done(ann.post(f"{TASKS}/{task}/restore"))
    assert ann.get(path).status == 200
