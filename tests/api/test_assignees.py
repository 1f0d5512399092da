"""People whom tasks are given to: who may give, who comes in by it, and what it allows them."""

from typing import Any

import pytest

from tests.api.asking import TASKS, listed, make, plant, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.api.test_members import leave, put, roles
from tests.api.test_moves import move
from tests.people import Client, Reply
from tracker.store import Store

WAYS = ["PUT", "PATCH", "subtasks", "parent_id", "nested", "bulk"]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def bob(client: Client) -> Client:
    return client.as_("bob")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > c, d); ann and edda know bob from another tree, and edda is an editor here."""
    met = make(ann, "where they met")["id"]
    share(ann, met, "bob", "viewer")
    share(ann, met, "edda", "viewer")
    ids = plant(ann, ["a", ["b", ["c"]], ["d"]])
    share(ann, ids["a"], "edda", "editor")
    return ids


def give(client: Client, task: str, user: str | None, way: str = "PATCH") -> Reply:
    """Give a task, or one that is made below it, to somebody."""
    given: dict[str, Any] = {"assigned_to": user}
    new, path = {"title": "new", **given}, f"{TASKS}/{task}"
    if way in {"PUT", "PATCH"}:
        return client.ask(way, path, given)
    if way == "subtasks":
        return client.post(f"{path}/subtasks", new)
    if way == "parent_id":
        return client.post(TASKS, {**new, "parent_id": task})
    if way == "nested":
        return client.post(f"{path}/subtasks", {"title": "above", "subtasks": [new]})
    return client.post(f"{TASKS}/bulk", {"tasks": [{"title": "first"}, {**new, "parent_id": task}]})


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_brings_an_outsider_in_as_viewer(
    ann: Client, bob: Client, ids: dict[str, str], way: str
) -> None:
    refused(bob.get(f"{TASKS}/{ids['b']}"), 404)
    assert give(ann, ids["b"], bob.me["id"], way).status in {200, 201}
    assert roles(bob, ids["a"]) == {"ann": "owner", "edda": "editor", "bob": "viewer"}
    mine = done(bob.get(f"{TASKS}?assigned_to={bob.me['id']}&root={ids['a']}"))["tasks"]
    assert [task["assignee"] for task in mine] == [bob.seen]
    assert {ids["b"]} & {mine[0]["id"], mine[0]["parent_id"], tree(bob, ids["b"])["id"]}


@pytest.mark.parametrize("way", WAYS)
def test_an_editor_gives_tasks_to_members_only(
    client: Client, ann: Client, bob: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    """Also where the editor knows the outsider; and the stranger stays one."""
    edda, bobs = client.as_("edda"), bob.me["id"]
    with unchanged(store):
        problem = refused(give(edda, ids["b"], bobs, way), 422)
    assert problem["errors"][0]["pointer"].endswith("/assigned_to")
    refused(bob.get(f"{TASKS}/{ids['b']}"), 404)
    share(ann, ids["a"], "bob", "viewer")
    assert give(edda, ids["b"], bobs, way).status in {200, 201}


@pytest.mark.parametrize("way", WAYS)
def test_nobody_else_gives_tasks(
    client: Client, ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    share(ann, ids["a"], "vera", "viewer")
    share(ann, ids["a"], "asta", "viewer")
    vera, asta, fred = (client.as_(name) for name in ("vera", "asta", "fred"))
    done(give(ann, ids["b"], asta.me["id"]))
    me = {person: person.me["id"] for person in (vera, asta, fred)}
    with unchanged(store):
        for person, status in ((vera, 403), (asta, 403), (fred, 404)):
            refused(give(person, ids["b"], me[vera], way), status)


def test_two_who_come_in_together_are_told_in_one_row(
    client: Client, ann: Client, ids: dict[str, str]
) -> None:
    share(ann, make(ann, "met")["id"], "cyd", "viewer")
    both = [client.as_(name).me["id"] for name in ("bob", "cyd")]
    draft = {
        "title": "x",
        "assigned_to": both[0],
        "subtasks": [{"title": "y", "assigned_to": both[1]}],
    }
    done(ann.post(f"{TASKS}/{ids['b']}/subtasks", draft))
    row = done(ann.get(f"{TASKS}/{ids['a']}/history"))["history"][0]
    assert (row["deed"], row["changes"][ids["a"]]["members"][0]) == ("create", None)
    assert set(roles(ann, ids["a"])) == {"ann", "edda", "bob", "cyd"}


def test_a_root_that_is_made_for_somebody_is_shared_with_them(
    ann: Client, bob: Client, ids: dict[str, str]
) -> None:
    made = make(ann, "theirs", assigned_to=bob.me["id"])
    assert roles(bob, made["id"]) == {"ann": "owner", "bob": "viewer"}
    done(bob.patch(f"{TASKS}/{made['id']}", {"title": "mine"}))
    refused(bob.delete(f"{TASKS}/{made['id']}"), 403)


def test_what_an_assignee_may(ann: Client, bob: Client, ids: dict[str, str], store: Store) -> None:
    done(give(ann, ids["b"], bob.me["id"]))
    b, c, d = (f"{TASKS}/{ids[title]}" for title in "bcd")
    new = done(bob.post(f"{c}/subtasks", {"title": "new"}))["id"]
    for reply in (
        bob.patch(b, {"title": "b2"}),
        bob.put(c, {"title": "c2"}),
        bob.post(TASKS, {"title": "x", "parent_id": new}),
        bob.post(f"{TASKS}/bulk", {"tasks": [{"title": "y", "parent_id": ids["b"]}]}),
        bob.post(f"{b}/complete?cascade=true"),
        bob.post(f"{c}/reopen"),
    ):
        assert reply.status in {200, 201}
    with unchanged(store):
        for reply in (
            bob.patch(d, {"title": "x"}),
            bob.patch(f"{TASKS}/{ids['a']}", {"title": "x"}),
            bob.post(f"{d}/complete"),
            bob.post(TASKS, {"title": "x", "parent_id": ids["a"]}),
            bob.delete(b),
            bob.delete(c),
            bob.delete(f"{TASKS}/{new}"),
            bob.delete(f"{b}?permanent=true"),
            move(bob, ids["c"], ids["b"], "first"),
            move(bob, ids["b"], ids["d"]),
            move(bob, ids["b"], None),
            put(bob, ids["b"], {"user": "cyd", "role": "viewer"}),
            bob.patch(b, {"assigned_to": None}),
        ):
            refused(reply, 403)


def test_an_assignee_who_was_removed_sees_nothing(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    done(give(ann, ids["b"], bob.me["id"]))
    done(leave(ann, ids["a"], bob.me["id"]))
    assert read(ann, ids["b"])["assigned_to"] == bob.me["id"]
    with unchanged(store):
        for reply in (
            bob.get(f"{TASKS}/{ids['b']}"),
            bob.patch(f"{TASKS}/{ids['b']}", {"title": "x"}),
            bob.post(f"{TASKS}/{ids['b']}/subtasks", {"title": "x"}),
            bob.post(f"{TASKS}/{ids['c']}/complete"),
        ):
            refused(reply, 404)
    assert sorted(listed(bob)) == ["where they met"]


def test_who_was_removed_is_not_brought_back_by_a_page_that_sends_back_what_it_got(
    ann: Client, bob: Client, ids: dict[str, str]
) -> None:
    done(ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": bob.me["id"]}))
    done(leave(ann, ids["a"], bob.me["id"]))
    page = read(ann, ids["b"])
    done(ann.put(f"{TASKS}/{ids['b']}", {**page, "title": "b2"}))
    assert roles(ann, ids["a"]) == {"ann": "owner", "edda": "editor"}
    refused(bob.get(f"{TASKS}/{ids['b']}"), 404)
