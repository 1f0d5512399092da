"""Complete and reopen, by route and by status; what is open below forbids it, cascade overrides."""

from typing import Any

import pytest

from tests.api.asking import TASKS, draft, listed, nodes, plant, read, refused, tree, unchanged
from tests.api.test_tasks_create import NOW
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.store import Store

ROUTES = ["complete", "PUT", "PATCH"]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client) -> dict[str, str]:
    return plant(ann, ["a", ["b", ["c"], ["d"]], ["e"]])


def complete(client: Client, task: str, way: str = "complete", **rest: Any) -> Reply:
    if way == "complete":
        return client.post(f"{TASKS}/{task}/complete", **rest)
    return client.ask(way, f"{TASKS}/{task}", {"status": "completed"}, **rest)


def reopen(client: Client, task: str, way: str = "reopen") -> Reply:
    if way == "reopen":
        return client.post(f"{TASKS}/{task}/reopen")
    return client.ask(way, f"{TASKS}/{task}", {"status": "todo"})


def statuses(client: Client, ids: dict[str, str]) -> str:
    """One letter a task in the order of their titles: t, i, c or o."""
    found = {node["title"]: node["status"][0] for node in nodes(tree(client, ids["a"]))}
    for title, task in ids.items():
        assert read(client, task)["status"][0] == found[title]
    return "".join(found[title] for title in sorted(found))


@pytest.mark.parametrize("way", ROUTES)
def test_a_leaf_completes(ann: Client, ids: dict[str, str], way: str) -> None:
    reply = complete(ann, ids["c"], way)
    assert reply.status == 200
    told = (reply.json["status"], reply.json["completed_at"], reply.json["overdue"])
    assert told == ("completed", NOW, False)
    assert reply.json == read(ann, ids["c"])
    assert statuses(ann, ids) == "ttctt"


