"""PUT as TaskHub's pages send it, PATCH as JSON merge patch (RFC 7396)."""

from typing import Any

import pytest

from tests.api.asking import TASKS, Task, make, outline, plant, read, refused, tree, unchanged
from tests.api.test_tasks_create import NOW
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

LATER = "2026-03-04T06:06:07.891000Z"
WRITES = ["PUT", "PATCH"]

FULL: dict[str, Any] = {
    "description": "d",
    "status": "in_progress",
    "priority": "high",
    "start_date": "2026-01-01T00:00:00Z",
    "due_date": "2099-01-01T00:00:00Z",
    "tags": ["red", "blue"],
    "notify_overdue": True,
}
NEW: dict[str, Any] = {
    "title": "other",
    "description": "",
    "status": "todo",
    "priority": "low",
    "start_date": "2027-01-01T00:00:00Z",
    "due_date": "2098-01-01T00:00:00Z",
    "notify_overdue": False,
}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def task(ann: Client) -> Task:
    return make(ann, **FULL, assigned_to=ann.me["id"])


def change(client: Client, way: str, task: Task, **fields: Any) -> Task:
    reply = client.ask(way, f"{TASKS}/{task['id']}", fields)
    assert reply.status == 200, reply
    assert read(client, task["id"]) == reply.json
    changed: Task = reply.json
    return changed


@pytest.mark.parametrize("way", WRITES)
def test_a_named_field_changes_and_no_other(
    ann: Client, task: Task, clock: Clock, way: str
) -> None:
    clock.advance(hours=1)
    for name, value in NEW.items():
        changed = change(ann, way, task, **{name: value})
        assert changed == {**task, name: value, "updated_at": LATER, "rev": task["rev"] + 1}
        task = changed


@pytest.mark.parametrize("way", WRITES)
def test_everything_can_change_at_once(ann: Client, task: Task, way: str) -> None:
    changed = change(ann, way, task, **NEW, tags=["Green"])
    assert {name: changed[name] for name in NEW} == NEW
    assert [tag["name"] for tag in changed["tags"]] == ["green"]
    assert changed["rev"] == task["rev"] + 1


def test_null_in_a_put_leaves_a_field(ann: Client, task: Task, clock: Clock) -> None:
    clock.advance(hours=1)
    for name in (*FULL, "title", "assigned_to"):
        assert change(ann, "PUT", task, **{name: None}) == task
    moved = change(ann, "PUT", task, **{**dict.fromkeys(FULL), "title": "new"})
    assert moved == {**task, "title": "new", "updated_at": LATER, "rev": task["rev"] + 1}


def test_null_in_a_patch_clears_a_field(ann: Client, task: Task) -> None:
    for name in ("description", "start_date", "due_date", "assigned_to"):
        assert task[name] is not None
        changed = change(ann, "PATCH", task, **{name: None})
        cleared = {name: None, "rev": task["rev"] + 1}
        if name == "assigned_to":
            cleared["assignee"] = None
        assert changed == {**task, **cleared}
        task = changed


def test_a_patch_clears_tags(ann: Client, task: Task) -> None:
    for nothing in (None, [], ["", " "]):
        change(ann, "PATCH", task, tags=["red"])
        assert change(ann, "PATCH", task, tags=nothing)["tags"] == []


def test_a_patch_cannot_clear_what_every_task_has(ann: Client, task: Task, store: Store) -> None:
    with unchanged(store):
        for name in ("title", "status"):
            refused(ann.patch(f"{TASKS}/{task['id']}", {name: None}), 422, f"/{name}")


@pytest.mark.parametrize("way", WRITES)
def test_what_changes_nothing_leaves_rev_and_time(
    ann: Client, task: Task, clock: Clock, way: str
) -> None:
    clock.advance(hours=1)
    before = ann.get(f"{TASKS}/{task['id']}")
    for body in ({}, {"title": "task"}, FULL):
        assert change(ann, way, task, **body) == task
    assert ann.get(f"{TASKS}/{task['id']}").etag == before.etag


def test_a_page_may_put_back_what_it_got(ann: Client, task: Task, clock: Clock) -> None:
    clock.advance(hours=1)
    assert change(ann, "PUT", task, **task) == task
    edited = change(ann, "PUT", task, **{**task, "title": "new", "tags": task["tags"][:1]})
    assert (edited["title"], [tag["name"] for tag in edited["tags"]]) == ("new", ["red"])


