"""How large a tree may be: 5,000 tasks, 40 levels, 8 MB. Over a limit: 422 naming it, no change."""

import bson
import pytest

from tests.api.asking import (
    TASKS,
    Outline,
    draft,
    make,
    nodes,
    outline,
    refused,
    tree,
    unchanged,
)
from tests.people import Client
from tracker.store import Store, drains

MOST, LEVELS, BYTES = 5_000, 40, 8 * 1024 * 1024


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def chain(levels: int) -> Outline:
    """Tasks that stand below each other, named by their levels."""
    found: Outline = [f"{levels}"]
    for level in range(levels - 1, 0, -1):
        found = [f"{level}", found]
    return found


def bushy(tasks: int) -> Outline:
    """A root, and below it tasks with nine children each; `tasks` in all."""
    below = tasks - 1
    return ["root", *([f"{n}", *([f"{n}.{m}"] for m in range(min(9, below - n - 1)))]
                      for n in range(0, below, 10))]  # fmt: skip


def stored_bytes(store: Store, root: str) -> int:
    return len(bson.encode(store.db.trees.find_one({"_id": root})["root"]))


def test_a_thousand_tasks_are_made_in_one_call_and_read_back_equal(
    ann: Client, store: Store
) -> None:
    sent = bushy(1_000)
    made = make(ann, **draft(sent))
    assert made["progress"] == {"done": 0, "total": 999}
    found = tree(ann, made["id"])
    assert outline(found) == sent
    assert len({node["id"] for node in nodes(found)}) == 1_000
    assert len({node["number"] for node in nodes(found)}) == 1_000
    assert ann.get(TASKS).json["total"] == 1_000
    assert ann.get(f"{TASKS}?search=99").json["total"] == sum(
        "99" in node["title"] for node in nodes(found)
    )


def test_five_thousand_tasks_fit_and_one_more_does_not(ann: Client, store: Store) -> None:
    with unchanged(store):
        problem = refused(ann.post(TASKS, draft(bushy(MOST + 1))), 422)
        assert f"{MOST}" in problem["detail"]
    root = make(ann, **draft(bushy(MOST)))
    drains.drain_now(store, root["id"])  # where a slow server left rows to the sweep
    assert root["progress"]["total"] == MOST - 1
    assert ann.get(TASKS).json["total"] == MOST
    with unchanged(store):
        for reply in (
            ann.post(TASKS, {"title": "x", "parent_id": root["id"]}),
            ann.post(f"{TASKS}/{root['id']}/subtasks", draft(["x", ["y"]])),
        ):
            assert f"{MOST}" in refused(reply, 422)["detail"]
    assert ann.patch(f"{TASKS}/{root['id']}", {"title": "still editable"}).status == 200


def test_forty_levels_fit_and_one_more_does_not(ann: Client, store: Store) -> None:
    with unchanged(store):
        for levels in (LEVELS + 1, LEVELS + 9):
            assert f"{LEVELS}" in refused(ann.post(TASKS, draft(chain(levels))), 422)["detail"]
    root = make(ann, **draft(chain(LEVELS)))["id"]
    found = tree(ann, root)
    assert outline(found) == chain(LEVELS)
    *_, lowest = nodes(found)
    assert (lowest["depth"], len(ann.get(f"{TASKS}/{lowest['id']}/ancestors").json)) == (39, 39)
    with unchanged(store):
        below = f"{TASKS}/{lowest['id']}/subtasks"
        assert f"{LEVELS}" in refused(ann.post(below, {"title": "x"}), 422)["detail"]
        last_but_one = f"{TASKS}/{lowest['parent_id']}/subtasks"
        refused(ann.post(last_but_one, draft(["x", ["y"]])), 422)
    assert ann.post(last_but_one, {"title": "x"}).status == 201
    assert ann.post(f"{TASKS}/{lowest['id']}/complete").status == 200
    assert ann.delete(f"{TASKS}/{lowest['id']}").status == 204


def test_a_hundred_and_more_levels_are_refused_too(ann: Client, store: Store) -> None:
    with unchanged(store):
        raw = b'{"title":"x","subtasks":[' * 300 + b'{"title":"x"}' + b"]}" * 300
        refused(ann.ask("POST", TASKS, data=raw, content_type="application/json"), 422)


def test_a_list_of_tens_of_thousands_is_refused_by_its_number(ann: Client, store: Store) -> None:
    """Looking at each of them would take minutes."""
    with unchanged(store):
        for thing in ("{}", "1", '{"title": "x"}', '{"subtasks": [{}, {}]}'):
            many = ", ".join([thing] * 30_000)
            for body in (f'{{"title": "x", "subtasks": [{many}]}}', f'{{"tags": [{many}]}}'):
                reply = ann.ask("POST", TASKS, data=body, content_type="application/json")
                faults = refused(reply, 422)["errors"]
                assert {fault["pointer"] for fault in faults} <= {"/subtasks", "/tags", "/title"}


def test_eight_megabytes_fit_and_one_byte_more_does_not(ann: Client, store: Store) -> None:
    full = {"title": "x", "description": "d" * 10_000}
    with unchanged(store):
        too_much = {"title": "root", "subtasks": [full] * 830}
        assert f"{BYTES}" in refused(ann.post(TASKS, too_much), 422)["detail"]
    root = make(ann, "root", subtasks=[full] * 790)["id"]
    leaf = make(ann, "leaf", parent_id=root, description="")["id"]
    room = BYTES - stored_bytes(store, root)
    with unchanged(store):
        many = {"title": "x", "subtasks": [full] * (room // 10_000 + 1)}
        reply = ann.post(f"{TASKS}/{root}/subtasks", many)
        assert f"{BYTES}" in refused(reply, 422)["detail"]
    most = {"title": "x", "subtasks": [full] * (room // 11_000)}
    assert ann.post(f"{TASKS}/{root}/subtasks", most).status == 201
    while (room := BYTES - stored_bytes(store, root)) > 10_000:
        ann.post(f"{TASKS}/{root}/subtasks", {"title": "x", "description": "d" * 9_000})
    _fill_to_the_last_byte(ann, store, leaf, room)
    assert stored_bytes(store, root) == BYTES
    for status in ("completed", "todo"):
        assert ann.put(f"{TASKS}/{leaf}", {"status": status}).status == 200
    assert ann.delete(f"{TASKS}/{leaf}").status == 204
    assert ann.delete(f"{TASKS}/{root}").status == 204


def _fill_to_the_last_byte(client: Client, store: Store, leaf: str, room: int) -> None:
    for way in ("PUT", "PATCH"):
        with unchanged(store):
            reply = client.ask(way, f"{TASKS}/{leaf}", {"description": "d" * (room + 1)})
            assert f"{BYTES}" in refused(reply, 422)["detail"]
        for description in ("", "d" * room):
            reply = client.ask(way, f"{TASKS}/{leaf}", {"description": description})
            assert reply.status == 200
