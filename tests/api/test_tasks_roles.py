"""Owner, editor, viewer, assignee, stranger: who may do what, and to whom a task may be given.

The tests write the head of a tree themselves, whatever way sharing takes there.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import uuid_utils

from config import Config
from tests import invariants
from tests.api.asking import NOWHERE, TASKS, listed, make, plant, read, refused, tree, unchanged
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store, assemble

# deed: method, tail of the path, body
DEEDS: dict[str, tuple[str, str, Any]] = {
    "read": ("GET", "", None),
    "tree": ("GET", "/tree", None),
    "subtasks": ("GET", "/subtasks", None),
    "ancestors": ("GET", "/ancestors", None),
    "put": ("PUT", "", {"title": "x"}),
    "patch": ("PATCH", "", {"title": "x"}),
    "complete": ("POST", "/complete", None),
    "reopen": ("POST", "/reopen", None),
    "create": ("POST", "/subtasks", {"title": "x"}),
    "delete": ("DELETE", "", None),
}
READS = {"read", "tree", "subtasks", "ancestors"}
MAY = {
    "owner": set(DEEDS),
    "editor": set(DEEDS),
    "assignee": set(DEEDS) - {"delete"},
    "viewer": READS,
}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def bob(client: Client) -> Client:
    return client.as_("bob")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b", ["c"]], ["d"]])


def share(store: Store, root: str, **roles: str) -> None:
    """Make members of a tree: user id by role."""
    members = [{"user": user, "role": role} for role, user in roles.items()]
    store.db.trees.update_one({"_id": root}, {"$set": {"members": members}})


def do(client: Client, task: str, deed: str) -> Reply:
    method, tail, body = DEEDS[deed]
    return client.ask(method, f"{TASKS}/{task}{tail}", body)


def allowed(reply: Reply) -> bool:
    """True for a good answer; a refusal must be a 403 that says so."""
    if reply.status in {200, 201, 204}:
        return True
    refused(reply, 403)
    return False


@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_a_role_may_do_what_the_table_says(
    client: Client, bob: Client, ids: dict[str, str], store: Store, role: str
) -> None:
    share(store, ids["a"], **({} if role == "owner" else {role: bob.me["id"]}))
    who = client.as_("ann") if role == "owner" else bob
    assert {deed for deed in DEEDS if allowed(do(who, ids["c"], deed))} == MAY[role]


def test_an_assignee_may_edit_the_task_and_what_is_below_it(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    share(store, ids["a"], viewer=bob.me["id"])
    assert ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": bob.me["id"]}).status == 200
    for title in "bc":
        assert {d for d in DEEDS if d != "complete" and allowed(do(bob, ids[title], d))} == MAY[
            "assignee"
        ] - {"complete"}
    for title in "ad":
        assert {deed for deed in DEEDS if allowed(do(bob, ids[title], deed))} == READS


def test_a_member_sees_the_tree_in_lists_and_loses_it_with_the_share(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    make(bob, "mine")
    share(store, ids["a"], editor=bob.me["id"])
    by_title = "sort_by=title&sort_order=asc"
    assert listed(bob, by_title) == ["a", "b", "c", "d", "mine"]
    assert listed(bob, f"root={ids['a']}&{by_title}") == ["a", "b", "c", "d"]
    ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": bob.me["id"]})
    share(store, ids["a"])
    assert listed(bob) == ["mine"]
    with unchanged(store):
        for deed in DEEDS:
            refused(do(bob, ids["b"], deed), 404)


@pytest.mark.parametrize("way", ["POST", "PUT", "PATCH", "subtasks", "nested"])
@pytest.mark.parametrize("who", ["unknown", "stranger"])
def test_only_people_one_may_see_can_be_given_a_task(
    ann: Client, bob: Client, ids: dict[str, str], store: Store, way: str, who: str
) -> None:
    given = {"assigned_to": NOWHERE if who == "unknown" else bob.me["id"]}
    path = f"{TASKS}/{ids['b']}"
    with unchanged(store):
        if way == "nested":
            reply = ann.post(TASKS, {"title": "x", "subtasks": [{"title": "y", **given}]})
        elif way in {"POST", "subtasks"}:
            reply = ann.post(
                TASKS if way == "POST" else f"{path}/subtasks", {"title": "x", **given}
            )
        else:
            reply = ann.ask(way, path, given)
        problem = refused(reply, 422)
    assert problem["errors"][0]["pointer"].endswith("/assigned_to")


def test_a_stranger_and_nobody_are_refused_alike(ann: Client, bob: Client) -> None:
    bodies = [
        ann.post(TASKS, {"title": "x", "assigned_to": who}).body for who in (bob.me["id"], NOWHERE)
    ]
    assert bodies[0] == bodies[1]


def test_oneself_can_always_be_given_a_task(ann: Client) -> None:
    me = ann.seen
    task = make(ann, assigned_to=me["id"].upper())
    assert (task["assigned_to"], task["assignee"]) == (me["id"], me)
    assert ann.patch(f"{TASKS}/{task['id']}", {"assigned_to": None}).json["assignee"] is None
    assert ann.put(f"{TASKS}/{task['id']}", {"assigned_to": me["id"]}).json["assignee"] == me


def test_the_owner_brings_a_companion_in_as_viewer_and_an_editor_does_not(
    client: Client, ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    cy = client.as_("cyd")
    met = make(cy, "where they met")
    share(store, met["id"], viewer=ann.me["id"], editor=bob.me["id"])
    share(store, ids["a"], editor=bob.me["id"])
    give = {"assigned_to": cy.me["id"]}
    with unchanged(store):
        refused(bob.patch(f"{TASKS}/{ids['b']}", give), 422, "/assigned_to")
    refused(cy.get(f"{TASKS}/{ids['a']}"), 404)
    assert ann.patch(f"{TASKS}/{ids['b']}", give).json["assignee"] == cy.seen
    assert {deed for deed in DEEDS if allowed(do(cy, ids["d"], deed))} == READS
    assert allowed(do(cy, ids["c"], "patch"))


@pytest.fixture(params=["embedded", "wire"])
def opened(request: pytest.FixtureRequest, config: Config, clock: Clock) -> Iterator[Client]:
    """The application with OPEN_WORKSPACE."""
    store = assemble(request.getfixturevalue(f"{request.param}_store").db, open_workspace=True)
    yield Client(create_app(config, World(store, clock, lambda: str(uuid_utils.uuid7()))))
    invariants.check(store)


def test_an_open_workspace_is_everybodys(opened: Client) -> None:
    ann, bob = opened.as_("ann"), opened.as_("bob")
    ids = plant(ann, ["a", ["b", ["c"]]])
    assert sorted(listed(bob)) == ["a", "b", "c"]
    assert listed(bob, f"root={ids['a']}&level=roots") == ["a"]
    assert read(bob, ids["b"])["creator"] == ann.seen
    given = bob.patch(f"{TASKS}/{ids['b']}", {"assigned_to": bob.me["id"]})
    assert (given.status, given.json["assignee"]) == (200, bob.seen)
    assert ann.put(f"{TASKS}/{ids['b']}", {"assigned_to": ann.me["id"]}).status == 200
    assert {deed for deed in DEEDS if allowed(do(bob, ids["c"], deed))} == set(DEEDS)
    assert tree(bob, ids["a"])["progress"] == {"done": 0, "total": 1}
    refused(bob.patch(f"{TASKS}/{ids['b']}", {"assigned_to": NOWHERE}), 422, "/assigned_to")
    refused(opened.get(f"{TASKS}/{ids['a']}"), 401)
