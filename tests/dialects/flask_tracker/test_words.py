"""Flask Task Tracker: texts are shown as they were sent, and mean something to the other doors."""

from typing import Any

import pytest

from tests.dialects.flask_tracker.clients import (
    BOTH,
    add,
    native,
    read,
    refused,
    share,
    sign_up,
    summaries,
)
from tests.people import Client
from tracker.services.world import World

pytestmark = BOTH


def test_what_is_sent_is_shown_letter_by_letter(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    sent = {
        "summary": "Übung", "description": "d", "task_type": "Bug", "status": "OPEN",
        "assigned": "Ann", "estimate": "5", "priority": "High", "due_date": "2099-01-01",
        "start_dt": "2026-11-20 20:26",
    }  # fmt: skip
    task = add(ann, base, **sent)
    found = read(ann, base, task)
    assert {name: found[name] for name in sent} == sent
    ours = native(ann, task)
    assert ours["assigned_to"] == ann.me["id"]
    assert ours["due_date"] == "2099-01-01T00:00:00Z"
    assert ours["start_date"] == "2026-11-20T20:26:00Z"
    assert (ours["priority"], ours["status"], ours["status_label"]) == ("high", "todo", "OPEN")


def test_another_door_replaces_the_words_for_what_it_changes(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    task = add(
        ann, base, status="REVIEW", priority="Blocker", due_date="2099-01-01", assigned="ghost",
        start_dt="2026-01-01", task_type="Bug", estimate="5",
    )  # fmt: skip
    before = read(ann, base, task)
    assert ann.patch(f"/api/tasks/{task}", {"title": "t", "description": "d"}).status == 200
    assert read(ann, base, task) == {**before, "summary": "t", "description": "d"}
    changes = {
        "priority": "low", "due_date": "2099-02-03T04:05:06Z", "assigned_to": ann.me["id"],
        "status": "todo", "start_date": "2026-02-01",
    }  # fmt: skip
    assert ann.patch(f"/api/tasks/{task}", changes).status == 200
    found = read(ann, base, task)
    assert (found["status"], found["priority"], found["assigned"]) == ("OPEN", "low", "ann")
    assert found["due_date"] == "2099-02-03T04:05:06Z"
    assert found["start_dt"] == "2026-02-01T00:00:00Z"
    assert (found["task_type"], found["estimate"]) == ("Bug", "5")
    assert ann.patch(f"/api/tasks/{task}", dict.fromkeys(("due_date", "assigned_to"))).status == 200
    found = read(ann, base, task)
    assert (found["due_date"], found["assigned"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "word"),
    [("todo", "OPEN"), ("in_progress", "INPROGRESS"), ("completed", "COMPLETED")],
)
def test_a_task_of_another_door_has_this_systems_words(
    client: Client, base: str, status: str, word: str
) -> None:
    ann = sign_up(client, base)
    body = {"title": "t", "status": status, "due_date": "2026-01-01", "priority": "urgent"}
    found = read(ann, base, ann.post("/api/tasks", body).json["id"])
    assert found["status"] == word
    assert found["due_date"] == "2026-01-01T00:00:00Z"
    assert (found["priority"], found["task_type"]) == ("urgent", "Development")


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("open", "todo"), ("To-Do", "todo"), ("NEW", "todo"), ("In Progress", "in_progress"),
        ("IN_PROGRESS", "in_progress"), ("review", "in_progress"), ("COMPLETED", "completed"),
        ("done", "completed"), ("Closed", "completed"), ("blocked", "todo"), ("$ne", "todo"),
    ],
)  # fmt: skip
def test_a_status_is_any_word(client: Client, base: str, word: str, ours: str) -> None:
    ann = sign_up(client, base)
    task = add(ann, base, status=word)
    assert read(ann, base, task)["status"] == word
    assert native(ann, task)["status"] == ours


@pytest.mark.parametrize("start", ["open", "inprogress", "completed"])
def test_an_unknown_word_leaves_the_status_as_it_is(client: Client, base: str, start: str) -> None:
    ann = sign_up(client, base)
    task = add(ann, base, status=start)
    before = native(ann, task)["status"]
    reply = ann.patch(f"{base}/tasks/{task}/status", {"status": "waiting"})
    assert reply.json["task"]["status"] == "waiting"
    assert native(ann, task)["status"] == before


@pytest.mark.parametrize(
    ("word", "ours"), [("LOW", "low"), ("urgent", "urgent"), ("Blocker", "medium")]
)
def test_a_priority_is_any_word(client: Client, base: str, word: str, ours: str) -> None:
    ann = sign_up(client, base)
    task = add(ann, base, priority=word)
    assert read(ann, base, task)["priority"] == word
    assert native(ann, task)["priority"] == ours


@pytest.mark.parametrize("value", [5, 0, 2.5, "5", "2.50", " 7 "])
def test_an_estimate_is_a_number_or_a_text_with_one(client: Client, base: str, value: Any) -> None:
    ann = sign_up(client, base)
    assert read(ann, base, add(ann, base, estimate=value))["estimate"] == value


@pytest.mark.parametrize(
    "value", [-1, "-1", "x", True, {}, [], "1e400", 1e30, "nan", "1" + " " * 99]
)
def test_nothing_else_is_one(client: Client, base: str, value: Any) -> None:
    ann = sign_up(client, base)
    body = {"summary": "s", "estimate": value}
    refused(ann.post(f"{base}/tasks/add_task", body), 400, "estimate is invalid")


