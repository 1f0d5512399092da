"""POST /api/tasks and /{id}/subtasks: one task, a task below another, a whole tree."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import (
    NOWHERE,
    TASKS,
    Outline,
    draft,
    listed,
    make,
    nodes,
    outline,
    plant,
    read,
    refused,
    tree,
    unchanged,
)
from tests.people import Client
from tracker.store import Store

NOW = "2026-03-04T05:06:07.891000Z"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def test_a_title_is_enough(ann: Client) -> None:
    me = ann.seen
    made = make(ann, "Buy milk")
    told = {
        "id": made["id"], "number": made["number"], "title": "Buy milk", "description": None,
        "status": "todo", "status_label": None, "overdue": False, "priority": "medium",
        "start_date": None, "due_date": None, "completed_at": None, "notify_overdue": False,
        "is_deleted": False, "created_at": NOW, "updated_at": NOW,
        "created_by": me["id"], "creator": me, "assigned_to": None, "assignee": None,
        "tags": [], "files": [], "comments": [], "file_count": 0, "comment_count": 0,
        "parent_id": None, "root_id": made["id"], "depth": 0, "position": made["position"],
        "rev": made["rev"], "progress": {"done": 0, "total": 0},
        "category": None, "pomodoros": {"planned": None, "done": 0},
    }  # fmt: skip
    assert {name: made[name] for name in told} == told
    assert set(made) <= {*told, "subtask_count", "completion"}
    assert UUID(made["id"]).version == 7


def test_what_was_made_is_read_where_location_says(ann: Client) -> None:
    reply = ann.post(TASKS, {"title": "Buy milk"})
    assert reply.status == 201
    assert reply.headers["Location"] == f"{TASKS}/{reply.json['id']}"
    again = ann.get(reply.headers["Location"])
    assert (again.json, again.etag) == (reply.json, reply.etag)


def test_every_field_comes_back(ann: Client) -> None:
    sent = {
        "title": "T1",
        "description": "two\nlines",
        "status": "in_progress",
        "priority": "urgent",
        "start_date": "2026-04-01T00:00:00Z",
        "due_date": "2099-01-01T00:00:00Z",
        "assigned_to": ann.me["id"],
        "notify_overdue": True,
    }
    made = make(ann, **sent)
    assert {name: made[name] for name in sent} == sent
    assert made["assignee"] == ann.seen


def test_null_is_nothing_given(ann: Client) -> None:
    for name in ("description", "start_date", "due_date", "assigned_to", "parent_id"):
        assert make(ann, **{name: None})[name] is None


def test_a_title_is_kept_as_sent(ann: Client) -> None:
    for title in ("x" * 255, "🎉" * 255, "  as sent ", "ß…日本語", "a\nb", "$set", "a.b", "="):
        assert read(ann, make(ann, title)["id"])["title"] == title


def test_times_are_answered_in_utc(ann: Client) -> None:
    times = {
        "2099-01-01T00:00:00Z": "2099-01-01T00:00:00Z",
        "2099-01-01T00:00:00": "2099-01-01T00:00:00Z",
        "2099-01-01": "2099-01-01T00:00:00Z",
        "2099-01-01T02:30:00+02:30": "2099-01-01T00:00:00Z",
        "2098-12-31T19:00:00-05:00": "2099-01-01T00:00:00Z",
        "2099-01-01t00:00:00z": "2099-01-01T00:00:00Z",
        "2099-01-01T00:00:00.123999Z": "2099-01-01T00:00:00.123000Z",
        "2024-02-29T12:00:00Z": "2024-02-29T12:00:00Z",
    }
    for sent, kept in times.items():
        made = make(ann, start_date=sent, due_date=sent)
        assert (made["start_date"], made["due_date"]) == (kept, kept), sent


def test_status_is_as_given_and_overdue_derived(ann: Client) -> None:
    cases = [
        ("todo", "2099-01-01", "todo"),
        ("in_progress", "2099-01-01", "in_progress"),
        ("todo", "2020-01-01", "overdue"),
        ("in_progress", "2020-01-01", "overdue"),
        ("completed", "2020-01-01", "completed"),
        ("overdue", "2099-01-01", "todo"),
        ("overdue", None, "todo"),
        ("todo", NOW, "todo"),
    ]
    for status, due, shown in cases:
        made = make(ann, status=status, due_date=due)
        assert (made["status"], made["overdue"]) == (shown, shown == "overdue"), (status, due)
        assert made["completed_at"] == (NOW if shown == "completed" else None)


def test_tags_are_cleaned_names_and_go_out_as_objects(ann: Client) -> None:
    tags = make(ann, tags=["Red", " blue ", "RED", "", "  ", "Ärger"])["tags"]
    assert [tag["name"] for tag in tags] == ["red", "blue", "ärger"]
    assert {tag["color"] for tag in tags} == {"#3B82F6"}
    assert len({UUID(tag["id"]) for tag in tags}) == 3
    assert all(set(tag) == {"id", "name", "color", "created_at"} for tag in tags)
    assert make(ann, tags=["red"])["tags"] == tags[:1]


def test_numbers_are_unique_across_people_and_trees(client: Client) -> None:
    for name in ("ann", "bob"):
        plant(client.as_(name), ["a", ["b"], ["c", ["d"]]])
        make(client.as_(name))
    found = [client.as_(name).get(TASKS).json["tasks"] for name in ("ann", "bob")]
    numbers = [task["number"] for tasks in found for task in tasks]
    assert len(set(numbers)) == len(numbers) == 10
    assert min(numbers) >= 1


@pytest.mark.parametrize("way", ["parent_id", "subtasks"])
def test_a_task_is_put_below_another_as_its_last_child(ann: Client, way: str) -> None:
    ids = plant(ann, ["trip", ["pack", ["socks"]]])
    body: dict[str, Any] = {"title": "shoes"}
    below = {"parent_id": (TASKS, body | {"parent_id": ids["pack"]}),
             "subtasks": (f"{TASKS}/{ids['pack']}/subtasks", body)}  # fmt: skip
    reply = ann.post(*below[way])
    assert (reply.status, reply.headers["Location"]) == (201, f"{TASKS}/{reply.json['id']}")
    told = (reply.json["parent_id"], reply.json["root_id"], reply.json["depth"])
    assert told == (ids["pack"], ids["trip"], 2)
    assert read(ann, reply.json["id"]) == reply.json
    assert outline(tree(ann, ids["trip"])) == ["trip", ["pack", ["socks"], ["shoes"]]]
    assert read(ann, ids["trip"])["progress"] == {"done": 0, "total": 3}


WHOLE: Outline = [
    "release",
    ["code", ["freeze", ["tell all"], ["lock"]], ["tag"]],
    ["press", ["text"]],
    ["a party"],
    ["Zeit nehmen"],
]


@pytest.mark.parametrize("below", [False, True])
def test_a_whole_tree_is_made_in_one_step(ann: Client, below: bool) -> None:
    top = {"parent_id": make(ann, "top")["id"]} if below else {}
    made = make(ann, **draft(WHOLE), **top)
    assert "subtasks" not in made
    assert made["progress"] == {"done": 0, "total": 9}
    found = tree(ann, made["id"])
    assert outline(found) == WHOLE
    _assert_threaded(found, parent=top.get("parent_id"), depth=int(below))
    assert len({node["number"] for node in nodes(found)}) == 10
    assert {node["root_id"] for node in nodes(found)} == {top.get("parent_id", made["id"])}
    assert all(read(ann, node["id"])["depth"] == node["depth"] for node in nodes(found))


def _assert_threaded(node: dict[str, Any], parent: str | None, depth: int) -> None:
    assert (node["parent_id"], node["depth"]) == (parent, depth)
    for child in node["subtasks"]:
        _assert_threaded(child, node["id"], depth + 1)


def test_subtasks_carry_every_field(ann: Client) -> None:
    child = {"title": "c", "description": "d", "status": "completed", "priority": "low",
             "due_date": "2099-01-01T00:00:00Z", "tags": ["Red"], "notify_overdue": True,
             "start_date": None, "assigned_to": ann.me["id"]}  # fmt: skip
    found = tree(ann, make(ann, subtasks=[{"title": "b", "subtasks": [child]}])["id"])
    grandchild = found["subtasks"][0]["subtasks"][0]
    assert [tag["name"] for tag in grandchild.pop("tags")] == ["red"]
    assert {name: grandchild[name] for name in child if name != "tags"} == {
        name: value for name, value in child.items() if name != "tags"
    }
    assert found["progress"] == {"done": 1, "total": 2}


def test_later_children_come_after_earlier_ones(ann: Client) -> None:
    ids = plant(ann, ["a", ["1"], ["2"]])
    for step in ("3", "4"):
        ann.post(f"{TASKS}/{ids['a']}/subtasks", draft([step, ["x"], ["y"], ["z"]]))
        ann.patch(f"{TASKS}/{ids['1']}", {"description": step})
    below = [["x"], ["y"], ["z"]]
    assert outline(tree(ann, ids["a"])) == ["a", ["1"], ["2"], ["3", *below], ["4", *below]]


def test_a_fault_deep_down_makes_nothing(ann: Client, store: Store) -> None:
    body = draft(["a", ["b", ["c"], ["d"]]])
    body["subtasks"][0]["subtasks"][1]["title"] = ""
    with unchanged(store):
        refused(ann.post(TASKS, body), 422, "/subtasks/0/subtasks/1/title")


def test_an_open_task_cannot_be_born_below_a_completed_one(ann: Client, store: Store) -> None:
    open_below: dict[str, Any] = {"title": "a", "status": "completed", "subtasks": [
        {"title": "b", "status": "completed", "subtasks": [{"title": "c"}]}]}  # fmt: skip
    with unchanged(store):
        refused(ann.post(TASKS, open_below), 422)
    open_below["subtasks"][0]["subtasks"][0]["status"] = "completed"
    assert make(ann, **open_below)["progress"] == {"done": 2, "total": 2}


@pytest.mark.parametrize("gone", ["unknown", "deleted", "below a deleted one"])
def test_a_parent_that_is_not_there_gets_404(ann: Client, store: Store, gone: str) -> None:
    ids = plant(ann, ["a", ["b", ["c"]]])
    ann.delete(f"{TASKS}/{ids['b']}")
    parent = {"unknown": NOWHERE, "deleted": ids["b"], "below a deleted one": ids["c"]}[gone]
    with unchanged(store):
        replies = (
            ann.post(TASKS, {"title": "x", "parent_id": parent}),
            ann.post(f"{TASKS}/{parent}/subtasks", {"title": "x"}),
        )
        for reply in replies:
            assert refused(reply, 404)["detail"] == "Task not found"


def test_a_subtask_does_not_choose_another_parent(ann: Client) -> None:
    one, two = make(ann, "one"), make(ann, "two")
    reply = ann.post(f"{TASKS}/{one['id']}/subtasks", {"title": "x", "parent_id": two["id"]})
    refused(reply, 422, "/parent_id")
    assert listed(ann, "level=all&sort_by=title&sort_order=asc") == ["one", "two"]
