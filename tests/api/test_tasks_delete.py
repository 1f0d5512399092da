"""DELETE: soft, with everything below; gone from every read, count and list."""

import pytest

from tests.api.asking import TASKS, listed, make, outline, plant, read, refused, tree, unchanged
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

BY_TITLE = "sort_by=title&sort_order=asc"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b", ["c", ["d"]]], ["e"]])


def test_a_deleted_task_is_gone_and_the_second_time_gets_404(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    reply = ann.delete(f"{TASKS}/{ids['e']}")
    assert (reply.status, reply.body) == (204, b"")
    assert refused(ann.get(f"{TASKS}/{ids['e']}"), 404)["detail"] == "Task not found"
    with unchanged(store):
        assert refused(ann.delete(f"{TASKS}/{ids['e']}"), 404)["detail"] == "Task not found"


@pytest.mark.parametrize("top", ["a", "b", "c"])
def test_what_stands_below_goes_with_it(ann: Client, ids: dict[str, str], top: str) -> None:
    below = {"a": "abcde", "b": "bcd", "c": "cd"}[top]
    ann.delete(f"{TASKS}/{ids[top]}")
    for title in ids:
        expected = 404 if title in below else 200
        assert ann.get(f"{TASKS}/{ids[title]}").status == expected
        assert ann.get(f"{TASKS}/{ids[title]}/tree").status == expected
        assert ann.get(f"{TASKS}/{ids[title]}/ancestors").status == expected
        assert ann.get(f"{TASKS}/{ids[title]}/subtasks").status == expected
    assert listed(ann, BY_TITLE) == [title for title in "abcde" if title not in below]


def test_trees_lists_counts_and_progress_follow(ann: Client, ids: dict[str, str]) -> None:
    ann.post(f"{TASKS}/{ids['d']}/complete")
    assert read(ann, ids["a"])["progress"] == {"done": 1, "total": 4}
    ann.delete(f"{TASKS}/{ids['c']}")
    assert outline(tree(ann, ids["a"])) == ["a", ["b"], ["e"]]
    assert tree(ann, ids["a"])["progress"] == {"done": 0, "total": 2}
    assert read(ann, ids["a"])["progress"] == {"done": 0, "total": 2}
    assert (read(ann, ids["b"])["subtask_count"], tree(ann, ids["b"])["subtask_count"]) == (0, 0)
    assert listed(ann, f"root={ids['a']}&{BY_TITLE}") == ["a", "b", "e"]
    assert listed(ann, f"parent={ids['b']}") == []
    children = ann.get(f"{TASKS}/{ids['b']}/subtasks").json
    assert (children["tasks"], children["total"], children["total_pages"]) == ([], 0, 0)


def test_a_deleted_task_takes_no_further_write(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    ann.delete(f"{TASKS}/{ids['b']}")
    with unchanged(store):
        for title in "bcd":
            task = f"{TASKS}/{ids[title]}"
            refused(ann.post(f"{task}/complete"), 404)
            refused(ann.post(f"{task}/reopen"), 404)
            refused(ann.post(f"{task}/subtasks", {"title": "x"}), 404)
            refused(ann.delete(task), 404)


def test_a_deleted_child_no_longer_keeps_its_parent_open(ann: Client, ids: dict[str, str]) -> None:
    refused(ann.post(f"{TASKS}/{ids['b']}/complete"), 409)
    ann.delete(f"{TASKS}/{ids['c']}")
    assert ann.post(f"{TASKS}/{ids['b']}/complete").status == 200


def test_what_was_deleted_inside_stays_gone_when_its_parent_goes(
    ann: Client, ids: dict[str, str], clock: Clock
) -> None:
    ann.delete(f"{TASKS}/{ids['c']}")
    clock.advance(hours=1)
    assert ann.delete(f"{TASKS}/{ids['b']}").status == 204
    assert listed(ann, BY_TITLE) == ["a", "e"]


def test_other_trees_stay(ann: Client, ids: dict[str, str]) -> None:
    other = make(ann, "other")
    ann.delete(f"{TASKS}/{ids['a']}")
    assert read(ann, other["id"]) == other
    assert listed(ann) == ["other"]
    assert listed(ann, "level=roots") == ["other"]