@pytest.mark.parametrize("way", ROUTES)
def test_open_descendants_forbid_it_and_are_named(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    complete(ann, ids["c"])
    with unchanged(store):
        problem = refused(complete(ann, ids["a"], way), 409)
    assert {(task["id"], task["title"]) for task in problem["open"]} == {
        (ids[title], title) for title in "bde"
    }
    assert all(f"“{title}”" in problem["detail"] for title in "bde")


def test_another_change_in_the_same_request_is_not_made_either(
    ann: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        body = {"title": "new", "status": "completed"}
        refused(ann.put(f"{TASKS}/{ids['b']}", body), 409)
        refused(ann.patch(f"{TASKS}/{ids['b']}", body), 409)


def test_hundreds_of_open_tasks_are_named_in_part(ann: Client) -> None:
    top = plant(ann, ["top", *([f"{n}"] for n in range(300))])["top"]
    problem = refused(complete(ann, top), 409)
    assert 0 < len(problem["open"]) <= 300
    assert len(problem["detail"]) < 2_000


@pytest.mark.parametrize("way", ROUTES)
def test_from_the_leaves_up_everything_completes(
    ann: Client, ids: dict[str, str], way: str
) -> None:
    for title in "cdbea":
        assert complete(ann, ids[title], way).status == 200
    assert statuses(ann, ids) == "ccccc"
    assert tree(ann, ids["a"])["progress"] == {"done": 4, "total": 4}


@pytest.mark.parametrize("way", ROUTES)
def test_completing_what_is_completed_changes_nothing(
    ann: Client, ids: dict[str, str], store: Store, clock: Clock, way: str
) -> None:
    first = complete(ann, ids["c"])
    clock.advance(hours=1)
    with unchanged(store):
        again = complete(ann, ids["c"], way)
    assert (again.status, again.json, again.etag) == (200, first.json, first.etag)


@pytest.mark.parametrize("way", ["reopen", "PUT", "PATCH"])
def test_reopening_opens_the_task_and_what_stands_above(
    ann: Client, ids: dict[str, str], way: str
) -> None:
    for title in "cdbea":
        complete(ann, ids[title])
    reply = reopen(ann, ids["c"], way)
    assert (reply.status, reply.json["status"], reply.json["completed_at"]) == (200, "todo", None)
    assert statuses(ann, ids) == "tttcc"
    assert read(ann, ids["a"])["completed_at"] is None


@pytest.mark.parametrize("way", ["reopen", "PUT", "PATCH"])
def test_reopening_what_is_open_changes_nothing(
    ann: Client, ids: dict[str, str], store: Store, way: str
) -> None:
    with unchanged(store):
        assert reopen(ann, ids["a"], way).status == 200


def test_reopening_gives_the_former_status_back(ann: Client, ids: dict[str, str]) -> None:
    ann.put(f"{TASKS}/{ids['c']}", {"status": "in_progress"})
    complete(ann, ids["c"])
    assert reopen(ann, ids["c"]).json["status"] == "in_progress"
    complete(ann, ids["c"])
    assert reopen(ann, ids["c"], "PUT").json["status"] == "todo"


def test_cascade_closes_what_is_open_and_reopening_brings_back_that_and_no_more(
    ann: Client, ids: dict[str, str]
) -> None:
    complete(ann, ids["c"])
    ann.put(f"{TASKS}/{ids['d']}", {"status": "in_progress"})
    reply = complete(ann, ids["a"], query_string={"cascade": "true"})
    assert (reply.status, reply.json["progress"]) == (200, {"done": 4, "total": 4})
    assert statuses(ann, ids) == "ccccc"
    assert reopen(ann, ids["a"]).status == 200
    assert statuses(ann, ids) == "ttcit"


def test_reopening_inside_a_cascade_leaves_the_neighbours_closed(
    ann: Client, ids: dict[str, str]
) -> None:
    complete(ann, ids["a"], query_string={"cascade": "true"})
    reopen(ann, ids["b"])
    assert statuses(ann, ids) == "ttttc"


def test_without_cascade_the_rule_holds(ann: Client, ids: dict[str, str]) -> None:
    refused(complete(ann, ids["a"], query_string={"cascade": "false"}), 409)


def test_cascade_is_true_or_false(ann: Client, ids: dict[str, str]) -> None:
    for value in ("", "1", "yes", "True", '{"$ne":null}', "true,true"):
        refused(complete(ann, ids["a"], query_string={"cascade": value}), 422, "/cascade")
    assert statuses(ann, ids) == "ttttt"


@pytest.mark.parametrize("way", ["parent_id", "subtasks"])
@pytest.mark.parametrize(
    ("born", "then"), [(["f"], "ttccct"), (["f", ["g"]], "ttccctt")], ids=["one", "nested"]
)
def test_an_open_task_born_below_completed_ones_reopens_these(
    ann: Client, ids: dict[str, str], way: str, born: list[Any], then: str
) -> None:
    complete(ann, ids["a"], query_string={"cascade": "true"})
    if way == "parent_id":
        reply = ann.post(TASKS, {**draft(born), "parent_id": ids["b"]})
    else:
        reply = ann.post(f"{TASKS}/{ids['b']}/subtasks", draft(born))
    assert reply.status == 201
    assert statuses(ann, ids) == then
    assert (read(ann, ids["a"])["completed_at"], read(ann, ids["b"])["completed_at"]) == (
        None,
        None,
    )


def test_a_completed_task_born_below_completed_ones_reopens_nothing(
    ann: Client, ids: dict[str, str]
) -> None:
    complete(ann, ids["a"], query_string={"cascade": "true"})
    ann.post(TASKS, {"title": "f", "status": "completed", "parent_id": ids["b"]})
    assert statuses(ann, ids) == "cccccc"


def test_lists_follow_at_once(ann: Client, ids: dict[str, str]) -> None:
    by_title = "sort_by=title&sort_order=asc"
    complete(ann, ids["b"], query_string={"cascade": "true"})
    assert listed(ann, f"status=completed&{by_title}") == ["b", "c", "d"]
    assert listed(ann, f"completed=false&{by_title}") == ["a", "e"]
    reopen(ann, ids["d"])
    assert listed(ann, f"status=completed&{by_title}") == ["c"]


def test_an_overdue_task_completes_and_reopens_as_overdue(ann: Client, ids: dict[str, str]) -> None:
    ann.put(f"{TASKS}/{ids['c']}", {"due_date": "2020-01-01"})
    assert complete(ann, ids["c"]).json["status"] == "completed"
    assert reopen(ann, ids["c"]).json["status"] == "overdue"
