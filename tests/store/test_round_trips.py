"""Round trips to the database, counted by the driver's own ear, and an index for every query."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import uuid_utils

from config import Config
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tests.store.serving import Command, is_served, queries
from tests.wire import Ear
from tracker import create_app
from tracker.core.select import Query
from tracker.core.terms import Key, Terms
from tracker.services import editing, making, reading, sweeping, trashing
from tracker.services.world import World
from tracker.store import Store

ANN = {"_id": "ann"}


@pytest.fixture
def over_the_wire(wire_store: Store, clock: Clock) -> World:
    return World(wire_store, clock, lambda: str(uuid_utils.uuid7()))


@pytest.fixture
def tree(over_the_wire: World) -> dict[str, str]:
    """The ids of a tree with two children; a block of numbers is open."""
    draft = {"title": "r", "subtasks": [{"title": "a"}, {"title": "b"}]}
    root = making.create(over_the_wire, ANN, draft).row["_id"]
    found = reading.subtree(over_the_wire, ANN, root)
    return {"r": root} | {n["title"]: task for task, n in found.place.node["children"].items()}


class Count:
    """How many commands a deed sends, and what they were."""

    def __init__(self, ear: Ear) -> None:
        self.ear = ear

    def __call__(self, deed: Callable[[], object]) -> int:
        self.ear.heard.clear()
        deed()
        return len(self.ear.heard)

    @property
    def names(self) -> list[str]:
        return [f"{body[name]}.{name}" for name, body in self.ear.heard]


@pytest.fixture
def count(ear: Ear) -> Count:
    return Count(ear)


EDIT = [
    "task_paths.find",
    "trees.find",
    "trees.update",
    "task_paths.update",
    "history.insert",
    "trees.update",
]


def test_a_task_takes_two(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.task(over_the_wire, ANN, tree["a"])) == 2


def test_a_tree_takes_two(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.subtree(over_the_wire, ANN, tree["r"])) == 2


def test_a_list_takes_three(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: reading.listing(over_the_wire, ANN, Query(over_the_wire.now()))) == 3


def test_an_edit_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], {"title": "A"})) == 6
    assert count.names == EDIT


def test_completing_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: editing.complete(over_the_wire, ANN, tree["a"])) == 6


def test_reopening_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    editing.complete(over_the_wire, ANN, tree["a"])
    assert count(lambda: editing.reopen(over_the_wire, ANN, tree["a"])) == 6


def test_deleting_takes_six(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    assert count(lambda: trashing.delete(over_the_wire, ANN, tree["a"])) == 6


def test_restoring_a_task_takes_eight(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    trashing.delete(over_the_wire, ANN, tree["a"])
    assert count(lambda: trashing.restore(over_the_wire, ANN, tree["a"])) == 8


def test_creating_below_a_parent_takes_six(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    draft = {"title": "c", "parent_id": tree["r"]}
    assert count(lambda: making.create(over_the_wire, ANN, draft)) == 6


def test_creating_a_root_takes_four(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    assert count(lambda: making.create(over_the_wire, ANN, {"title": "new"})) == 4


def test_many_rows_add_a_look_and_an_insert_however_many(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    over_the_wire.store.numbers.take(48)
    below = {"title": "c", "parent_id": tree["r"], "subtasks": [{"title": "x"}] * 300}
    assert count(lambda: making.create(over_the_wire, ANN, below)) == 6 + 1 + 2, count.names
    alone = {"title": "c", "subtasks": [{"title": "x"}] * 300}
    assert count(lambda: making.create(over_the_wire, ANN, alone)) == 4 + 1 + 1, count.names


def test_a_used_up_block_of_numbers_adds_one(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    over_the_wire.store.numbers.take(47)
    assert count(lambda: making.create(over_the_wire, ANN, {"title": "new"})) == 5


def test_a_key_adds_two_to_an_edit_and_three_to_a_root(
    over_the_wire: World, tree: dict[str, str], count: Count
) -> None:
    keyed = Terms(key=Key("k", "request"))
    changes = {"title": "A"}
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], changes, keyed)) == 8
    assert count(lambda: editing.change(over_the_wire, ANN, tree["a"], changes, keyed)) == 3


def test_people_take_one_more(over_the_wire: World, tree: dict[str, str], count: Count) -> None:
    for user in ("ann", "bob"):
        over_the_wire.store.db.users.insert_one(
            {"_id": user, "number": ord(user[0]), "state": "active"}
        )
    shared = {"members": [{"user": "bob", "role": "viewer"}]}
    over_the_wire.store.db.trees.update_one({"_id": tree["r"]}, {"$set": shared})
    bob = {"_id": "bob"}
    assert count(lambda: reading.task(over_the_wire, bob, tree["a"])) == 2 + 1
    assert count(lambda: reading.subtree(over_the_wire, bob, tree["a"])) == 2 + 1
    assert count(lambda: reading.listing(over_the_wire, bob, Query(over_the_wire.now()))) == 3 + 1


@pytest.fixture
def client(config: Config, over_the_wire: World, log: io.BytesIO) -> Client:
    return Client(create_app(config, over_the_wire, log_to=log)).as_("ann")


def test_a_request_adds_the_session_and_nothing_else(client: Client, count: Count) -> None:
    root = client.post("/api/tasks", {"title": "r"}).json["id"]
    path = f"/api/tasks/{root}"
    assert count(lambda: client.get(path)) == 2 + 1
    assert count(lambda: client.get(f"{path}/tree")) == 2 + 1
    assert count(lambda: client.get("/api/tasks")) == 3 + 1
    assert count(lambda: client.patch(path, {"title": "R"})) == 6 + 1, count.names
    assert count(lambda: client.post("/api/tasks", {"title": "x", "parent_id": root})) == 6 + 1, (
        count.names
    )
    assert count(lambda: client.post("/api/tasks", {"title": "x"})) == 4 + 1
    assert count(lambda: client.post(f"{path}/complete", query_string="cascade=true")) == 6 + 1, (
        count.names
    )
    assert count(lambda: client.delete(path)) == 6 + 1, count.names


def _unserved(heard: list[Command]) -> list[tuple[str, dict[str, Any]]]:
    asked = [query for command in heard for query in queries(command)]
    assert len(asked) > 0
    return [query for query in asked if not is_served(*query)]


def test_every_query_has_a_declared_index(client: Client, over_the_wire: World, ear: Ear) -> None:
    ear.heard.clear()
    ann, bob = client, client.as_("bob")
    ids = _write(ann, bob.me["id"])
    _read(ann, bob, ids)
    _around(ann, bob, ids)
    _move_and_purge(ann, ids)
    _fail(ann, ids)
    sweeping.sweep(over_the_wire)
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
