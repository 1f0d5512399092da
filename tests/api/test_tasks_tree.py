"""Reading what stands below and above: /tree, /subtasks, /ancestors."""

import pytest

from tests.api.asking import (
    TASKS,
    Outline,
    Task,
    draft,
    make,
    nodes,
    outline,
    plant,
    read,
    refused,
    tree,
)
from tests.conftest import Clock
from tests.people import Client

SHAPE: Outline = ["a", ["z", ["y", ["x"], ["w"]]], ["b", ["c"]], ["m"]]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, SHAPE)


def progress(node: Task) -> tuple[str, int, int]:
    return node["title"], node["progress"]["done"], node["progress"]["total"]


def test_a_tree_is_nested_in_order(ann: Client, ids: dict[str, str]) -> None:
    assert outline(tree(ann, ids["a"])) == SHAPE
    assert outline(tree(ann, ids["z"])) == SHAPE[1]
    assert outline(tree(ann, ids["m"])) == ["m"]


def test_a_node_says_what_the_task_says(ann: Client, ids: dict[str, str]) -> None:
    people = {"creator", "assignee", "files", "comments"}
    ann.patch(f"{TASKS}/{ids['y']}", {"due_date": "2020-01-01", "tags": ["t"], "priority": "low"})
    for node in nodes(tree(ann, ids["a"])):
        task = read(ann, node["id"])
        said = {name: value for name, value in node.items() if name != "subtasks"}
        assert said == {name: task[name] for name in task if name not in people}


def test_depth_cuts_levels_and_no_numbers(ann: Client, ids: dict[str, str]) -> None:
    seen: dict[str, Outline] = {
        "?depth=0": ["a"],
        "?depth=1": ["a", ["z"], ["b"], ["m"]],
        "?depth=2": ["a", ["z", ["y"]], ["b", ["c"]], ["m"]],
        "?depth=3": SHAPE,
        "?depth=40": SHAPE,
    }
    for query, shape in seen.items():
        found = tree(ann, ids["a"], query)
        assert outline(found) == shape
        assert (found["progress"], found["subtask_count"]) == ({"done": 0, "total": 7}, 3)


def test_depth_counts_from_the_task_that_is_asked_for(ann: Client, ids: dict[str, str]) -> None:
    assert outline(tree(ann, ids["z"], "?depth=1")) == ["z", ["y"]]
    assert tree(ann, ids["z"], "?depth=0")["depth"] == 1


def test_a_depth_that_is_none_gets_422(ann: Client, ids: dict[str, str]) -> None:
    path = f"{TASKS}/{ids['a']}/tree"
    for depth in ("-1", "41", "x", "1.0", "", "1e1", "٣", " 1", "9" * 30, "[$ne]"):
        refused(ann.get(path, query_string={"depth": depth}), 422, "/depth")


def test_progress_is_told_at_each_node_and_alike_everywhere(
    ann: Client, ids: dict[str, str]
) -> None:
    for title in ("x", "w", "c"):
        ann.post(f"{TASKS}/{ids[title]}/complete")
    found = tree(ann, ids["a"])
    assert outline(found, progress) == [
        ("a", 3, 7),
        [("z", 2, 3), [("y", 2, 2), [("x", 0, 0)], [("w", 0, 0)]]],
        [("b", 1, 1), [("c", 0, 0)]],
        [("m", 0, 0)],
    ]
    assert all(read(ann, node["id"])["progress"] == node["progress"] for node in nodes(found))
    in_list = {
        task["id"]: task["progress"] for task in ann.get(f"{TASKS}?page_size=100").json["tasks"]
    }
    assert in_list == {node["id"]: node["progress"] for node in nodes(found)}


def test_direct_children_come_in_order_as_whole_tasks(ann: Client, ids: dict[str, str]) -> None:
    reply = ann.get(f"{TASKS}/{ids['a']}/subtasks")
    assert reply.status == 200
    assert [task["title"] for task in reply.json["tasks"]] == ["z", "b", "m"]
    assert reply.json["tasks"] == [read(ann, ids[title]) for title in ("z", "b", "m")]
    assert (reply.json["total"], reply.json["page"], reply.json["total_pages"]) == (3, 1, 1)


def test_children_come_in_pages(ann: Client) -> None:
    titles = [f"{n}" for n in range(7)]
    top = make(ann, **draft(["top", *([title] for title in titles)]))
    pages = [
        ann.get(f"{TASKS}/{top['id']}/subtasks?page_size=3&page={page}").json
        for page in (1, 2, 3, 4)
    ]
    assert [[t["title"] for t in page["tasks"]] for page in pages] == [
        ["0", "1", "2"],
        ["3", "4", "5"],
        ["6"],
        [],
    ]
    assert {(page["total"], page["total_pages"]) for page in pages} == {(7, 3)}


def test_a_task_without_children_has_none(ann: Client, ids: dict[str, str]) -> None:
    reply = ann.get(f"{TASKS}/{ids['m']}/subtasks")
    assert (reply.json["tasks"], reply.json["total"], reply.json["total_pages"]) == ([], 0, 0)


def test_ancestors_come_root_first(ann: Client, ids: dict[str, str]) -> None:
    for task, above in {"a": "", "z": "a", "y": "az", "x": "azy"}.items():
        reply = ann.get(f"{TASKS}/{ids[task]}/ancestors")
        assert (reply.status, reply.json) == (200, [read(ann, ids[title]) for title in above])


def test_overdue_is_derived_in_every_reading(
    ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    ann.patch(f"{TASKS}/{ids['z']}", {"due_date": "2026-03-04T06:00:00Z"})
    clock.advance(hours=1)
    says = [
        tree(ann, ids["a"])["subtasks"][0],
        ann.get(f"{TASKS}/{ids['a']}/subtasks").json["tasks"][0],
        ann.get(f"{TASKS}/{ids['y']}/ancestors").json[1],
        ann.get(f"{TASKS}?status=overdue").json["tasks"][0],
        read(ann, ids["z"]),
    ]
    assert [(task["id"], task["status"], task["overdue"]) for task in says] == [
        (ids["z"], "overdue", True)
    ] * 5


def test_order_holds_after_edits_and_deletes(ann: Client, ids: dict[str, str]) -> None:
    ann.put(f"{TASKS}/{ids['z']}", {"title": "a last title"})
    ann.delete(f"{TASKS}/{ids['b']}")
    ann.post(TASKS, {"title": "new", "parent_id": ids["a"]})
    children = ann.get(f"{TASKS}/{ids['a']}/subtasks").json["tasks"]
    assert [task["title"] for task in children] == ["a last title", "m", "new"]
    assert [node["title"] for node in tree(ann, ids["a"])["subtasks"]] == [
        task["title"] for task in children
    ]
    positions = [task["position"] for task in children]
    assert positions == sorted(positions)
