"""Idempotency-Key on every unsafe method of the task routes: the first answer again, one effect."""

from typing import Any

import pytest

from tests.api.asking import NOWHERE, TASKS, listed, make, plant, read, refused, tree, unchanged
from tests.api.sending import Sent
from tests.api.table import (
    ATTACHES,
    OWN,
    ROOTS,
    SAYS,
    TELLS,
    WRITES,
    Case,
    done,
    later,
    methods,
    share,
    stage,
)
from tests.api.test_history import history
from tests.api.test_moves import rev_of
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.store import Store

UNSAFE = ROOTS + WRITES + TELLS + OWN + SAYS + ATTACHES
KEY = "5d2c0c7e-0d7f-4a9e-9d3c-6b1e2f3a4b5c"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def keyed(key: str = KEY, **more: str) -> dict[str, str]:
    return {"Idempotency_Key": key, **more}


def alike(one: Reply, other: Reply) -> bool:
    names = ("ETag", "Location", "Content-Type")
    told = [(r.status, r.body, *(r.headers.get(name) for name in names)) for r in (one, other)]
    return told[0] == told[1]


def test_every_unsafe_method_is_tried_here() -> None:
    """But those of pomodoros: a retry is tried where they are."""
    tried = [(verb, rule) for verb, rule in methods() if "pomodoros" not in rule]
    unsafe = {(verb, rule) for verb, rule in tried if verb != "GET"}
    assert {(case.verb, case.rule) for case in UNSAFE} == unsafe


@pytest.mark.parametrize("case", UNSAFE, ids=str)
def test_a_retry_gets_the_first_answer_and_does_nothing(
    client: Client, ann: Client, store: Store, case: Case
) -> None:
    """Also where the If-Match that it repeats has gone stale by the first. Another body or query
    under the key is refused.
    """
    ids = stage(client, store)
    shown = ann.get(f"{TASKS}/{ids[case.task]}").headers.get("ETag") if case.task else None
    terms = keyed(**({"If_Match": shown} if shown else {}))
    first = case.ask(ann, ids, **terms)
    assert first.status == case.status, first.body
    with unchanged(store):
        for key in (KEY, f'"{KEY}"', f" {KEY} "):
            assert alike(case.ask(ann, ids, **{**terms, "Idempotency_Key": key}), first)
        for other in _others(case):
            problem = refused(other.ask(ann, ids, **terms), 422)
            assert "Idempotency-Key" in problem["detail"]


def _others(case: Case) -> list[Case]:
    """Another good request to the same method and path."""
    if case.body is not None:
        return [case._replace(body=_other_body(case))]
    query = "" if case.query else _other_query(case)
    return [case._replace(query=query)] if query != case.query else []


def _other_query(case: Case) -> str:
    last = case.rule.rpartition("/")[2]
    return {"complete": "?cascade=false", "<task_id>": "?permanent=false"}.get(last, "")


def _other_body(case: Case) -> Any:
    if isinstance(case.body, Sent):
        return case.body._replace(content=b"other")
    if "tasks" in case.body:
        return {"tasks": [{**one, "title": "other"} for one in case.body["tasks"]]}
    if "parent_id" in case.body and "title" not in case.body:
        return {"parent_id": NOWHERE}
    name = "description" if "title" in case.body else next(iter(case.body))
    others = {"completion": "auto", "assigned_to": "{vera}", "minutes": 30}
    return {**case.body, name: others.get(name, "other")}


@pytest.mark.parametrize("then", ["deleted", "moved", "taken away"])
def test_the_answer_outlives_the_task(client: Client, ann: Client, store: Store, then: str) -> None:
    """The key is looked at before existence and rights. What was deleted or moved is removed for
    good after that.
    """
    for case in UNSAFE:
        ids, terms = stage(client, store), keyed(f"{KEY}-{case}".replace(" ", "-"))
        first = case.ask(ann, ids, **terms)
        assert first.status == case.status, first.body
        made = first.json["id"] if case.status == 201 and isinstance(first.json, dict) else ids["a"]
        if then == "taken away":
            heads = {"_id": {"$in": [ids["a"], ids["x"]]}}
            store.db.trees.update_many(heads, {"$set": {"members": []}})
            ann.put(f"{TASKS}/{ids['a']}/members", {"user": "fred", "role": "owner"})
            client.as_("fred").delete(f"{TASKS}/{ids['a']}/members?user={ids['ann']}")
        for task in (made, ids["a"], ids["b"]):
            if then == "deleted":
                ann.delete(f"{TASKS}/{task}")
            elif then == "moved":
                ann.post(f"{TASKS}/{task}/move", {"parent_id": ids["y"]})
        assert alike(case.ask(ann, ids, **terms), first), str(case)
        for task in (made, ids["a"], ids["y"]) if then != "taken away" else ():
            ann.delete(f"{TASKS}/{task}?permanent=true")
        assert alike(case.ask(ann, ids, **terms), first), str(case)


