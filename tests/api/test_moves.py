"""Moving a task inside its tree: where it comes to stand, what comes along, what is refused."""

from typing import Any

import pytest

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
    unchanged,
)
from tests.api.asking import tree as tree_of
from tests.api.table import done, share
from tests.people import Client, Reply
from tracker.core.limits import LEVELS
from tracker.store import Store


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    """a > (b > (c > d, e), f)"""
    return plant(ann, ["a", ["b", ["c", ["d"]], ["e"]], ["f"]])


def move(client: Client, task: str, parent: str | None, position: Any = None, **rest: Any) -> Reply:
    body = {"parent_id": parent} | ({} if position is None else {"position": position})
    return client.post(f"{TASKS}/{task}/move", body, **rest)


def rev_of(store: Store, tree: str) -> int:
    found: int = store.db.trees.find_one({"_id": tree})["rev"]
    return found


def test_a_subtree_moves_with_all_below_it_in_one_commit(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    before = {task: read(ann, ids[task]) for task in ids}
    rev = rev_of(store, ids["a"])
    moved = done(move(ann, ids["b"], ids["f"]))
    assert outline(tree_of(ann, ids["a"])) == ["a", ["f", ["b", ["c", ["d"]], ["e"]]]]
    assert rev_of(store, ids["a"]) == rev + 1
    assert (moved["parent_id"], moved["depth"], moved["root_id"]) == (ids["f"], 2, ids["a"])
    assert moved == read(ann, ids["b"])
    for task in ids:
        after = read(ann, ids[task])
        same = ("id", "number", "title", "root_id", "created_at", "created_by")
        assert [after[name] for name in same] == [before[task][name] for name in same]
    assert [read(ann, ids[task])["depth"] for task in "abcdef"] == [0, 2, 3, 4, 3, 1]


def test_lists_find_what_was_moved_once_and_at_its_place(ann: Client, ids: dict[str, str]) -> None:
    done(move(ann, ids["b"], ids["f"]))
    assert sorted(listed(ann)) == ["a", "b", "c", "d", "e", "f"]
    assert listed(ann, f"root={ids['a']}&search=d") == ["d"]
    assert listed(ann, f"parent={ids['f']}") == ["b"]
    assert listed(ann, f"parent={ids['a']}") == ["f"]
    above = done(ann.get(f"{TASKS}/{ids['d']}/ancestors"))
    assert [task["title"] for task in above] == ["a", "f", "b", "c"]
    assert read(ann, ids["f"])["progress"] == {"done": 0, "total": 4}
    assert read(ann, ids["a"])["subtask_count"] == 1


def test_patch_of_parent_id_moves(ann: Client, ids: dict[str, str]) -> None:
    moved = done(ann.patch(f"{TASKS}/{ids['d']}", {"parent_id": ids["a"]}))
    assert moved["parent_id"] == ids["a"]
    assert outline(tree_of(ann, ids["a"])) == ["a", ["b", ["c"], ["e"]], ["f"], ["d"]]


def test_patch_of_parent_id_goes_alone(ann: Client, ids: dict[str, str], store: Store) -> None:
    with unchanged(store):
        body = {"parent_id": ids["f"], "title": "x"}
        refused(ann.patch(f"{TASKS}/{ids['d']}", body), 422, "/parent_id")


def test_a_move_of_a_root_to_the_root_level_changes_nothing(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        assert done(move(ann, ids["a"], None))["parent_id"] is None
        assert done(ann.patch(f"{TASKS}/{ids['a']}", {"parent_id": None}))["id"] == ids["a"]


@pytest.mark.parametrize("parent", ["b", "c", "d"])
def test_nothing_moves_below_itself(
    ann: Client, ids: dict[str, str], store: Store, parent: str
) -> None:
    with unchanged(store):
        refused(move(ann, ids["b"], ids[parent]), 422, "/parent_id")
        refused(ann.patch(f"{TASKS}/{ids['b']}", {"parent_id": ids[parent]}), 422, "/parent_id")
        refused(move(ann, ids["a"], ids[parent]), 422, "/parent_id")


def test_a_parent_that_is_not_there_is_404(ann: Client, ids: dict[str, str], store: Store) -> None:
    done(ann.delete(f"{TASKS}/{ids['f']}"))
    with unchanged(store):
        for parent in (NOWHERE, ids["f"]):
            refused(move(ann, ids["d"], parent), 404)
            refused(ann.patch(f"{TASKS}/{ids['d']}", {"parent_id": parent}), 404)


def test_a_task_in_the_trash_does_not_move(ann: Client, ids: dict[str, str], store: Store) -> None:
    done(ann.delete(f"{TASKS}/{ids['b']}"))
    with unchanged(store):
        for task in "bd":
            for parent in (ids["f"], ids["a"], None):
                refused(move(ann, ids[task], parent), 404)


def chain(levels: int) -> list[Any]:
    found: list[Any] = ["1"]
    top = found
    for level in range(2, levels + 1):
        found.append([str(level)])
        found = found[-1]
    return top


def test_a_tree_grows_to_its_depth_and_no_deeper(ann: Client, store: Store) -> None:
    ids = plant(ann, [*chain(LEVELS - 1), ["x", ["y"]], ["z"]])
    lowest = ids[str(LEVELS - 1)]
    with unchanged(store):
        problem = refused(move(ann, ids["x"], lowest), 422)
    assert str(LEVELS) in problem["detail"]
    assert done(move(ann, ids["z"], lowest))["depth"] == LEVELS - 1
    assert done(move(ann, ids["x"], ids[str(LEVELS - 2)]))["depth"] == LEVELS - 2


def test_what_was_deep_may_go_up(ann: Client) -> None:
    ids = plant(ann, chain(LEVELS))
    done(move(ann, ids[str(LEVELS)], ids["1"]))
    done(move(ann, ids["3"], ids["1"]))
    found = outline(tree_of(ann, ids["1"]))
    assert [child[0] for child in found[1:]] == ["2", str(LEVELS), "3"]


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("editor", 200), ("viewer", 403), (None, 404)]
)
def test_who_may_move_inside_a_tree(
    client: Client, ann: Client, ids: dict[str, str], role: str | None, status: int
) -> None:
    bob = client.as_("bob")
    if role:
        share(ann, ids["a"], "bob", role)
    assert move(bob, ids["b"], ids["f"]).status == status
    assert ann.get(f"{TASKS}/{ids['f']}").json["subtask_count"] == (status == 200)


