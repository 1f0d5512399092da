"""Who a tree is shared with: roles, leaving, handing over. Rights act on the next request."""

from typing import Any

import pytest

from tests.api.asking import (
    NOWHERE,
    OPERATORS,
    TASKS,
    listed,
    plant,
    read,
    refused,
    unchanged,
)
from tests.api.table import done, share
from tests.people import PASSWORD, Client, Reply
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def bob(client: Client) -> Client:
    return client.as_("bob")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > c, d)"""
    return plant(ann, ["a", ["b", ["c"]], ["d"]])


def put(client: Client, task: str, body: Any, **rest: Any) -> Reply:
    return client.put(f"{TASKS}/{task}/members", body, **rest)


def leave(client: Client, task: str, user: str | None = None) -> Reply:
    return client.delete(f"{TASKS}/{task}/members" + (f"?user={user}" if user else ""))


def roles(client: Client, task: str) -> dict[str, str]:
    members = done(client.get(f"{TASKS}/{task}/members"))
    return {member["user"]["username"]: member["role"] for member in members}


@pytest.mark.parametrize("name", ["id", "username", "email", "USERNAME", "EMAIL"])
def test_a_person_is_named_by_id_user_name_or_address(
    ann: Client, bob: Client, ids: dict[str, str], name: str
) -> None:
    named = bob.me[name.lower()]
    named = named.upper() if name.isupper() else named
    answered = done(put(ann, ids["a"], {"user": named, "role": "editor"}))
    assert answered == done(ann.get(f"{TASKS}/{ids['a']}/members"))
    assert answered == [{"user": ann.seen, "role": "owner"}, {"user": bob.seen, "role": "editor"}]


def test_sharing_is_of_the_whole_tree_from_any_of_its_tasks(
    ann: Client, bob: Client, ids: dict[str, str]
) -> None:
    share(ann, ids["c"], "bob", "viewer")
    assert {title: roles(bob, ids[title]) for title in ids} == dict.fromkeys(
        ids, {"ann": "owner", "bob": "viewer"}
    )
    assert sorted(listed(bob)) == ["a", "b", "c", "d"]


def test_a_role_changes_and_acts_on_the_next_request(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    path = f"{TASKS}/{ids['b']}"
    for role, status in (("viewer", 403), ("editor", 200), ("viewer", 403), ("editor", 200)):
        share(ann, ids["a"], "bob", role)
        assert roles(ann, ids["a"]) == {"ann": "owner", "bob": role}
        assert bob.patch(path, {"description": role}).status == status
    done(leave(ann, ids["a"], bob.me["id"]))
    assert roles(ann, ids["a"]) == {"ann": "owner"}
    with unchanged(store):
        refused(bob.patch(path, {"title": "x"}), 404)
        refused(bob.get(path), 404)
    assert listed(bob) == []


def test_the_same_role_again_changes_nothing(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    share(ann, ids["a"], "bob", "viewer")
    with unchanged(store):
        share(ann, ids["a"], "bob", "viewer")
        share(ann, ids["a"], "ann", "owner")


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_a_member_leaves(
    ann: Client, bob: Client, ids: dict[str, str], store: Store, role: str
) -> None:
    share(ann, ids["a"], "bob", role)
    share(ann, ids["a"], "cyd", "viewer")
    left = done(leave(bob, ids["c"]))
    assert [member["user"]["username"] for member in left] == ["ann", "cyd"]
    with unchanged(store):
        refused(bob.get(f"{TASKS}/{ids['c']}/members"), 404)
        refused(leave(bob, ids["c"]), 404)
    done(leave(ann.as_("cyd"), ids["a"], ann.as_("cyd").me["id"]))
    assert roles(ann, ids["a"]) == {"ann": "owner"}


def test_an_owner_neither_leaves_nor_steps_down(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    me = ann.me
    with unchanged(store):
        refused(leave(ann, ids["a"]), 409)
        refused(leave(ann, ids["a"], me["id"]), 409)
        for role in ("editor", "viewer"):
            refused(put(ann, ids["a"], {"user": "ann", "role": role}), 409)


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_the_owner_shares(
    client: Client, ann: Client, bob: Client, ids: dict[str, str], store: Store, role: str
) -> None:
    share(ann, ids["a"], "bob", role)
    share(ann, ids["a"], "cyd", "viewer")
    cyd, dan = client.as_("cyd").me["id"], client.as_("dan")
    with unchanged(store):
        for body in (
            {"user": "dan", "role": "viewer"},
            {"user": "bob", "role": "owner"},
            {"user": "cyd", "role": "editor"},
        ):
            refused(put(bob, ids["b"], body), 403)
            refused(put(dan, ids["b"], body), 404)
        refused(leave(bob, ids["a"], cyd), 403)
        refused(leave(dan, ids["a"], cyd), 404)
        refused(leave(dan, ids["a"]), 404)
        refused(leave(ann, ids["a"], dan.me["id"]), 404)
        refused(leave(ann, ids["a"], NOWHERE), 404)


def test_handing_over_changes_whose_the_tree_is(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    share(ann, ids["a"], "cyd", "viewer")
    done(ann.delete(f"{TASKS}/{ids['d']}"))
    before = read(ann, ids["b"])
    done(put(ann, ids["c"], {"user": "bob", "role": "owner"}))
    assert roles(bob, ids["a"]) == {"bob": "owner", "ann": "editor", "cyd": "viewer"}
    rows = list(store.db.task_paths.find({"root": ids["a"]}))
    assert {(row["owner"], row["space"]) for row in rows} == {(bob.me["id"],) * 2}
    assert len(rows) == 4
    for person in (ann, bob):
        assert sorted(listed(person)) == ["a", "b", "c"]
        assert [task["title"] for task in done(person.get("/api/trash"))["tasks"]] == ["d"]
    after = read(ann, ids["b"])
    assert {**after, "tags": 0} == {**before, "tags": 0}
    refused(put(ann, ids["a"], {"user": "dan", "role": "viewer"}), 403)
    done(leave(ann, ids["a"]))
    assert (listed(ann), sorted(listed(bob))) == ([], ["a", "b", "c"])
    done(put(bob, ids["a"], {"user": "ann", "role": "owner"}))
    assert roles(ann, ids["a"]) == {"ann": "owner", "bob": "editor", "cyd": "viewer"}


@pytest.mark.parametrize("field", ["user", "role"])
def test_a_strange_body_is_refused(
    ann: Client, bob: Client, ids: dict[str, str], store: Store, field: str
) -> None:
    bobs = bob.me["id"]
    with unchanged(store):
        for value in ("", "x" * 300, "a\0b", 1, True, None, *OPERATORS):
            body = {"user": bobs, "role": "viewer", field: value}
            refused(put(ann, ids["a"], body), 422, f"/{field}")


def test_nobody_unknown_and_no_role_unknown(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    bobs = bob.me["id"]
    with unchanged(store):
        for user in ("nobody", "nobody@example.com", NOWHERE, "$where", "*", bobs[:-1], "bo"):
            refused(put(ann, ids["a"], {"user": user, "role": "viewer"}), 422, "/user")
        for role in ("admin", "Owner", "assignee"):
            refused(put(ann, ids["a"], {"user": "bob", "role": role}), 422, "/role")
        for body in (
            {},
            {"user": "bob"},
            {"role": "viewer"},
            [],
            {"user": "bob", "role": "x", "a": 1},
        ):
            refused(put(ann, ids["a"], body), 422)
        for query in ("?user=bob", "?user=", "?user=x&user=y", "?role=viewer", "?user[$ne]=x"):
            refused(ann.delete(f"{TASKS}/{ids['a']}/members{query}"), 422)
        refused(ann.get(f"{TASKS}/x/members"), 422)
        refused(put(ann, NOWHERE, {"user": "bob", "role": "viewer"}), 404)
        refused(leave(ann, NOWHERE), 404)


def test_a_disabled_account_is_nobody(
    ann: Client, bob: Client, ids: dict[str, str], store: Store
) -> None:
    store.db.users.update_one({"_id": bob.me["id"]}, {"$set": {"state": "disabled"}})
    with unchanged(store):
        refused(put(ann, ids["a"], {"user": "bob", "role": "viewer"}), 422, "/user")


def test_nobody_takes_a_share_by_calling_themselves_like_somebody_else(
    client: Client, ann: Client, ids: dict[str, str]
) -> None:
    """An id is an id and an address an address, before either is a user name."""
    person = {"full_name": "M", "password": PASSWORD}
    first = {**person, "email": "m1@example.com", "username": "cyd@example.com"}
    done(client.post("/api/auth/register", first))
    cyd = client.as_("cyd").me["id"]
    second = {**person, "email": "m2@example.com", "username": client.as_("dan").me["id"]}
    done(client.post("/api/auth/register", second))
    for named, whose in (("cyd@example.com", cyd), (second["username"], second["username"])):
        members = done(put(ann, ids["a"], {"user": named, "role": "viewer"}))
        assert members[-1]["user"]["id"] == whose