def test_keys_are_each_persons_own(client: Client, ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]])
    share(ann, ids["a"], "bob", "editor")
    for name in ("ann", "bob"):
        person = client.as_(name)
        headers = {"Idempotency-Key": KEY}
        done(person.patch(f"{TASKS}/{ids['b']}", {"title": name}, headers=headers))
        done(person.post(TASKS, {"title": f"{name}'s"}, headers=headers))
        assert read(ann, ids["b"])["title"] == name
    assert sorted(listed(client.as_("bob"))) == ["a", "bob", "bob's"]


def test_a_key_counts_for_one_method_and_path(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"], ["c"]])
    headers = {"Idempotency-Key": KEY}
    for task in "bc":
        done(ann.patch(f"{TASKS}/{ids[task]}", {"title": task * 2}, headers=headers))
        done(ann.put(f"{TASKS}/{ids[task]}", {"priority": "low"}, headers=headers))
        done(ann.post(f"{TASKS}/{ids[task]}/complete", headers=headers))
    assert [node["title"] for node in tree(ann, ids["a"])["subtasks"]] == ["bb", "cc"]
    assert len(history(ann, ids["a"])) == 7


MALFORMED = ("", " ", '"', '""', '"a', 'a"', "a b", "a,b", '"a", "b"', "é", '"a\\b"', "k" * 256,
             f'"{"k" * 256}"', '"a";p=1')  # fmt: skip


def test_a_malformed_key_is_refused(client: Client, ann: Client, store: Store) -> None:
    ids = stage(client, store)
    with unchanged(store):
        for key in MALFORMED:
            refused(UNSAFE[0].ask(ann, ids, **keyed(key)), 400)
        for case in UNSAFE:
            refused(case.ask(ann, ids, **keyed('"a')), 400)


def test_a_key_is_any_visible_text(ann: Client) -> None:
    keys = ("k", "k" * 255, f'"{"l" * 255}"', '"a b"', "a/b:c=d;e", "$where")
    for key in keys:
        headers = {"Idempotency-Key": key}
        replies = [ann.post(TASKS, {"title": "x"}, headers=headers) for _ in range(2)]
        assert alike(*replies)
    assert listed(ann) == ["x"] * len(keys)


@pytest.mark.parametrize("where", ["root", "below", "edit"])
def test_after_a_day_a_key_is_new(ann: Client, clock: Clock, where: str) -> None:
    parent = make(ann, "parent")["id"]
    path = TASKS + {"root": "", "below": f"/{parent}/subtasks", "edit": f"/{parent}"}[where]
    verb, headers = "PATCH" if where == "edit" else "POST", {"Idempotency-Key": KEY}

    def ask(title: str) -> Reply:
        person = later(ann, "ann")
        return person.ask(verb, path, {"title": title}, headers=headers)

    first = ask("x")
    clock.advance(hours=23, minutes=59)
    assert alike(ask("x"), first)
    refused(ask("y"), 422)
    clock.advance(minutes=2)
    assert done(ask("y"))["title"] == "y"
    refused(ask("x"), 422)
    titles = {"root": ["parent", "x", "y"], "below": ["parent", "x", "y"], "edit": ["y"]}
    assert sorted(listed(later(ann, "ann"))) == titles[where]


def test_an_answer_shows_the_hour_it_was_given_at(ann: Client, clock: Clock) -> None:
    body, headers = {"title": "x", "due_date": "2026-03-04T06:00:00Z"}, {"Idempotency-Key": KEY}
    first = ann.post(TASKS, body, headers=headers)
    clock.advance(hours=2)
    assert read(ann, first.json["id"])["status"] == "overdue"
    assert alike(ann.post(TASKS, body, headers=headers), first)


def test_refusals_are_decided_again(client: Client, ann: Client, store: Store) -> None:
    ids, headers = plant(ann, ["a", ["b"]]), {"Idempotency-Key": KEY}
    share(ann, ids["a"], "bob", "viewer")
    a, bob = f"{TASKS}/{ids['a']}", client.as_("bob")
    refused(ann.post(f"{a}/complete", headers=headers), 409)
    refused(bob.patch(a, {"title": "x"}, headers=headers), 403)
    refused(ann.put(a, {"title": "x"}, headers={**headers, "If-Match": '"n9-9.x"'}), 412)
    refused(ann.post(TASKS, {"title": "x", "assigned_to": NOWHERE}, headers=headers), 422)
    done(ann.post(f"{TASKS}/{ids['b']}/complete"))
    share(ann, ids["a"], "bob", "editor")
    rev = rev_of(store, ids["a"])
    for _ in range(2):
        done(ann.post(f"{a}/complete", headers=headers))
        done(bob.patch(a, {"title": "x"}, headers=headers))
        done(ann.put(a, {"title": "x"}, headers={**headers, "If-Match": "*"}))
        done(ann.post(TASKS, {"title": "another"}, headers=headers))
    # the PUT had nothing left to change, and is remembered in a commit of its own
    assert rev_of(store, ids["a"]) == rev + 3
    assert sorted(listed(ann)) == ["another", "b", "x"]


def test_a_read_takes_no_notice_of_a_key(ann: Client) -> None:
    task = make(ann)["id"]
    for title in ("1", "2"):
        done(ann.patch(f"{TASKS}/{task}", {"title": title}))
        found = done(ann.get(f"{TASKS}/{task}", headers={"Idempotency-Key": KEY}))
        assert found["title"] == title
