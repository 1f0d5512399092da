"""Leaving, and taking one's things along: DELETE /api/auth/me and GET /api/auth/me/export."""

from datetime import datetime
from typing import Any

import pytest

from tests.api.asking import TASKS, make, nodes, plant, read, refused, unchanged
from tests.api.table import share
from tests.conftest import Clock
from tests.people import PASSWORD, Client, Reply
from tests.store.wrapped import wrap
from tracker.core.tries import RULES
from tracker.services import exporting, sweeping
from tracker.services.world import World
from tracker.store import Store

ME, EXPORT = "/api/auth/me", "/api/auth/me/export"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def leave(client: Client, password: Any = PASSWORD) -> Reply:
    return client.ask("DELETE", ME, {"password": password})


def log_in(client: Client, name: str = "ann") -> Reply:
    body = {"email": f"{name}@example.com", "password": PASSWORD}
    return client.with_token(None).post("/api/auth/login", body)


def exported(client: Client) -> dict[str, Any]:
    reply = client.get(EXPORT)
    assert reply.status == 200
    found: dict[str, Any] = reply.json
    return found


def test_leaving_is_accepted_and_says_what_goes(ann: Client) -> None:
    reply = leave(ann)
    assert reply.status == 202
    assert "trees you own are removed" in reply.json["detail"]


def test_access_ends_with_the_next_request(ann: Client) -> None:
    other = ann.with_token(log_in(ann).json["access_token"])
    leave(ann)
    for client in (ann, other):
        assert client.get(ME).status == 401
        assert client.get(TASKS).status == 401
    assert log_in(ann).status in {401, 403}


def test_leaving_needs_the_password(ann: Client, store: Store) -> None:
    with unchanged(store):
        refused(leave(ann, "wrong"), 403)
        refused(ann.delete(ME), 415)
        refused(ann.ask("DELETE", ME, {}), 422, "/password")
        refused(leave(ann, {"$ne": None}), 422, "/password")
        refused(leave(ann, "x" * 129), 422, "/password")
        refused(leave(ann.with_token(None)), 401)
    assert ann.get(ME).status == 200


def test_guessing_the_password_is_held_back(ann: Client) -> None:
    most = RULES["password"].both
    assert [leave(ann, "wrong").status for _ in range(most + 1)] == [403] * most + [429]
    refused(leave(ann), 429)


def test_what_one_owned_is_gone_for_others_too(ann: Client, world: World, clock: Clock) -> None:
    bob = ann.as_("bob")
    mine, theirs = plant(ann, ["mine", ["x"]]), plant(bob, ["theirs", ["y"]])
    share(ann, mine["mine"], "bob", "editor")
    share(bob, theirs["theirs"], "ann", "editor")
    bob.patch(f"{TASKS}/{theirs['y']}", {"assigned_to": ann.me["id"]})
    below = make(ann, "z", parent_id=theirs["theirs"])
    leave(ann)
    sweeping.sweep(world)
    refused(bob.get(f"{TASKS}/{mine['mine']}"), 404)
    assert read(bob, theirs["y"])["assignee"] is None
    creator = read(bob, below["id"])["creator"]
    assert (creator["full_name"], creator["email"], creator["is_active"]) == (
        "Deleted account",
        None,
        False,
    )
    members = bob.get(f"{TASKS}/{theirs['theirs']}/members").json
    assert [member["user"]["username"] for member in members] == ["bob"]


def test_nobody_can_be_given_anything_who_is_leaving(ann: Client, store: Store) -> None:
    bob = ann.as_("bob")
    ids = plant(bob, ["theirs", ["x"]])
    share(bob, ids["theirs"], "ann", "editor")
    me = ann.me["id"]
    leave(ann)
    with unchanged(store):
        refused(bob.patch(f"{TASKS}/{ids['x']}", {"assigned_to": me}), 422)
        refused(bob.put(f"{TASKS}/{ids['x']}/members", {"user": me, "role": "owner"}), 422)


def test_the_names_may_be_taken_again(ann: Client, world: World) -> None:
    leave(ann)
    sweeping.sweep(world)
    body = {"email": "ann@example.com", "username": "ann", "full_name": "Another"}
    reply = ann.with_token(None).post("/api/auth/register", {**body, "password": PASSWORD})
    assert reply.status == 201
    assert reply.json["user"]["number"] == 2


# taking along


def test_the_export_holds_all_that_one_owns(ann: Client) -> None:
    bob = ann.as_("bob")
    ids = plant(ann, ["a", ["b", ["c"]], ["d"]], description="x" * 100) | plant(ann, ["e"])
    ann.delete(f"{TASKS}/{ids['d']}")
    theirs = plant(bob, ["theirs"])
    share(bob, theirs["theirs"], "ann", "viewer")
    share(ann, ids["a"], "bob", "editor")
    found = exported(ann)
    assert found["profile"]["email"] == "ann@example.com"
    assert found["memberships"] == [{"tree": theirs["theirs"], "role": "viewer"}]
    assert [one["id"] for one in found["trees"]] == [ids["a"], ids["e"]]
    titles = [node["title"] for node in nodes(found["trees"][0]["root"])]
    assert titles == ["a", "b", "c", "d"]
    assert found["trees"][0]["root"]["subtasks"][1]["deleted_at"]
    assert found["trees"][0]["members"] == [{"user": bob.me["id"], "role": "editor"}]
    assert {row["deed"] for row in found["history"]} == {"create", "delete", "share"}
    assert datetime.fromisoformat(found["exported_at"])


def test_the_export_of_nothing_is_whole(ann: Client) -> None:
    found = exported(ann)
    assert (found["trees"], found["history"], found["memberships"]) == ([], [], [])
    assert len(found["sessions"]) == 1


def test_the_export_is_a_file_and_not_kept(ann: Client) -> None:
    reply = ann.get(EXPORT)
    assert reply.headers["Content-Disposition"] == 'attachment; filename="tracker-export.json"'
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert ann.ask("HEAD", EXPORT).status == 200


def test_the_export_holds_nothing_of_others_and_no_secret(ann: Client) -> None:
    bob = ann.as_("bob")
    theirs = plant(bob, ["theirs-canary"])
    share(bob, theirs["theirs-canary"], "ann", "editor")
    token = {"name": "t", "scopes": ["tasks:read"]}
    made = ann.post("/api/auth/tokens", token)
    assert made.status == 201, made.json
    body = ann.get(EXPORT).body
    for secret in (b"argon2", b"canary", b"bob@", b"_key", b'"hash"', made.json["token"].encode()):
        assert secret not in body


def test_exports_are_few(ann: Client) -> None:
    most = RULES["export"].both
    assert [ann.get(EXPORT).status for _ in range(most + 1)] == [200] * most + [429]


def test_the_export_reads_a_tree_when_it_is_asked_for_it(world: World, ann: Client) -> None:
    """So however many there are, one of them is held at a time."""
    for number in range(5):
        make(ann, f"tree {number}")
    loads = []

    def around(call: Any) -> Any:
        loads.extend([1] * (call.name == "trees.find_one"))
        return call.run()

    seen = World(wrap(world.store, around), world.clock, world.new_id)
    trees = exporting.own_trees(seen, {"_id": ann.me["id"]})
    for number in range(1, 6):
        next(trees)
        assert len(loads) == number
