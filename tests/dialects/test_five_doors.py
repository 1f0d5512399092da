"""One task through all five doors: made in one, seen and changed through the others, told of."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.api import asking
from tests.conftest import Clock
from tests.dialects.doors import DISPATCHER, DOORS, DUE, FLASK, Ids, Said, by_cookie, served
from tests.people import Client, Reply
from tracker.services import sweeping
from tracker.services.world import World

# what each door that knows of completion shows of a completed task; a word is shown as it was sent
COMPLETED: dict[str, Callable[[Any], bool]] = served(
    {
        "native": lambda body: body["status"] == "completed",
        "mytracker": lambda body: body["pass_date"] is not None,
        "flask_tracker": lambda body: body["task"]["status"].lower() == "completed",
        "dispatcher": lambda body: body["status"].lower() == "completed",
    }
)
FINISH: dict[str, Callable[[Client, Ids], Reply]] = served(
    {
        "native": lambda c, ids: c.post(f"/api/tasks/{ids.id}/complete"),
        "mytracker": lambda c, ids: by_cookie(c, "PATCH", f"finish_task/{ids.number}"),
        "flask_tracker": lambda c, ids: c.patch(
            f"{FLASK}/{ids.id}/status", {"status": "COMPLETED"}
        ),
        "dispatcher": lambda c, ids: c.put(f"{DISPATCHER}{ids.number}", {"status": "completed"}),
    }
)
# where each door that knows of a deadline, or of an owner, says it
DEADLINES: dict[str, Callable[[Any], str]] = served(
    {
        "native": lambda body: body["due_date"],
        "mytracker": lambda body: body["deadline"],
        "flask_tracker": lambda body: body["task"]["due_date"],
    }
)
OWNERS: dict[str, Callable[[Any], int]] = served(
    {
        "native": lambda body: body["creator"]["number"],
        "pomodoro": lambda body: body["owner_id"],
        "dispatcher": lambda body: body["user_id"],
    }
)
# those whose lists show what is shared with who asks
SHARING = {"native", "flask_tracker"}
every_door = pytest.mark.parametrize("door", DOORS)


def only_task(client: Client) -> Ids:
    (task,) = client.get("/api/tasks").json["tasks"]
    return Ids(task["id"], task["number"])


def made(client: Client, door: str, title: str = "walk") -> Ids:
    reply = DOORS[door].make(client, title)
    assert reply.status in {200, 201}, reply.body
    return only_task(client)


def shown(client: Client, ids: Ids) -> dict[str, Said]:
    """What each door says of a task."""
    replies = {name: door.read(client, ids) for name, door in DOORS.items()}
    assert {reply.status for reply in replies.values()} == {200}, replies
    return {name: DOORS[name].said(reply.json) for name, reply in replies.items()}


def everywhere(title: str) -> dict[str, Said]:
    """What each door says of a task of this title, whichever door made it."""
    return dict.fromkeys(DOORS, Said(title, "d"))


def listed(client: Client) -> dict[str, list[Said]]:
    """What each door lists."""
    return {name: door.listed(client) for name, door in DOORS.items()}


def types_told(client: Client) -> list[tuple[str, str]]:
    found = client.get("/api/notifications").json["notifications"]
    return [(one["type"], one["task_id"]) for one in found]


@every_door
def test_a_task_walks_through_all_five_doors(client: Client, door: str) -> None:
    ann = client.as_("ann")
    ids = made(ann, door)
    assert shown(ann, ids) == everywhere("walk")
    for name, other in DOORS.items():
        assert other.rename(ann, ids, f"by {name}").status == 200
        assert shown(ann, ids) == everywhere(f"by {name}")
    assert listed(ann) == {name: [said] for name, said in shown(ann, ids).items()}


@every_door
def test_the_sweep_tells_the_owner_of_what_a_door_made(
    client: Client, world: World, clock: Clock, door: str
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    ids = made(ann, door, "late")
    ann.patch(f"/api/tasks/{ids.id}", {"due_date": DUE, "notify_overdue": True})
    clock.advance(hours=20)
    sweeping.sweep(world)
    assert types_told(ann) == [("task_overdue", ids.id)]
    assert "late" in str(ann.get("/api/notifications").json)
    assert types_told(bob) == []


@pytest.mark.parametrize("door", DEADLINES)
def test_a_deadline_is_the_same_at_all_doors_that_know_one(client: Client, door: str) -> None:
    ann = client.as_("ann")
    ids = made(ann, door)
    for name in DEADLINES:
        found = DEADLINES[name](DOORS[name].read(ann, ids).json)
        assert datetime.fromisoformat(found) == datetime.fromisoformat(DUE), name


@every_door
def test_the_owner_is_who_made_it(client: Client, door: str) -> None:
    client.as_("bob")
    ann = client.as_("ann")
    ids = made(ann, door)
    for name in OWNERS:
        assert OWNERS[name](DOORS[name].read(ann, ids).json) == ann.me["number"], name


@every_door
def test_what_is_deleted_at_one_door_is_gone_at_all(client: Client, door: str) -> None:
    ann = client.as_("ann")
    ids = made(ann, "native")
    assert DOORS[door].delete(ann, ids).status in {200, 204}
    for other in DOORS.values():
        assert other.read(ann, ids).status == 404
        assert other.delete(ann, ids).status == 404
    assert listed(ann) == {name: [] for name in DOORS}
    assert ann.post(f"/api/tasks/{ids.id}/restore").status == 200
    assert shown(ann, ids) == everywhere("walk")


@every_door
def test_what_one_makes_nobody_else_sees_at_any_door(client: Client, door: str) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    ids = made(ann, door)
    assert listed(bob) == {name: [] for name in DOORS}
    with asking.unchanged(client.app.extensions["world"].store):
        for other in DOORS.values():
            assert other.read(bob, ids).status == 404
            assert other.rename(bob, ids, "mine").status == 404
            assert other.delete(bob, ids).status == 404


@every_door
def test_what_is_shared_is_read_at_all_doors_and_listed_at_some(client: Client, door: str) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    ids = made(ann, door)
    member = {"user": bob.me["id"], "role": "viewer"}
    assert ann.put(f"/api/tasks/{ids.id}/members", member).status == 200
    assert shown(bob, ids) == everywhere("walk")
    expected = {name: [said] for name, said in everywhere("walk").items()}
    assert listed(bob) == {name: expected[name] if name in SHARING else [] for name in DOORS}
    with asking.unchanged(client.app.extensions["world"].store):
        for other in DOORS.values():
            assert other.rename(bob, ids, "mine").status == 403
            assert other.delete(bob, ids).status == 403


@pytest.mark.parametrize("door", FINISH)
def test_what_is_completed_at_one_door_is_so_at_all(client: Client, door: str) -> None:
    ann = client.as_("ann")
    ids = made(ann, "native")
    assert FINISH[door](ann, ids).status in {200, 204}
    for name in COMPLETED:
        assert COMPLETED[name](DOORS[name].read(ann, ids).json), name