READ_ONLY = (
    "id", "number", "parent_id", "root_id", "depth", "position", "rev", "status_label", "overdue",
    "is_deleted", "created_by", "creator", "assignee", "files", "comments", "created_at",
    "updated_at", "completed_at", "progress", "file_count", "comment_count",
)  # fmt: skip


def test_a_put_ignores_the_read_only_keys_of_a_task(ann: Client, task: Task) -> None:
    for value in ("x", 7, True, None, {"$ne": None}, ["x"]):
        assert change(ann, "PUT", task, **dict.fromkeys(READ_ONLY, value)) == task


def test_a_patch_and_a_create_refuse_the_read_only_keys(
    ann: Client, task: Task, store: Store
) -> None:
    with unchanged(store):
        for name in READ_ONLY:
            if name != "parent_id":
                refused(ann.patch(f"{TASKS}/{task['id']}", {name: task[name]}), 422, f"/{name}")
                refused(ann.post(TASKS, {"title": "x", name: task[name]}), 422, f"/{name}")


OWNED_BY_THE_SERVER = ("_id", "owner", "members", "outbox", "ops", "dirty", "hops", "children",
                       "closed", "deleted_at", "is_admin", "space")  # fmt: skip


def test_fields_that_the_server_owns_are_refused(ann: Client, task: Task, store: Store) -> None:
    with unchanged(store):
        for name in OWNED_BY_THE_SERVER:
            for way in WRITES:
                refused(ann.ask(way, f"{TASKS}/{task['id']}", {name: 1}), 422, f"/{name}")
            refused(ann.post(TASKS, {"title": "x", name: 1}), 422, f"/{name}")
            deep = {"title": "x", "subtasks": [{"title": "y", name: 1}]}
            refused(ann.post(TASKS, deep), 422, f"/subtasks/0/{name}")


@pytest.mark.parametrize("way", WRITES)
def test_overdue_is_no_status_to_set(ann: Client, task: Task, way: str) -> None:
    assert change(ann, way, task, status="overdue") == task
    late = change(ann, way, task, due_date="2020-01-01", status="overdue")
    assert (late["status"], late["overdue"]) == ("overdue", True)
    assert change(ann, way, task, due_date="2099-01-01")["status"] == "in_progress"


@pytest.mark.parametrize("way", WRITES)
def test_overdue_follows_the_clock_and_no_read_writes(
    ann: Client, store: Store, clock: Clock, way: str
) -> None:
    task = make(ann)
    change(ann, way, task, due_date=NOW)
    with unchanged(store):
        assert read(ann, task["id"])["status"] == "todo"
        clock.advance(milliseconds=1)
        assert read(ann, task["id"])["status"] == "overdue"
        assert tree(ann, task["id"])["overdue"] is True
        ann.get(TASKS)
    assert change(ann, way, task, status="completed")["overdue"] is False


@pytest.mark.parametrize("way", WRITES)
def test_a_change_deep_down_changes_no_neighbour(ann: Client, way: str) -> None:
    ids = plant(ann, ["a", ["b", ["c"]], ["d"]])
    before = {title: read(ann, task) for title, task in ids.items()}
    change(ann, way, before["c"], title="C", priority="high")
    assert {t: read(ann, ids[t]) for t in "abd"} == {t: before[t] for t in "abd"}
    assert outline(tree(ann, ids["a"])) == ["a", ["b", ["C"]], ["d"]]


def test_patch_takes_the_media_type_of_a_merge_patch(ann: Client, task: Task) -> None:
    reply = ann.ask("PATCH", f"{TASKS}/{task['id']}", data=b'{"title": "new"}',
                    content_type="application/merge-patch+json")  # fmt: skip
    assert (reply.status, reply.json["title"]) == (200, "new")


@pytest.mark.parametrize("way", WRITES)
def test_tags_are_cleaned_on_a_change_too(ann: Client, task: Task, way: str) -> None:
    changed = change(ann, way, task, tags=[" X ", "x", "", "Y"])
    assert [tag["name"] for tag in changed["tags"]] == ["x", "y"]


@pytest.mark.parametrize("way", WRITES)
def test_a_deleted_task_cannot_change(ann: Client, task: Task, store: Store, way: str) -> None:
    ann.delete(f"{TASKS}/{task['id']}")
    with unchanged(store):
        refused(ann.ask(way, f"{TASKS}/{task['id']}", {"title": "x"}), 404)
