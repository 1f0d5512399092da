"""Round trips of what labels and sums of tasks cost, and an index for every query of theirs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.table import done, share
from tests.people import Client
from tests.store.serving import is_served, queries
from tests.wire import Ear
from tracker.services import pomodoros, tidying
from tracker.services.world import World

Hear = Callable[[Callable[[], object]], list[str]]
ANALYTICS = "/api/analytics"


@pytest.fixture
def heard(ear: Ear) -> Hear:
    """What a request asks the database, without the look at who asks."""

    def hear(deed: Callable[[], object]) -> list[str]:
        ear.heard.clear()
        deed()
        return [f"{body[name]}.{name}" for name, body in ear.heard][1:]

    return hear


@pytest.fixture
def ann(ann_over_the_wire: Client) -> Client:
    """ann, who shares a tree with bob, and has another of her own."""
    ann = ann_over_the_wire
    made = done(ann.post("/api/tasks", {"title": "a", "tags": ["red"]}))
    share(ann, made["id"], "bob", "editor")
    done(ann.post("/api/tasks", {"title": "b", "tags": ["red"]}))
    return ann


def test_sums_take_three_and_fewer_when_they_are_kept(ann: Client, heard: Hear) -> None:
    overview, trends = f"{ANALYTICS}/overview", f"{ANALYTICS}/trends"
    for path in (overview, trends):
        made = ["trees.find", "trees.find", "task_paths.aggregate"]
        assert heard(lambda path=path: ann.get(path)) == made
        assert heard(lambda path=path: ann.get(path)) == made[:2]
    told = ["trees.find", "users.find", "task_paths.aggregate"]
    assert heard(lambda: ann.get(f"{ANALYTICS}/performance")) == told


def test_people_and_tags_take_two(ann: Client, heard: Hear) -> None:
    assert heard(lambda: ann.get("/api/auth/users")) == ["trees.find", "users.find"]
    assert heard(lambda: ann.get("/api/tags")) == ["trees.find", "task_paths.aggregate"]
    assert heard(lambda: ann.get("/api/categories")) == ["categories.find"]


def test_a_category_is_looked_up_only_where_one_is_given(ann: Client, heard: Hear) -> None:
    task = done(ann.post("/api/tasks", {"title": "c"}))["id"]
    plain = heard(lambda: ann.patch(f"/api/tasks/{task}", {"title": "d"}))
    given = heard(lambda: ann.patch(f"/api/tasks/{task}", {"category": 1}))
    assert len(given) == len(plain) + 2
    assert len(heard(lambda: ann.put(f"/api/tasks/{task}", {"category": 1}))) == 2


def test_an_export_takes_as_few_however_many_tasks(ann: Client, heard: Hear) -> None:
    asked = heard(lambda: ann.get(f"{ANALYTICS}/export"))
    assert asked == ["trees.find", "task_paths.aggregate", "task_paths.find"]


def test_starting_takes_three_and_ending_a_commit_and_a_few(ann: Client, heard: Hear) -> None:
    task = done(ann.post("/api/tasks", {"title": "c"}))["id"]
    path = f"/api/tasks/{task}/pomodoros"
    assert heard(lambda: ann.post(path)) == ["task_paths.find", "trees.find", "pomodoros.insert"]
    assert len(heard(lambda: ann.post(f"{path}/interrupt"))) == 4
    ann.post(path)
    assert len(heard(lambda: ann.post(f"{path}/stop"))) <= 14
    assert len(heard(lambda: ann.get(path))) <= 7


def test_every_query_has_a_declared_index(
    ann: Client, over_the_wire: World, ear: Ear, clock: Any
) -> None:
    ear.heard.clear()
    bob = ann.as_("bob")
    for client in (ann, bob):
        _ask(client)
    clock.advance(minutes=5)
    for one in pomodoros.uncounted(over_the_wire, 100):
        pomodoros.count(over_the_wire, one)
    for user in tidying.due(over_the_wire, 100):
        tidying.go_on(over_the_wire, user)
    unserved = [q for command in ear.heard for q in queries(command) if not is_served(*q)]
    assert unserved == []
    asked = {body[name] for name, body in ear.heard}
    assert {"pomodoros", "categories", "task_paths", "trees", "users"} <= asked


def _ask(client: Client) -> None:
    task = done(client.post("/api/tasks", {"title": "x", "tags": ["red", "blue"]}))["id"]
    path, key = f"/api/tasks/{task}/pomodoros", {"Idempotency-Key": "k"}
    for deed in ("", "/stop", "", "/interrupt"):
        client.post(path + deed)
    for _ in range(2):
        client.post(path, headers=key)
        client.post(f"{path}/stop", headers=key)
    ids = {tag["name"]: tag["id"] for tag in done(client.get("/api/tags"))}
    done(client.post("/api/tags", {"name": "new"}))
    done(client.patch(f"/api/tags/{ids['red']}", {"name": "crimson", "color": "#000000"}))
    done(client.post(f"/api/tags/{ids['blue']}/merge", {"into": ids["red"]}))
    done(client.delete(f"/api/tags/{ids['red']}"))
    number = done(client.post("/api/categories", {"name": "work"}))["number"]
    done(client.patch(f"/api/categories/{number}", {"name": "play"}))
    done(client.patch(f"/api/tasks/{task}", {"category": number}))
    done(client.get(f"/api/tasks?category={number}&tag=red"))
    done(client.delete(f"/api/categories/{number}"))
    pages = ("tags", "categories", "pomodoros", "pomodoros/totals", "auth/users")
    sums = ("overview", "performance", "trends")
    for found in (
        path,
        f"/api/pomodoros?task={task}&since=2020-01-01",
        *(f"/api/{page}" for page in pages),
        *(f"{ANALYTICS}/{name}" for name in sums),
    ):
        done(client.get(found))
    for form in ("xlsx", "csv", "json"):
        assert client.get(f"{ANALYTICS}/export?format={form}").status == 200
    done(client.get("/api/auth/me/export"))
