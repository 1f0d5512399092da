"""The trash: deleting into it, listing it, restoring from it."""

from typing import Any

import pytest

from tests.api.asking import (
    NOWHERE,
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
from tests.api.test_moves import move, rev_of
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

TRASH = "/api/trash"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c > d, e), f)"""
    return plant(ann, ["a", ["b", ["c", ["d"]], ["e"]], ["f"]])


def delete(client: Client, task: str) -> None:
    done(client.delete(f"{TASKS}/{task}"))


def restore(client: Client, task: str, **rest: Any) -> Any:
    return client.post(f"{TASKS}/{task}/restore", **rest)


def trash(client: Client, query: str = "") -> list[str]:
    """The titles in the trash; what is shown is deleted, and counted."""
    page = done(client.get(f"{TRASH}?page_size=100{query}"))
    assert page["total"] == len(page["tasks"])
    assert all(task["is_deleted"] for task in page["tasks"])
    return [task["title"] for task in page["tasks"]]


def test_the_trash_lists_the_topmost_of_each(
    ann: Client, ids: dict[str, str], clock: Clock, store: Store
) -> None:
    """What was deleted last comes first; what lies below one comes back with it."""
    for task in "dbf":
        clock.advance(minutes=1)
        rev = rev_of(store, ids["a"])
        delete(ann, ids[task])
        assert rev_of(store, ids["a"]) == rev + 1
    assert trash(ann) == ["f", "b"]
    assert listed(ann) == ["a"]
    assert outline(tree(ann, ids["a"])) == ["a"]
    for task in "bcdef":
        refused(ann.get(f"{TASKS}/{ids[task]}"), 404)
        refused(ann.delete(f"{TASKS}/{ids[task]}"), 404)
    done(restore(ann, ids["b"]))
    assert trash(ann) == ["f", "d"]


def test_the_trash_comes_in_pages(ann: Client, clock: Clock) -> None:
    for nth in range(5):
        clock.advance(minutes=1)
        delete(ann, make(ann, f"{nth}")["id"])
    pages = [done(ann.get(f"{TRASH}?page_size=2&page={page}")) for page in (1, 2, 3, 4)]
    assert [[task["title"] for task in page["tasks"]] for page in pages] == [
        ["4", "3"],
        ["2", "1"],
        ["0"],
        [],
    ]
    assert {(page["total"], page["total_pages"], page["page_size"]) for page in pages} == {
        (5, 3, 2)
    }
    known = ann.get(TRASH).etag
    assert ann.get(TRASH, headers={"If-None-Match": known}).status == 304


def test_a_strange_query_of_the_trash_is_refused(ann: Client) -> None:
    for query in ("page=0", "page_size=101", "page=x", "cursor=x", "status=todo", "page=1&page=2"):
        refused(ann.get(f"{TRASH}?{query}"), 422)


def test_the_trash_shows_what_one_may_see(client: Client, ids: dict[str, str]) -> None:
    ann, bob, cyd = client.as_("ann"), client.as_("bob"), client.as_("cyd")
    share(ann, ids["a"], "bob", "viewer")
    delete(bob, make(bob, "bob's")["id"])
    delete(ann, ids["b"])
    assert (trash(ann), sorted(trash(bob)), trash(cyd)) == (["b"], ["b", "bob's"], [])
    done(ann.delete(f"{TASKS}/{ids['a']}/members?user={bob.me['id']}"))
    assert trash(bob) == ["bob's"]
    refused(client.get(TRASH), 401)


@pytest.mark.parametrize("task", ["a", "b", "d"])
def test_a_subtree_comes_back_whole_in_its_place(
    ann: Client, ids: dict[str, str], store: Store, task: str
) -> None:
    before, rows = tree(ann, ids["a"]), sorted(listed(ann))
    delete(ann, ids[task])
    rev = rev_of(store, ids["a"])
    back = done(restore(ann, ids[task]))
    assert rev_of(store, ids["a"]) == rev + 1
    assert outline(tree(ann, ids["a"])) == outline(before)
    assert (sorted(listed(ann)), trash(ann)) == (rows, [])
    assert back == read(ann, ids[task])
    assert (back["is_deleted"], back["position"]) == (False, read(ann, ids[task])["position"])
    done(ann.patch(f"{TASKS}/{ids['d']}", {"title": "d2"}))


def test_what_was_deleted_on_its_own_stays_so(ann: Client, ids: dict[str, str]) -> None:
    for task in "db":
        delete(ann, ids[task])
    done(restore(ann, ids["b"]))
    assert outline(tree(ann, ids["b"])) == ["b", ["c"], ["e"]]
    done(restore(ann, ids["d"]))
    assert outline(tree(ann, ids["b"])) == ["b", ["c", ["d"]], ["e"]]


@pytest.mark.parametrize("own", [True, False])
def test_without_a_living_parent_it_comes_back_at_the_root_level(
    client: Client, ids: dict[str, str], own: bool
) -> None:
    """Whether it was deleted itself or lay below what was; owner and members stay."""
    ann = client.as_("ann")
    share(ann, ids["a"], "bob", "editor")
    members = done(ann.get(f"{TASKS}/{ids['a']}/members"))
    if own:
        delete(ann, ids["c"])
    delete(ann, ids["b"])
    back = done(restore(client.as_("bob"), ids["c"]))
    assert (back["parent_id"], back["root_id"], back["is_deleted"]) == (None, ids["c"], False)
    assert back["number"] == read(ann, ids["c"])["number"]
    assert outline(tree(ann, ids["c"])) == ["c", ["d"]]
    assert sorted(listed(ann)) == ["a", "c", "d", "f"]
    assert done(ann.get(f"{TASKS}/{ids['c']}/members")) == members
    assert trash(ann) == ["b"]
    done(restore(ann, ids["b"]))
    assert outline(tree(ann, ids["a"])) == ["a", ["b", ["e"]], ["f"]]
    done(move(ann, ids["c"], ids["b"]))
    assert outline(tree(ann, ids["a"])) == ["a", ["b", ["e"], ["c", ["d"]]], ["f"]]


def test_below_a_deleted_root_it_comes_back_at_the_root_level(
    ann: Client, ids: dict[str, str]
) -> None:
    delete(ann, ids["a"])
    assert (trash(ann), listed(ann)) == (["a"], [])
    done(restore(ann, ids["b"]))
    assert sorted(listed(ann)) == ["b", "c", "d", "e"]
    done(restore(ann, ids["a"]))
    assert sorted(listed(ann)) == ["a", "b", "c", "d", "e", "f"]
    assert outline(tree(ann, ids["a"])) == ["a", ["f"]]


def test_what_is_not_in_the_trash_is_not_restored(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        for task in "ab":
            refused(restore(ann, ids[task]), 409)
        refused(restore(ann, NOWHERE), 404)
        refused(restore(ann, "x"), 422)
        refused(restore(ann, ids["b"], query_string="position=first"), 422)
    delete(ann, ids["b"])
    done(restore(ann, ids["b"]))
    with unchanged(store):
        refused(restore(ann, ids["b"]), 409)


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("viewer", 403), (None, 404)])
@pytest.mark.parametrize("task", ["b", "d"])
def test_who_may_restore(
    client: Client, ids: dict[str, str], role: str | None, status: int, task: str
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    if role:
        share(ann, ids["a"], "bob", role)
    delete(ann, ids["b"])
    assert restore(bob, ids[task]).status == status
    assert (
        ids[task] in [row["id"] for row in done(ann.get(f"{TASKS}?page_size=100"))["tasks"]]
    ) == (status == 200)


def test_if_match_holds_in_the_trash_too(ann: Client, ids: dict[str, str]) -> None:
    before = ann.get(f"{TASKS}/{ids['b']}").etag
    delete(ann, ids["b"])
    reply = restore(ann, ids["b"], headers={"If-Match": before})
    current = refused(reply, 412)["current"]
    assert (current["id"], current["is_deleted"]) == (ids["b"], True)
    back = restore(ann, ids["b"], headers={"If-Match": reply.etag})
    assert done(back)["is_deleted"] is False


def test_every_other_deed_finds_nothing_in_the_trash(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    delete(ann, ids["b"])
    other = make(ann)["id"]
    with unchanged(store):
        for task in "bd":
            path = f"{TASKS}/{ids[task]}"
            for reply in (
                *(ann.get(f"{path}{tail}") for tail in ("", "/tree", "/subtasks", "/ancestors")),
                *(ann.get(f"{path}{tail}") for tail in ("/history", "/members")),
                *(ann.post(f"{path}{tail}") for tail in ("/complete", "/reopen")),
                ann.put(path, {"title": "x"}),
                ann.patch(path, {"title": "x"}),
                ann.post(f"{path}/subtasks", {"title": "x"}),
                ann.post(TASKS, {"title": "x", "parent_id": ids[task]}),
                ann.post(f"{TASKS}/bulk", {"tasks": [{"title": "x", "parent_id": ids[task]}]}),
                ann.put(f"{path}/members", {"user": "ann", "role": "viewer"}),
                ann.delete(f"{path}/members"),
                move(ann, ids[task], other),
                move(ann, other, ids[task]),
            ):
                refused(reply, 404)


def test_the_trash_counts_in_no_progress(ann: Client, ids: dict[str, str]) -> None:
    delete(ann, ids["c"])
    assert read(ann, ids["a"])["progress"] == {"done": 0, "total": 3}
    assert (read(ann, ids["b"])["subtask_count"], tree(ann, ids["b"])["subtask_count"]) == (1, 1)
    done(restore(ann, ids["c"]))
    assert read(ann, ids["a"])["progress"] == {"done": 0, "total": 5}
