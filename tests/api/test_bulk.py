"""Making many tasks in one request: checked as a whole, in order, finished by a retry."""

from typing import Any

import pytest
import uuid_utils
from flask import Flask

from config import Config
from tests.api.asking import (
    NOWHERE,
    OPERATORS,
    TASKS,
    listed,
    make,
    outline,
    plant,
    read,
    refused,
    tree,
    unchanged,
)
from tests.api.table import done, share
from tests.api.test_moves import chain
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker import create_app
from tracker.core.limits import LEVELS
from tracker.core.limits import TASKS as MOST
from tracker.services.world import World
from tracker.store import Store

BULK = f"{TASKS}/bulk"
KEY = {"Idempotency-Key": "5d2c0c7e-0d7f-4a9e-9d3c-6b1e2f3a4b5c"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def bulk(client: Client, *drafts: Any, **rest: Any) -> Reply:
    return client.post(BULK, {"tasks": list(drafts)}, **rest)


def test_answers_come_as_a_bare_list_in_the_order_sent(ann: Client) -> None:
    parent = make(ann, "parent")["id"]
    drafts = [{"title": f"{nth}"} | ({"parent_id": parent} if nth % 2 else {}) for nth in range(9)]
    made = done(bulk(ann, *drafts))
    assert [task["title"] for task in made] == [f"{nth}" for nth in range(9)]
    assert made == [read(ann, task["id"]) | {"progress": task["progress"]} for task in made]
    assert outline(tree(ann, parent)) == ["parent", ["1"], ["3"], ["5"], ["7"]]
    assert len({task["number"] for task in made}) == 9


def test_nothing_asked_is_nothing_made(ann: Client, store: Store) -> None:
    with unchanged(store):
        reply = bulk(ann)
        assert (reply.status, reply.json) == (201, [])


def test_an_item_may_be_a_whole_tree(ann: Client) -> None:
    made = done(bulk(ann, {"title": "a", "subtasks": [{"title": "b"}]}, {"title": "c"}))
    assert outline(tree(ann, made[0]["id"])) == ["a", ["b"]]
    assert made[0]["progress"] == {"done": 0, "total": 1}


def test_a_hundred_are_taken_and_no_more(ann: Client, store: Store) -> None:
    with unchanged(store):
        refused(bulk(ann, *[{"title": "x"}] * 101), 422, "/tasks")
    assert len(done(bulk(ann, *[{"title": "x"}] * 100))) == 100
    assert done(ann.get(TASKS))["total"] == 100


def test_all_of_them_together_are_no_more_than_a_tree_may_hold(ann: Client, store: Store) -> None:
    half = {"title": "x", "subtasks": [{"title": "y"}] * (MOST // 2 - 1)}
    with unchanged(store):
        problem = refused(bulk(ann, half, half, {"title": "z"}), 422, "/tasks")
        assert str(MOST + 1) in problem["detail"]


BAD: tuple[tuple[Any, int], ...] = (
    ({}, 422),
    ({"title": ""}, 422),
    ({"title": "x", "id": NOWHERE}, 422),
    ({"title": "x", "status": "done"}, 422),
    ({"title": "x", "assigned_to": NOWHERE}, 422),
    ({"title": "x", "parent_id": NOWHERE}, 404),
    ({"title": "x", "parent_id": "{theirs}"}, 404),
    ({"title": "x", "parent_id": "{seen}"}, 403),
    ({"title": "x", "parent_id": "{trashed}"}, 404),
    ({"title": "x", "status": "completed", "subtasks": [{"title": "y"}]}, 422),
    ("x", 422),
    (None, 422),
    ([], 422),
)


def test_one_bad_item_refuses_all(ann: Client, client: Client, store: Store) -> None:
    bob, parent = client.as_("bob"), make(ann, "parent")["id"]
    known = {"theirs": make(bob)["id"], "seen": make(bob)["id"], "trashed": make(ann)["id"]}
    share(bob, known["seen"], "ann", "viewer")
    done(ann.delete(f"{TASKS}/{known['trashed']}"))
    with unchanged(store):
        for last, status in BAD:
            if isinstance(last, dict) and "parent_id" in last:
                last = {**last, "parent_id": last["parent_id"].format(**known)}
            items = {"title": "1"}, {"title": "2", "parent_id": parent}, last
            problem = refused(bulk(ann, *items), status)
            pointers = [fault["pointer"] for fault in problem.get("errors", ())]
            assert all(pointer.startswith("/tasks/2") for pointer in pointers), last
            assert pointers or problem["item"] == 2, last


def test_what_fits_one_by_one_must_fit_together(ann: Client, store: Store) -> None:
    full = make(ann, "full", subtasks=[{"title": "t"}] * (MOST - 3))["id"]
    item = {"title": "x", "parent_id": full}
    with unchanged(store):
        assert refused(bulk(ann, item, item, item), 422)["item"] == 2
    assert len(done(bulk(ann, item, item))) == 2


def test_an_item_too_deep_refuses_all(ann: Client, store: Store) -> None:
    ids = plant(ann, chain(LEVELS - 1))
    item = {"title": "x", "parent_id": ids[f"{LEVELS - 1}"]}
    with unchanged(store):
        refused(bulk(ann, item, {**item, "subtasks": [{"title": "y"}]}), 422)
    done(bulk(ann, item, {"title": "x", "parent_id": ids["1"]}))


def test_an_editor_brings_no_outsider_in_by_the_last_item(
    client: Client, ann: Client, store: Store
) -> None:
    bob, cyd = client.as_("bob"), client.as_("cyd").me["id"]
    root = make(ann, "root")["id"]
    share(ann, root, "bob", "editor")
    share(bob, make(bob, "met")["id"], "cyd", "viewer")
    below = {"title": "x", "parent_id": root}
    with unchanged(store):
        problem = refused(bulk(bob, below, {**below, "assigned_to": cyd}), 422)
    assert problem["errors"][0]["pointer"].endswith("/assigned_to")


STRANGE: tuple[Any, ...] = (
    *({}, [], {"tasks": None}, {"tasks": "x"}, {"tasks": {}}, {"tasks": [], "x": 1}),
    *({"tasks": operator} for operator in OPERATORS if operator != []),
)


def test_a_strange_body_is_refused(ann: Client, store: Store) -> None:
    with unchanged(store):
        for body in STRANGE:
            refused(ann.post(BULK, body), 422)
        refused(ann.post(f"{BULK}?x=1", {"tasks": []}), 422)


def test_if_match_is_compared_before_the_first_item(ann: Client, store: Store) -> None:
    """And what the items themselves change does not end it."""
    ids = plant(ann, ["a", ["b"]])
    items = [{"title": title, "parent_id": ids["a"]} for title in "12"]
    for tail in ("", "/tree"):
        tag = ann.get(f"{TASKS}/{ids['a']}{tail}").etag
        assert bulk(ann, *items, headers={"If-Match": tag}).status == 201
    with unchanged(store):
        problem = refused(bulk(ann, {"title": "3"}, *items, headers={"If-Match": '"n9-9.x"'}), 412)
        assert problem["current"]["id"] == ids["a"]
        refused(bulk(ann, *items, headers={"If-Match": tag}), 412)
    assert bulk(ann, *items, headers={"If-Match": "*"}).status == 201


@pytest.fixture
def stumbling(config: Config, store: Store, clock: Clock) -> Any:
    """An application that falls over at the nth id it makes, as a crash there would stop it."""

    def build(nth: int) -> Flask:
        left = iter(range(nth))

        def new_id() -> str:
            if next(left, None) is None:
                raise RuntimeError("crash")
            return str(uuid_utils.uuid7())

        return create_app(config, World(store, clock, new_id))

    return build


def test_a_retry_makes_what_a_crash_left_out(ann: Client, stumbling: Any) -> None:
    """Wherever it stopped: nothing twice, nothing missing, answers in order."""
    parent = make(ann, "parent")["id"]
    crashed = set()
    for nth in range(1, 40):
        items = [
            {"title": f"{nth}.0"},
            {"title": f"{nth}.1", "parent_id": parent, "subtasks": [{"title": f"{nth}.x"}]},
            {"title": f"{nth}.2", "subtasks": [{"title": f"{nth}.y"}]},
            {"title": f"{nth}.3", "parent_id": parent},
        ]
        headers = {"Idempotency-Key": f"bulk-{nth}"}
        cut = bulk(Client(stumbling(nth), ann.token), *items, headers=headers)
        crashed.add(done(ann.get(f"{TASKS}?search={nth}.&level=all"))["total"])
        made = done(bulk(ann, *items, headers=headers))
        assert [task["title"] for task in made] == [item["title"] for item in items]
        assert sorted(listed(ann, f"search={nth}.")) == [f"{nth}.{end}" for end in "0123xy"]
        assert done(bulk(ann, *items, headers=headers)) == made
        if cut.status == 201:
            break
        assert cut.status == 500
    assert crashed == {0, 1, 3, 5, 6}


def test_a_retry_checks_only_what_is_missing(ann: Client, stumbling: Any, store: Store) -> None:
    """What was made is answered, although its parent is gone by now."""
    parent = make(ann, "parent")["id"]
    items = [{"title": "1", "parent_id": parent}, {"title": "2"}]
    assert bulk(Client(stumbling(4), ann.token), *items, headers=KEY).status == 500
    assert sorted(listed(ann)) == ["1", "parent"]
    done(ann.delete(f"{TASKS}/{parent}?permanent=true"))
    made = done(bulk(ann, *items, headers=KEY))
    assert ([task["title"] for task in made], listed(ann)) == (["1", "2"], ["2"])
    with unchanged(store):
        refused(bulk(ann, {"title": "1"}, {"title": "3"}, headers=KEY), 422)