def test_a_number_past_64_bits_is_none(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    data = b'{"summary":"s","estimate":' + b"9" * 30 + b"}"
    reply = ann.post(f"{base}/tasks/add_task", data=data, content_type="application/json")
    refused(reply, 400, "estimate is invalid")


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-11-20", "2026-11-20T00:00:00Z"), ("2026-11-20T10:30", "2026-11-20T10:30:00Z"),
        ("2026-11-20T10:30:00+02:00", "2026-11-20T08:30:00Z"),
    ],
)  # fmt: skip
def test_a_date_is_shown_as_sent_and_is_a_moment_in_utc(
    client: Client, base: str, sent: str, moment: str
) -> None:
    ann = sign_up(client, base)
    task = add(ann, base, due_date=sent, start_dt=sent)
    found, ours = read(ann, base, task), native(ann, task)
    assert (found["due_date"], found["start_dt"]) == (sent, sent)
    assert (ours["due_date"], ours["start_date"]) == (moment, moment)


@pytest.mark.parametrize("field", ["due_date", "start_dt"])
@pytest.mark.parametrize("value", ["tomorrow", "2026-13-01", "0000-01-01", 5, {}, [], True])
def test_a_date_is_iso_8601(client: Client, base: str, field: str, value: Any) -> None:
    ann = sign_up(client, base)
    body = {"summary": "s", field: value}
    refused(ann.post(f"{base}/tasks/add_task", body), 400, f"{field} is invalid")
    task = add(ann, base)
    refused(ann.put(f"{base}/tasks/{task}", {field: value}), 400, f"{field} is invalid")


# whom a task is given to


def test_a_name_that_one_may_not_assign_is_kept_as_a_text(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    task = add(ann, base, assigned="bob")
    assert read(ann, base, task)["assigned"] == "bob"
    assert native(ann, task)["assigned_to"] is None
    refused(bob.get(f"{base}/tasks/get_my_task"), 404, "Task not found")


def test_somebody_whom_one_knows_is_assigned_and_sees_the_task(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    shared = add(ann, base)
    ann.put(f"/api/tasks/{shared}/members", {"user": bob.me["id"], "role": "viewer"})
    add(ann, base, summary="given", assigned="bob")
    assert summaries(bob, f"{base}/tasks/get_my_task") == "given"


def test_whom_a_list_shows_by_the_name_at_telegram_is_assigned_by_it(
    client: Client, world: World, base: str
) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    nameless = {"$unset": {"username": "", "username_key": ""}}
    at_telegram = {"$set": {"tg_name": "Bobby", "tg_key": "bobby"}}
    world.store.db.users.update_one({"username": "bob"}, {**nameless, **at_telegram})
    task = add(ann, base)
    share(ann, task, bob)
    shown = ann.put(f"{base}/tasks/{task}", {"assigned": "bobby"}).json["task"]
    assert shown["assigned"] == "bobby"
    assert native(ann, task)["assigned_to"] == bob.me["id"]
    assert ann.patch(f"/api/tasks/{task}", {"assigned_to": None}).status == 200
    assert ann.patch(f"/api/tasks/{task}", {"assigned_to": bob.me["id"]}).status == 200
    shown = read(ann, base, task)
    assert shown["assigned"] == "Bobby"
    assert ann.put(f"{base}/tasks/{task}", shown).json["task"] == shown
    assert native(ann, task)["assigned_to"] == bob.me["id"]


def test_a_page_that_sends_back_what_it_was_shown_gives_the_task_to_nobody_else(
    client: Client, world: World, base: str
) -> None:
    ann, tom = sign_up(client, base), sign_up(client, base, "tom")
    nameless = {"$unset": {"username": "", "username_key": ""}}
    at_telegram = {"$set": {"tg_name": "eve", "tg_key": "eve"}}
    world.store.db.users.update_one({"username": "tom"}, {**nameless, **at_telegram})
    eve = sign_up(client, base, "eve")
    task, elsewhere = add(ann, base), add(ann, base)
    share(ann, task, tom)
    share(ann, elsewhere, eve)
    assert ann.patch(f"/api/tasks/{task}", {"assigned_to": tom.me["id"]}).status == 200
    shown = read(ann, base, task)
    assert shown["assigned"] == "eve"
    assert ann.put(f"{base}/tasks/{task}", {**shown, "summary": "new"}).status == 200
    assert native(ann, task)["assigned_to"] == tom.me["id"]
    refused(eve.get(f"{base}/tasks/get_task", query_string={"_id": task}), 404)
    reply = tom.put(f"{base}/tasks/{task}", {**shown, "status": "REVIEW"})
    assert (reply.status, reply.json["task"]["status"]) == (200, "REVIEW")


def test_who_was_given_a_task_changes_it_and_gives_it_to_nobody(client: Client, base: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    task = add(ann, base)
    share(ann, task, bob)
    path = f"{base}/tasks/{task}"
    shown = ann.put(path, {"assigned": "bob"}).json["task"]
    assert bob.put(path, {**shown, "description": "by bob"}).status == 200
    for name in ("ann", "ghost", ""):
        refused(bob.put(path, {"assigned": name}), 403, "Permission denied")
    assert native(ann, task)["assigned_to"] == bob.me["id"]
