"""Every query that the service sends, in a broad walk over HTTP, has a declared index."""

from typing import Any

import uuid_utils

from tests.people import PASSWORD, Client, Reply
from tests.store.serving import Command, is_served, queries
from tests.wire import Ear
from tracker.services import measuring, sweeping
from tracker.services.world import World


def _unserved(heard: list[Command]) -> list[tuple[str, dict[str, Any]]]:
    asked = [query for command in heard for query in queries(command)]
    assert len(asked) > 0
    return [query for query in asked if not is_served(*query)]


def test_every_query_has_a_declared_index(
    ann_over_the_wire: Client, over_the_wire: World, ear: Ear
) -> None:
    ear.heard.clear()
    ann, bob = ann_over_the_wire, ann_over_the_wire.as_("bob")
    ids = _write(ann, bob.me["id"])
    _read(ann, bob, ids)
    _around(ann, bob, ids)
    _move_and_purge(ann, ids)
    _fail(ann, ids)
    sweeping.sweep(over_the_wire)
    measuring.readings(over_the_wire)
    assert _unserved(ear.heard) == []


def test_a_query_without_an_index_is_noticed(over_the_wire: World, ear: Ear) -> None:
    ear.heard.clear()
    over_the_wire.store.db.task_paths.find_one({"title": "x"})
    assert _unserved(ear.heard) == [("task_paths", {"title": "x"})]


def _ok(reply: Reply) -> Any:
    assert reply.status < 300, reply
    return reply.json


def _write(ann: Client, bob: str) -> dict[str, str]:
    """A tree written to in every way, and a tree that stands beside it; bob gets a task."""
    below = [{"title": "a", "subtasks": [{"title": "deep"}]}, {"title": "b", "tags": ["red"]}]
    ids = {"r": _ok(ann.post("/api/tasks", {"title": "r", "subtasks": below}))["id"]}
    for found in _ok(ann.get(f"/api/tasks/{ids['r']}/tree"))["subtasks"]:
        ids[found["title"]] = found["id"]
    ids["other"] = _ok(ann.post("/api/tasks", {"title": "other"}, headers=_key()))["id"]
    path = f"/api/tasks/{ids['a']}"
    _ok(ann.post(f"{path}/subtasks", {"title": "c"}, headers=_key()))
    _ok(ann.post("/api/tasks/bulk", {"tasks": [{"title": "x"}, {"title": "y"}]}, headers=_key()))
    _ok(ann.put(path, {"title": "A"}))
    _ok(ann.patch(path, {"due_date": "2020-01-01"}, headers=_key()))
    _ok(ann.put(f"/api/tasks/{ids['r']}/members", {"user": bob, "role": "editor"}))
    _ok(ann.patch(path, {"assigned_to": bob}))
    _ok(ann.post(f"{path}/complete", query_string="cascade=true"))
    _ok(ann.post(f"{path}/reopen"))
    return ids


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid_utils.uuid4())}


LISTS = [
    "",
    *(f"sort_by={name}&sort_order=asc" for name in ("due_date", "priority", "title", "status")),
    "status=overdue&priority=medium&search=a&tag=red",
    "level=roots&overdue=false&completed=false",
    "due_after=2019-01-01&due_before=2021-01-01",
]


def _read(ann: Client, bob: Client, ids: dict[str, str]) -> None:
    path = f"/api/tasks/{ids['a']}"
    for client in (ann, bob):
        for one in ("", "/tree", "/subtasks", "/ancestors", "/history", "/members"):
            _ok(client.get(path + one))
        for query in [*LISTS, f"root={ids['r']}", f"parent={ids['a']}"]:
            first = _ok(client.get(f"/api/tasks?page_size=1&{query}"))
            if first.get("next_cursor"):
                _ok(client.get(f"/api/tasks?page_size=1&{query}&cursor={first['next_cursor']}"))
    _ok(ann.get(f"/api/tasks?assigned_to={bob.me['id']}"))


def _around(ann: Client, bob: Client, ids: dict[str, str]) -> None:
    _ok(ann.put("/api/auth/me", {"full_name": "Ann A."}))
    login = {"email": "ann@example.com", "password": PASSWORD}
    _ok(ann.with_token(None).post("/api/auth/login", login))
    path = f"/api/tasks/{ids['a']}/reminders"
    own = _ok(ann.post(path, {"minutes": 5}, headers=_key()))["id"]
    _ok(ann.get(path))
    _ok(ann.post(f"{path}/{own}/snooze", {"minutes": 5}))
    _ok(ann.delete(f"/api/tasks/{ids['b']}"))
    _ok(ann.get("/api/trash"))
    _ok(ann.post(f"/api/tasks/{ids['b']}/restore"))
    _ok(ann.put(f"/api/tasks/{ids['r']}/members", {"user": "bob", "role": "viewer"}))
    _ok(bob.delete(f"/api/tasks/{ids['r']}/members"))


def _move_and_purge(ann: Client, ids: dict[str, str]) -> None:
    for parent in (ids["b"], ids["other"], None, ids["r"]):
        _ok(ann.post(f"/api/tasks/{ids['a']}/move", {"parent_id": parent}, headers=_key()))
    _ok(ann.delete(f"/api/tasks/{ids['b']}?permanent=true"))
    _ok(ann.delete(f"/api/tasks/{ids['other']}?permanent=true"))


def _fail(ann: Client, ids: dict[str, str]) -> None:
    """What is refused asks, too."""
    path, nobody = f"/api/tasks/{ids['a']}", str(uuid_utils.uuid7())
    assert ann.get(f"/api/tasks/{nobody}").status == 404
    assert ann.as_("sam").get(path).status == 404
    assert ann.patch(path, {"assigned_to": nobody}).status == 422
    assert ann.patch(path, {"title": "x"}, headers={"If-Match": '"n0-0"'}).status == 412
    assert ann.post("/api/tasks", {"title": "x", "parent_id": nobody}).status == 404
    again = {"email": "ann@example.com", "username": "ann2", "full_name": "A", "password": PASSWORD}
    assert ann.with_token(None).post("/api/auth/register", again).status == 400
