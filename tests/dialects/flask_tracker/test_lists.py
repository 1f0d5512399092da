"""Flask Task Tracker: its lists of tasks, and how many have which status."""

import pytest

from tests.conftest import Clock
from tests.dialects.flask_tracker.clients import BOTH, add, refused, share, sign_up, summaries
from tests.people import Client

pytestmark = BOTH


@pytest.mark.parametrize("path", ["/tasks", "/tasks/get_tasks"])
def test_lists_are_flat_and_newest_first(
    client: Client, base: str, path: str, clock: Clock
) -> None:
    ann = sign_up(client, base)
    first = add(ann, base, summary="a")
    clock.advance(seconds=1)
    ann.post("/api/tasks", {"title": "b", "parent_id": first})
    clock.advance(seconds=1)
    add(ann, base, summary="c")
    assert summaries(ann, base + path) == "cba"
    assert summaries(ann, f"{base}{path}?page=2&page_size=2") == "a"
    assert ann.get(base + path).headers["X-Total-Count"] == "3"
    for query in ("page=0", "page=x", "page_size=1001"):
        refused(ann.get(f"{base}{path}?{query}"), 400, f"{query.partition('=')[0]} is invalid")


@pytest.mark.parametrize("path", ["/tasks", "/tasks/get_tasks", "/tasks/recent"])
def test_lists_show_what_is_ones_own_or_shared(client: Client, base: str, path: str) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    add(ann, base, summary="a")
    shared = add(bob, base, summary="b")
    add(bob, base, summary="c")
    assert summaries(ann, base + path) == "a"
    share(bob, shared, ann)
    assert sorted(summaries(ann, base + path)) == ["a", "b"]
    assert ann.get(f"{base}/tasks/status_summary").json["OPEN"] == 2


def test_recent_are_the_ten_newest_with_their_ids(client: Client, base: str, clock: Clock) -> None:
    ann = sign_up(client, base)
    for letter in "abcdefghijkl":
        add(ann, base, summary=letter)
        clock.advance(seconds=1)
    assert summaries(ann, f"{base}/tasks/recent") == "lkjihgfedc"
    assert "_id" in ann.get(f"{base}/tasks/recent").json["tasks"][0]


def test_my_tasks_are_those_given_to_me(client: Client, base: str) -> None:
    ann, path = sign_up(client, base), f"{base}/tasks/get_my_task"
    refused(ann.get(path), 404, "Task not found")
    add(ann, base, summary="nobody's")
    refused(ann.get(path), 404, "Task not found")
    add(ann, base, summary="mine", assigned="ANN")
    assert summaries(ann, path) == "mine"
    assert ann.get(path).headers["X-Total-Count"] == "1"
    assert ann.get(f"{path}?page=2&page_size=1").json == {"tasks": []}
    refused(ann.get(f"{path}?page=0"), 400, "page is invalid")


def test_the_summary_counts_words_in_upper_case(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    path = f"{base}/tasks/status_summary"
    assert ann.get(path).json == dict.fromkeys(("OPEN", "INPROGRESS", "REVIEW", "COMPLETED"), 0)
    for word in ("open", "OPEN", "review", "waiting"):
        add(ann, base, status=word)
    ann.post("/api/tasks", {"title": "x", "status": "in_progress"})
    assert ann.get(path).json == {
        "OPEN": 2, "INPROGRESS": 1, "REVIEW": 1, "COMPLETED": 0, "WAITING": 1,
    }  # fmt: skip
