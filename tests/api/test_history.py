"""What happened to a task and below it: one row a commit, newest first, by today's rights."""

from typing import Any

import pytest

from tests.api.asking import NOWHERE, TASKS, make, plant, refused, unchanged
from tests.api.table import done, later, share
from tests.api.test_moves import move, rev_of
from tests.conftest import Clock
from tests.people import Client
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store

Row = dict[str, Any]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > c, d)"""
    return plant(ann, ["a", ["b", ["c"]], ["d"]])


def history(client: Client, task: str, query: str = "?page_size=100") -> list[Row]:
    rows: list[Row] = done(client.get(f"{TASKS}/{task}/history{query}"))["history"]
    return rows


def pages(client: Client, task: str, size: int) -> list[Row]:
    found: list[Row] = []
    cursor = ""
    while True:
        page = done(client.get(f"{TASKS}/{task}/history?page_size={size}{cursor}"))
        assert len(page["history"]) <= size
        found += page["history"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def rename(client: Client, task: str, title: str) -> None:
    done(client.patch(f"{TASKS}/{task}", {"title": title}))


def test_a_row_tells_who_did_what_to_which_task_and_when(
    client: Client, ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    share(ann, ids["a"], "bob", "editor")
    clock.advance(minutes=1)
    bob = client.as_("bob")
    done(bob.patch(f"{TASKS}/{ids['b']}", {"title": "b2", "priority": "high"}))
    row = history(ann, ids["a"])[0]
    assert row == {
        "id": row["id"],
        "tree_id": ids["a"],
        "seq": 3,
        "at": "2026-03-04T05:07:07.891000Z",
        "actor": bob.seen,
        "deed": "edit",
        "task_id": ids["b"],
        "changes": {ids["b"]: {"title": ["b", "b2"], "priority": ["medium", "high"]}},
    }


def test_there_is_one_row_a_commit_newest_first(ann: Client, ids: dict[str, str]) -> None:
    """Also where all happens in one millisecond."""
    for nth in range(25):
        rename(ann, ids["b"], f"{nth}")
    rows = history(ann, ids["a"])
    assert [row["seq"] for row in rows] == list(range(26, 0, -1))
    assert rows[0]["changes"][ids["b"]]["title"] == ["23", "24"]
    assert rows[-1]["deed"] == "create"
    assert [row["seq"] for row in history(ann, ids["b"])] == list(range(26, 1, -1))


@pytest.mark.parametrize("task", ["a", "b"])
@pytest.mark.parametrize("size", [1, 7, 12, 13])
def test_pages_show_each_row_once(
    ann: Client, ids: dict[str, str], clock: Clock, task: str, size: int
) -> None:
    for nth in range(12):
        rename(ann, ids["b"], f"{nth}")
        clock.advance(milliseconds=nth % 3)
    assert pages(ann, ids[task], size) == history(ann, ids[task])
    assert len(history(ann, ids[task])) == (13 if task == "a" else 12)


def test_a_page_goes_on_where_it_ended_whatever_came_meanwhile(
    ann: Client, ids: dict[str, str]
) -> None:
    for nth in range(4):
        rename(ann, ids["b"], f"{nth}")
    first = done(ann.get(f"{TASKS}/{ids['a']}/history?page_size=2"))
    rename(ann, ids["b"], "later")
    query = f"?page_size=2&cursor={first['next_cursor']}"
    assert [row["seq"] for row in history(ann, ids["a"], query)] == [3, 2]


def test_every_deed_leaves_its_row(ann: Client, ids: dict[str, str]) -> None:
    b, c = f"{TASKS}/{ids['b']}", f"{TASKS}/{ids['c']}"
    share(ann, ids["a"], "bob", "viewer")
    bob = ann.as_("bob")
    new = make(ann, "new", parent_id=ids["b"])["id"]
    done(ann.post(f"{b}/complete?cascade=true"))
    done(ann.post(f"{c}/reopen"))
    done(move(ann, ids["c"], ids["d"]))
    done(ann.delete(c))
    done(ann.post(f"{c}/restore"))
    done(ann.delete(f"{TASKS}/{new}?permanent=true"))
    done(bob.delete(f"{b}/members"))
    rows = history(ann, ids["a"])
    told = [(row["deed"], row["task_id"], row["changes"]) for row in reversed(rows)]
    assert [(deed, task) for deed, task, _ in told] == [
        ("create", ids["a"]),
        ("share", ids["a"]),
        ("create", ids["b"]),
        ("complete", ids["b"]),
        ("reopen", ids["c"]),
        ("move", ids["c"]),
        ("delete", ids["c"]),
        ("restore", ids["c"]),
        ("purge", new),
        ("leave", ids["b"]),
    ]
    changes = [said for _, _, said in told]
    bobs = bob.me["id"]
    assert changes[1] == {ids["a"]: {"members": [None, {"user": bobs, "role": "viewer"}]}}
    assert changes[2][new]["title"] == [None, "new"]
    assert {task: said["status"] for task, said in changes[3].items()} == {
        task: ["todo", "completed"] for task in (ids["b"], ids["c"], new)
    }
    assert {*changes[4]} == {ids["c"], ids["b"]}
    assert changes[5][ids["c"]]["parent_id"] == [ids["b"], ids["d"]]
    assert changes[6][ids["c"]]["deleted_at"] == [None, "2026-03-04T05:06:07.891000Z"]
    assert changes[7][ids["c"]]["deleted_at"] == ["2026-03-04T05:06:07.891000Z", None]
    assert changes[8] == {new: {"title": ["new", None]}}
    assert changes[9] == {ids["a"]: {"members": [{"user": bobs, "role": "viewer"}, None]}}


def test_a_subtask_shows_what_touched_its_subtree_alone(ann: Client, ids: dict[str, str]) -> None:
    rename(ann, ids["d"], "d2")
    done(ann.post(f"{TASKS}/{ids['a']}/complete?cascade=true"))
    done(ann.patch(f"{TASKS}/{ids['c']}", {"title": "c2"}))
    assert [{*row["changes"]} for row in history(ann, ids["b"])] == [
        {ids["c"]},
        {ids["b"], ids["c"]},
    ]
    assert [{*row["changes"]} for row in history(ann, ids["d"])] == [{ids["d"]}, {ids["d"]}]
    assert [row["seq"] for row in history(ann, ids["a"])] == [4, 3, 2, 1]


def test_a_move_between_trees_is_told_once_and_its_steps_not(
    ann: Client, ids: dict[str, str], world: World, clock: Clock
) -> None:
    """Freeze, refusal, removal, and the sweep's forgetting are steps, not deeds."""
    rename(ann, ids["c"], "c2")
    x = make(ann, "x")["id"]
    clock.advance(seconds=1)
    done(move(ann, ids["b"], x))
    sweeping.sweep(world)
    moved = history(ann, x)[0]
    assert (moved["deed"], moved["task_id"], moved["tree_id"]) == ("move", ids["b"], x)
    assert moved["changes"][ids["b"]] == {"root_id": [ids["a"], x], "parent_id": [ids["a"], x]}
    assert [row["deed"] for row in history(ann, ids["a"])] == ["edit", "create"]
    assert [row["deed"] for row in history(ann, ids["b"])] == ["move", "edit"]


