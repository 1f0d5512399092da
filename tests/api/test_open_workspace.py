"""OPEN_WORKSPACE: everybody sees and edits every tree, and owns their own alone."""

from collections.abc import Iterator

import pytest

from config import Config
from tests import invariants
from tests.api.asking import NOWHERE, TASKS, listed, make, outline, plant, refused, tree, unchanged
from tests.api.table import CASES, done, stage
from tests.api.test_moves import move
from tests.people import Client
from tracker import create_app
from tracker.core import access
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store, assemble


@pytest.fixture(params=["embedded", "wire"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    db = request.getfixturevalue(f"{request.param}_store").db
    store = assemble(db, open_workspace=True)
    yield store
    invariants.check(store)


@pytest.fixture
def client(config: Config, world: World) -> Client:
    return Client(create_app(config, world))


@pytest.fixture
def ids(client: Client) -> dict[str, str]:
    """ann's a > (b > c, d); bob and cyd are no members."""
    return plant(client.as_("ann"), ["a", ["b", ["c"]], ["d"]])


@pytest.mark.parametrize("person", ["fred", "vera", "nobody"])
def test_everybody_is_an_editor_and_nobody_but_the_owner_owns(
    client: Client, store: Store, person: str
) -> None:
    """A stranger and a viewer as well as any; without a token nobody."""
    ids, asker = stage(client, store), client.as_(person) if person != "nobody" else client
    for case in CASES:
        if person == "nobody":
            refused(case.ask(asker, ids), 401)
        elif case.only or (case.deed and access.DEEDS[case.deed] > access.EDITOR):
            with unchanged(store):
                refused(case.ask(asker, ids), 403)
        else:
            reply = case.ask(asker, ids)
            assert reply.status == case.status, (str(case), reply.body)
            ids = ids if case.verb == "GET" else stage(client, store)


def test_lists_and_the_trash_show_everything(client: Client, ids: dict[str, str]) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    make(bob, "bob's")
    done(bob.delete(f"{TASKS}/{ids['b']}"))
    for person in (ann, bob, client.as_("cyd")):
        assert sorted(listed(person)) == ["a", "bob's", "d"]
        assert listed(person, "search=d") == ["d"]
        assert [task["title"] for task in done(person.get("/api/trash"))["tasks"]] == ["b"]
        assert len(done(person.get(f"{TASKS}/{ids['a']}/history"))["history"]) == 2
    assert done(client.as_("cyd").post(f"{TASKS}/{ids['b']}/restore"))["parent_id"] == ids["a"]


def test_anybody_may_be_given_a_task_by_anybody_and_becomes_no_member(
    client: Client, ids: dict[str, str]
) -> None:
    bob, cyd = client.as_("bob"), client.as_("cyd")
    given = done(bob.patch(f"{TASKS}/{ids['b']}", {"assigned_to": cyd.me["id"]}))
    assert given["assignee"] == cyd.seen
    assert len(done(bob.get(f"{TASKS}/{ids['a']}/members"))) == 1
    new = {"title": "x", "assigned_to": cyd.me["id"], "parent_id": ids["c"]}
    assert done(bob.post(f"{TASKS}/bulk", {"tasks": [new]}))[0]["assigned_to"] == cyd.me["id"]
    refused(bob.patch(f"{TASKS}/{ids['b']}", {"assigned_to": NOWHERE}), 422, "/assigned_to")


def test_one_moves_ones_own_into_anybodys_and_not_back(client: Client, ids: dict[str, str]) -> None:
    bob = client.as_("bob")
    mine = plant(bob, ["mine", ["below"]])
    done(move(bob, ids["c"], ids["d"]))
    done(move(bob, mine["mine"], ids["c"]))
    assert outline(tree(bob, ids["a"])) == ["a", ["b"], ["d", ["c", ["mine", ["below"]]]]]
    refused(move(bob, mine["mine"], None), 403)
    refused(bob.delete(f"{TASKS}/{mine['mine']}?permanent=true"), 403)
    done(bob.delete(f"{TASKS}/{mine['mine']}"))


def test_the_owner_shares_and_hands_over_and_only_members_leave(
    client: Client, ids: dict[str, str], world: World
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    path = f"{TASKS}/{ids['a']}/members"
    refused(bob.put(path, {"user": "bob", "role": "owner"}), 403)
    refused(bob.delete(path), 404)
    done(ann.put(path, {"user": "bob", "role": "viewer"}))
    done(bob.patch(f"{TASKS}/{ids['a']}", {"title": "a viewer edits, too"}))
    done(bob.delete(path))
    done(ann.put(path, {"user": "bob", "role": "owner"}))
    refused(ann.patch(f"{TASKS}/{ids['a']}", {"completion": "auto"}), 403)
    done(bob.patch(f"{TASKS}/{ids['a']}", {"completion": "auto"}))
    done(ann.delete(path))
    assert len(listed(ann)) == 4
    sweeping.sweep(world)
