"""If-Match on every write of a task, 412 with what stands now, and accounts that insist on it."""

from typing import Any

import pytest

from tests.api.asking import OPERATORS, TASKS, listed, make, plant, read, refused, unchanged
from tests.api.table import ROOTS, SAYS, TELLS, WRITES, Case, done, stage
from tests.people import Client
from tracker.store import Store

ME = "/api/auth/me"
FOREIGN = '"n9-9.0123456789abcdef"'


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def insist(client: Client, value: bool = True) -> Any:
    return done(client.put(ME, {"require_if_match": value}))


@pytest.mark.parametrize("case", WRITES + TELLS + SAYS, ids=str)
def test_a_write_that_comes_too_late_gets_what_stands(
    client: Client, ann: Client, store: Store, case: Case
) -> None:
    """And a strict account is asked for If-Match."""
    ids = stage(client, store)
    insist(ann)
    task = ids[case.task]  # or the parent of a new one
    with unchanged(store):
        assert "If-Match" in refused(case.ask(ann, ids), 428)["detail"]
        refused(case.ask(ann, ids, If_Match=f"W/{FOREIGN}"), 412)
        reply = case.ask(ann, ids, If_Match=FOREIGN)
        current = refused(reply, 412)["current"]
    assert (current["id"], current["title"]) == (task, case.task)
    assert current["is_deleted"] == (case.task in {"t", "u"})
    if not current["is_deleted"]:
        shown = ann.get(f"{TASKS}/{task}")
        assert (current, reply.etag) == (shown.json, shown.etag)
    assert case.ask(ann, ids, If_Match=reply.etag).status == case.status


def test_a_star_is_condition_enough(client: Client, ann: Client, store: Store) -> None:
    for case in WRITES + SAYS:
        insist(ann, False)
        ids = stage(client, store)
        insist(ann)
        assert case.ask(ann, ids, If_Match="*").status == case.status


@pytest.mark.parametrize("case", ROOTS, ids=str)
def test_a_new_root_has_nothing_to_be_compared_with(
    client: Client, ann: Client, store: Store, case: Case
) -> None:
    ids = stage(client, store)
    insist(ann)
    assert case.ask(ann, ids).status == case.status


def test_a_list_of_tags_fits_where_one_of_them_does(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]])
    insist(ann)
    path = f"{TASKS}/{ids['b']}"
    for form in ("{other}, {node}", "{tree} , {other}", "W/{other},{other},{node}"):
        node, whole = (ann.get(f"{path}{tail}").etag for tail in ("", "/tree"))
        tags = form.format(other=FOREIGN, node=node, tree=whole)
        assert ann.patch(path, {"description": form}, headers={"If-Match": tags}).status == 200
        refused(ann.patch(path, {"title": "x"}, headers={"If-Match": tags}), 412)
    node = ann.get(path).etag
    refused(ann.patch(path, {"title": "x"}, headers={"If-Match": f"W/{node}"}), 412)
    refused(ann.patch(path, {"title": "x"}, headers={"If-Match": f"{node}x"}), 400)


def test_rights_come_before_the_demand(client: Client, store: Store) -> None:
    """A stranger learns nothing, and a viewer what is missing first."""
    ids = stage(client, store)
    for name, status in (("fred", 404), ("vera", 403)):
        person = client.as_(name)
        insist(person)
        with unchanged(store):
            for case in WRITES:
                refused(case.ask(person, ids), status)
                refused(case.ask(person, ids, If_Match=FOREIGN), status)


def test_a_replay_needs_no_condition(client: Client, ann: Client, store: Store) -> None:
    ids, key = stage(client, store), {"Idempotency-Key": "k"}
    path = f"{TASKS}/{ids['b']}"
    first = ann.patch(path, {"title": "b2"}, headers={**key, "If-Match": "*"})
    insist(ann)
    again = ann.patch(path, {"title": "b2"}, headers=key)
    assert (again.status, again.body, again.etag) == (200, first.body, first.etag)
    refused(ann.patch(path, {"title": "b3"}, headers={"Idempotency-Key": "l"}), 428)


def test_strictness_is_ones_own_and_ends_when_one_says_so(client: Client, ann: Client) -> None:
    ids = plant(ann, ["a"])
    path = f"{TASKS}/{ids['a']}"
    done(ann.put(f"{path}/members", {"user": client.as_("bob").me["username"], "role": "editor"}))
    insist(ann)
    done(client.as_("bob").patch(path, {"title": "bob's"}))
    refused(ann.patch(path, {"title": "ann's"}), 428)
    assert listed(ann) == ["bob's"]
    insist(ann, False)
    assert done(ann.patch(path, {"title": "ann's"}))["title"] == "ann's"


def test_the_wish_shows_in_ones_own_account_alone(client: Client, ann: Client) -> None:
    assert "require_if_match" not in ann.me
    for value in (True, False):
        assert insist(ann, value) == ann.me
        assert ann.me["require_if_match"] is value
    insist(ann)
    assert done(ann.put(ME, {"full_name": "Ann B", "require_if_match": None}))["require_if_match"]
    task = make(ann)
    for person in (task["creator"], *_users(ann, task["id"]), _login(client)):
        assert "require_if_match" not in person
    assert read(ann, task["id"])["creator"]["full_name"] == "Ann B"


def _users(ann: Client, task: str) -> list[dict[str, Any]]:
    members = done(ann.get(f"{TASKS}/{task}/members"))
    history = done(ann.get(f"{TASKS}/{task}/history"))["history"]
    return [members[0]["user"], history[0]["actor"]]


def _login(client: Client) -> dict[str, Any]:
    body = {"email": "ann@example.com", "password": "correct horse"}
    user: dict[str, Any] = done(client.post("/api/auth/login", body))["user"]
    return user


def test_the_wish_is_true_or_false(ann: Client, store: Store) -> None:
    with unchanged(store):
        for value in (1, 0, "true", "", *OPERATORS):
            refused(ann.put(ME, {"require_if_match": value}), 422, "/require_if_match")


def test_of_two_writers_the_second_sees_the_firsts_work(client: Client, ann: Client) -> None:
    ids = plant(ann, ["a"])
    path = f"{TASKS}/{ids['a']}"
    tag = ann.get(path).etag
    done(ann.patch(path, {"title": "first"}, headers={"If-Match": tag}))
    late = ann.patch(path, {"description": "second"}, headers={"If-Match": tag})
    assert refused(late, 412)["current"]["title"] == "first"
    after = ann.patch(path, {"description": "second"}, headers={"If-Match": late.etag})
    assert (done(after)["title"], after.json["description"]) == ("first", "second")
