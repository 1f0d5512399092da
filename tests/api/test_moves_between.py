"""Moving a task from one tree to another: root to subtask, subtask to root, and back again."""

import re
from typing import Any

import pytest

from tests.api.asking import (
    TASKS,
    listed,
    nodes,
    outline,
    plant,
    read,
    refused,
    tree,
)
from tests.api.table import done, later, share
from tests.api.test_moves import move, rev_of
from tests.conftest import Clock
from tests.people import Client
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store

SAME = ("id", "number", "title", "description", "status", "created_at", "created_by", "tags")


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c > d, e), f) and x > y"""
    return plant(ann, ["a", ["b", ["c", ["d"]], ["e"]], ["f"]]) | plant(ann, ["x", ["y"]])


def standing(client: Client) -> dict[str, Any]:
    """All that a person sees of tasks: the trees by their roots, and the list."""
    roots = done(client.get(f"{TASKS}?level=roots&page_size=100"))["tasks"]
    found = {root["id"]: tree(client, root["id"]) for root in roots}
    return {"trees": found, "list": sorted(listed(client))}


def hops(client: Client, task: str) -> int:
    found = re.fullmatch(r'"n(\d+)-\d+\.\w+"', client.get(f"{TASKS}/{task}").etag)
    assert found
    return int(found[1])


def thawed(store: Store) -> bool:
    return store.db.trees.count_documents({"moving.id": {"$gt": ""}}) == 0


@pytest.mark.parametrize("way", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("task", "parent", "expected"),
    [
        ("b", "y", [["a", ["f"]], ["x", ["y", ["b", ["c", ["d"]], ["e"]]]]]),
        ("b", None, [["a", ["f"]], ["b", ["c", ["d"]], ["e"]], ["x", ["y"]]]),
        ("x", "d", [["a", ["b", ["c", ["d", ["x", ["y"]]]], ["e"]], ["f"]]]),
        ("d", None, [["a", ["b", ["c"], ["e"]], ["f"]], ["d"], ["x", ["y"]]]),
    ],
)
def test_a_subtree_goes_to_another_tree_with_all_below_it(
    ann: Client, ids: dict[str, str], way: str, task: str, parent: str | None, expected: list[Any]
) -> None:
    before = {title: read(ann, ids[title]) for title in ids}
    wanted = parent and ids[parent]
    if way == "POST":
        moved = done(move(ann, ids[task], wanted))
    else:
        moved = done(ann.patch(f"{TASKS}/{ids[task]}", {"parent_id": wanted}))
    seen = standing(ann)
    assert sorted(outline(found) for found in seen["trees"].values()) == expected
    assert seen["list"] == sorted(ids)
    assert moved == read(ann, ids[task])
    for title in ids:
        now = read(ann, ids[title])
        assert [now[name] for name in SAME] == [before[title][name] for name in SAME]
    below = {node["id"] for node in nodes(tree(ann, ids[task]))}
    assert {title: hops(ann, ids[title]) for title in ids} == {
        title: int(ids[title] in below) for title in ids
    }


def test_what_is_below_is_found_where_it_went(ann: Client, ids: dict[str, str]) -> None:
    done(move(ann, ids["b"], ids["x"]))
    assert sorted(listed(ann, f"root={ids['x']}")) == ["b", "c", "d", "e", "x", "y"]
    assert sorted(listed(ann, f"root={ids['a']}")) == ["a", "f"]
    assert listed(ann, f"search=d&root={ids['x']}") == ["d"]
    above = done(ann.get(f"{TASKS}/{ids['d']}/ancestors"))
    assert [task["title"] for task in above] == ["x", "b", "c"]
    assert read(ann, ids["x"])["progress"] == {"done": 0, "total": 5}
    assert read(ann, ids["a"])["progress"] == {"done": 0, "total": 1}
    done(ann.patch(f"{TASKS}/{ids['d']}", {"title": "d2"}))
    assert listed(ann, "search=d2") == ["d2"]


def test_there_and_back_again(ann: Client, ids: dict[str, str], world: World, store: Store) -> None:
    """A root that comes back takes its own head again, whose rev has gone on all the while."""
    before, revs = outline(tree(ann, ids["x"])), [rev_of(store, ids["x"])]
    for turn in range(1, 4):
        done(move(ann, ids["x"], ids["f"]))
        assert outline(tree(ann, ids["a"]))[-1] == ["f", before]
        done(move(ann, ids["x"], None))
        assert outline(tree(ann, ids["x"])) == before
        assert hops(ann, ids["y"]) == 2 * turn
        revs.append(rev_of(store, ids["x"]))
        if turn == 2:
            sweeping.sweep(world)
    assert revs == sorted(set(revs))
    assert thawed(store)


def test_a_root_comes_back_after_its_head_was_swept(
    ann: Client, ids: dict[str, str], world: World, store: Store, clock: Clock
) -> None:
    done(ann.patch(f"{TASKS}/{ids['x']}", {"title": "x2"}))
    rev, whole = rev_of(store, ids["x"]), ann.get(f"{TASKS}/{ids['x']}/tree").etag
    done(move(ann, ids["x"], ids["f"]))
    sweeping.sweep(world)
    clock.advance(days=8)
    sweeping.sweep(world)
    assert store.db.trees.find_one({"_id": ids["x"]}) is None
    ann = later(ann, "ann")
    done(move(ann, ids["x"], None))
    assert rev_of(store, ids["x"]) > rev
    refused(ann.patch(f"{TASKS}/{ids['x']}", {"title": "x3"}, headers={"If-Match": whole}), 412)
    told = [row["id"] for row in done(ann.get(f"{TASKS}/{ids['x']}/history"))["history"]]
    assert len(told) == len(set(told))


def test_a_tag_from_before_never_fits_after(ann: Client, ids: dict[str, str]) -> None:
    """Revs of two trees cannot be compared: whatever they are, the move has ended the tags."""
    tags = [ann.get(f"{TASKS}/{ids[task]}{tail}").etag for task in "bd" for tail in ("", "/tree")]
    for parent in (ids["x"], None, ids["a"]):
        done(move(ann, ids["b"], parent))
        for task in "bd":
            for known in (*tags, ", ".join(tags)):
                path = f"{TASKS}/{ids[task]}"
                refused(ann.patch(path, {"title": "z"}, headers={"If-Match": known}), 412)
                assert ann.get(path, headers={"If-None-Match": known}).status == 200
        now = ann.get(f"{TASKS}/{ids['d']}").etag
        done(ann.patch(f"{TASKS}/{ids['d']}", {"title": "d"}, headers={"If-Match": now}))
        tags += [ann.get(f"{TASKS}/{ids[task]}").etag for task in "bd"]


def test_owner_and_members_stay_at_the_root_level(client: Client, ids: dict[str, str]) -> None:
    ann = client.as_("ann")
    share(ann, ids["a"], "bob", "editor")
    share(ann, ids["a"], "cyd", "viewer")
    members = done(ann.get(f"{TASKS}/{ids['a']}/members"))
    done(move(ann, ids["b"], None))
    for task in "ab":
        assert done(ann.get(f"{TASKS}/{ids[task]}/members")) == members
    done(client.as_("bob").patch(f"{TASKS}/{ids['d']}", {"title": "bob's"}))
    refused(client.as_("cyd").patch(f"{TASKS}/{ids['d']}", {"title": "cyd's"}), 403)


def test_in_another_tree_its_members_count(client: Client, ids: dict[str, str]) -> None:
    ann, bob, cyd = client.as_("ann"), client.as_("bob"), client.as_("cyd")
    share(ann, ids["a"], "bob", "viewer")
    share(ann, ids["x"], "cyd", "viewer")
    assert [bob.get(f"{TASKS}/{ids['d']}").status, len(listed(cyd))] == [200, 2]
    done(move(ann, ids["b"], ids["x"]))
    assert [bob.get(f"{TASKS}/{ids['d']}").status, cyd.get(f"{TASKS}/{ids['d']}").status] == [
        404,
        200,
    ]
    assert (sorted(listed(bob)), sorted(listed(cyd))) == (
        ["a", "f"],
        ["b", "c", "d", "e", "x", "y"],
    )


def test_the_target_takes_whom_tasks_are_given_to(client: Client, ids: dict[str, str]) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    share(ann, ids["a"], "bob", "viewer")
    done(ann.patch(f"{TASKS}/{ids['d']}", {"assigned_to": bob.me["id"]}))
    done(move(ann, ids["b"], ids["x"]))
    members = done(ann.get(f"{TASKS}/{ids['x']}/members"))
    assert [(m["user"]["username"], m["role"]) for m in members] == [
        ("ann", "owner"),
        ("bob", "viewer"),
    ]
    done(bob.patch(f"{TASKS}/{ids['d']}", {"title": "still mine"}))
    refused(bob.patch(f"{TASKS}/{ids['c']}", {"title": "not mine"}), 403)


def test_a_task_becomes_somebody_elses_where_one_may_create(
    client: Client, ids: dict[str, str]
) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    theirs = plant(bob, ["theirs", ["given"]])
    share(bob, theirs["theirs"], "ann", "viewer")
    done(bob.patch(f"{TASKS}/{theirs['given']}", {"assigned_to": ann.me["id"]}))
    refused(move(ann, ids["b"], theirs["theirs"]), 403)
    done(move(ann, ids["b"], theirs["given"]))
    assert sorted(listed(bob)) == ["b", "c", "d", "e", "given", "theirs"]
    refused(ann.delete(f"{TASKS}/{ids['b']}"), 403)
    refused(move(ann, ids["b"], None), 403)
    done(move(bob, ids["b"], None))
    assert done(bob.get(f"{TASKS}/{ids['b']}/members"))[0]["user"]["username"] == "bob"