def test_a_task_takes_its_history_along_to_the_root_level(
    ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    rename(ann, ids["c"], "c2")
    rename(ann, ids["d"], "d2")
    clock.advance(seconds=1)
    done(move(ann, ids["b"], None))
    clock.advance(seconds=1)
    new = make(ann, "new", parent_id=ids["b"])["id"]
    done(ann.delete(f"{TASKS}/{new}?permanent=true"))
    rows = history(ann, ids["b"])
    assert [row["deed"] for row in rows] == ["purge", "create", "move", "edit"]
    assert [row["tree_id"] for row in rows] == [ids["b"]] * 3 + [ids["a"]]
    assert pages(ann, ids["b"], 1) == rows


@pytest.mark.parametrize(
    ("role", "status"), [("editor", 200), ("viewer", 200), (None, 404), ("nobody", 401)]
)
def test_who_may_read_it(
    client: Client, ann: Client, ids: dict[str, str], role: str | None, status: int
) -> None:
    asker = client if role == "nobody" else client.as_("bob")
    if role in {"editor", "viewer"}:
        share(ann, ids["a"], "bob", role)
    for task in "ac":
        assert asker.get(f"{TASKS}/{ids[task]}/history").status == status


def test_rights_are_those_of_today(client: Client, ann: Client, ids: dict[str, str]) -> None:
    share(ann, ids["a"], "bob", "viewer")
    bob = client.as_("bob")
    page = done(bob.get(f"{TASKS}/{ids['a']}/history?page_size=1"))
    done(ann.delete(f"{TASKS}/{ids['a']}/members?user={bob.me['id']}"))
    query = f"?page_size=1&cursor={page['next_cursor']}"
    refused(bob.get(f"{TASKS}/{ids['a']}/history{query}"), 404)
    share(ann, make(ann, "other")["id"], "bob", "viewer")
    refused(bob.get(f"{TASKS}/{ids['c']}/history"), 404)


def test_what_the_sweep_did_has_no_actor(
    ann: Client, ids: dict[str, str], world: World, clock: Clock
) -> None:
    done(ann.delete(f"{TASKS}/{ids['b']}"))
    clock.advance(days=31)
    sweeping.sweep(world)
    row = history(later(ann, "ann"), ids["a"])[0]
    assert (row["deed"], row["actor"]) == ("purge", None)
    assert row["changes"] == {ids["b"]: {"title": ["b", None]}}


def test_what_changed_nothing_and_what_was_refused_leave_no_row(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    rev = rev_of(store, ids["a"])
    with unchanged(store):
        rename(ann, ids["b"], "b")
        refused(ann.post(f"{TASKS}/{ids['b']}/complete"), 409)
    assert [row["seq"] for row in history(ann, ids["a"])] == list(range(rev, 0, -1))


def test_a_strange_query_is_refused(ann: Client, ids: dict[str, str]) -> None:
    path = f"{TASKS}/{ids['a']}/history"
    for query in ("page_size=0", "page_size=101", "page=2", "cursor=", "x=1"):
        refused(ann.get(f"{path}?{query}"), 422)
    for query in ("cursor=x", "cursor=eyJhIjoxfQ"):
        refused(ann.get(f"{path}?{query}"), 400)


def test_a_cursor_of_a_list_is_none_of_a_history(ann: Client, ids: dict[str, str]) -> None:
    cursor = done(ann.get(f"{TASKS}?page_size=1"))["next_cursor"]
    refused(ann.get(f"{TASKS}/{ids['a']}/history?cursor={cursor}"), 400)
    refused(ann.get(f"{TASKS}/x/history"), 422)
    refused(ann.get(f"{TASKS}/{NOWHERE}/history"), 404)