def test_an_assignee_does_not_move_even_below_the_task_that_is_theirs(
    client: Client, ann: Client, ids: dict[str, str], store: Store
) -> None:
    bob = client.as_("bob")
    share(ann, ids["a"], "bob", "viewer")
    done(ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": bob.me["id"]}))
    with unchanged(store):
        refused(move(bob, ids["d"], ids["e"]), 403)
        refused(bob.patch(f"{TASKS}/{ids['d']}", {"parent_id": ids["e"]}), 403)


def test_the_moved_task_has_a_new_tag_and_its_family_the_old_one(
    ann: Client, ids: dict[str, str]
) -> None:
    tags = {task: ann.get(f"{TASKS}/{ids[task]}").etag.partition(".")[0] for task in ids}
    moved = move(ann, ids["b"], ids["f"])
    changed = {
        task for task in ids if ann.get(f"{TASKS}/{ids[task]}").etag.partition(".")[0] != tags[task]
    }
    assert changed == {"b"}
    assert moved.etag == ann.get(f"{TASKS}/{ids['b']}").etag
    again = move(ann, ids["b"], ids["a"], headers={"If-Match": f'{tags["b"]}.x"'})
    assert refused(again, 412)["current"]["parent_id"] == ids["f"]
    assert move(ann, ids["b"], ids["a"], headers={"If-Match": moved.etag}).status == 200


def test_the_tag_of_the_tree_is_a_condition_for_a_move(ann: Client, ids: dict[str, str]) -> None:
    whole = ann.get(f"{TASKS}/{ids['a']}/tree").etag
    assert move(ann, ids["d"], ids["f"], headers={"If-Match": whole}).status == 200
    refused(move(ann, ids["d"], ids["a"], headers={"If-Match": whole}), 412)


STRANGE: tuple[Any, ...] = (
    *({}, {"position": "last"}, {"parent_id": "x"}, {"parent_id": 1}, {"parent": NOWHERE}),
    *({"parent_id": "root.children"}, {"parent_id": "$where"}, {"parent_id": NOWHERE, "to": "x"}),
    *({"parent_id": operator} for operator in OPERATORS),
)


def test_a_body_that_names_no_parent_is_refused(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        for body in STRANGE:
            refused(ann.post(f"{TASKS}/{ids['b']}/move", body), 422)


def test_moves_take_no_query_and_no_strange_path(ann: Client, store: Store) -> None:
    task = make(ann)["id"]
    with unchanged(store):
        refused(ann.post(f"{TASKS}/{task}/move?position=first", {"parent_id": None}), 422)
        refused(ann.post(f"{TASKS}/x/move", {"parent_id": None}), 422)
        refused(ann.post(f"{TASKS}/{NOWHERE}/move", {"parent_id": None}), 404)
        refused(ann.post(f"{TASKS}/{task}/move"), 415)
        allowed = ann.get(f"{TASKS}/{task}/move").headers["Allow"]
        assert set(allowed.split(", ")) == {"OPTIONS", "POST"}
