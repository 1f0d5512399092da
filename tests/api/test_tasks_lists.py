"""GET /api/tasks: every filter, the page and its numbers."""

import pytest

from tests.api.asking import NOWHERE, TASKS, listed, make, plant, read
from tests.conftest import Clock
from tests.people import Client

BY_TITLE = "sort_by=title&sort_order=asc"


FILTERS = {
    "": "abcde",
    "level=all": "abcde",
    "level=roots": "ae",
    "status=todo": "a",
    "status=in_progress": "b",
    "status=completed": "e",
    "status=overdue": "cd",
    "overdue=true": "cd",
    "overdue=false": "abe",
    "completed=true": "e",
    "completed=false": "abcd",
    "completed=true&overdue=true": "",
    "status=overdue&overdue=true&completed=false": "cd",
    "status=todo&overdue=true": "",
    "priority=low": "a",
    "priority=medium": "ce",
    "priority=high": "b",
    "priority=urgent": "d",
    "tag=red": "ae",
    "tag=RED": "ae",
    "tag=%20Blue%20": "e",
    "tag=re": "",
    "tag=x%20y": "d",
    "tag=.*": "",
    "due_before=2026-03-04T05:00:00Z": "d",
    "due_before=2026-03-04T05:00:00.001Z": "cde",
    "due_after=2026-03-04T05:00:00Z": "ace",
    "due_after=2026-03-04T05:00:00.001Z": "a",
    "due_after=2026-03-04T04:00:00Z&due_before=2026-03-04T05:00:00Z": "d",
    "due_after=2026-03-05": "",
    "due_before=2026-03-04T07:00:00%2B02:00": "d",
    "due_before=2026-03-05": "acde",
    "priority=medium&tag=red": "e",
    "priority=low&status=overdue": "",
    f"assigned_to={NOWHERE}": "",
    f"root={NOWHERE}": "",
    f"parent={NOWHERE}": "",
}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def ids(ann: Client, clock: Clock) -> dict[str, str]:
    """Two trees, a > (b, c > d) and e; now is 05:06:07.891."""
    me = ann.me["id"]
    made = [
        make(ann, "a", priority="low", due_date="2026-03-04T09:00:00Z", tags=["Red"]),
        make(ann, "e", status="completed", due_date="2026-03-04T05:00:00Z", tags=["red", "blue"]),
    ]
    below = made[0]["id"]
    made += [
        make(ann, "b", parent_id=below, priority="high", status="in_progress"),
        make(ann, "c", parent_id=below, due_date="2026-03-04T05:00:00Z", assigned_to=me),
    ]
    clock.advance(seconds=1)
    late = {"status": "in_progress", "due_date": "2026-03-04T04:00:00Z", "tags": ["x y"]}
    made.append(make(ann, "d", parent_id=made[-1]["id"], priority="urgent", **late))
    return {task["title"]: task["id"] for task in made}


def test_a_filter_finds(ann: Client, ids: dict[str, str]) -> None:
    found = {query: "".join(listed(ann, f"{query}&{BY_TITLE}".lstrip("&"))) for query in FILTERS}
    assert found == FILTERS


def test_a_tree_and_a_parent_are_filters(ann: Client, ids: dict[str, str]) -> None:
    wanted = {
        ("root", "a"): "abcd",
        ("root", "e"): "e",
        ("root", "c"): "",
        ("parent", "a"): "bc",
        ("parent", "c"): "d",
        ("parent", "d"): "",
    }
    for spell in (str.lower, str.upper):
        found = {
            (name, task): "".join(listed(ann, f"{name}={spell(ids[task])}&{BY_TITLE}"))
            for name, task in wanted
        }
        assert found == wanted


def test_filters_of_place_combine(ann: Client, ids: dict[str, str]) -> None:
    assert listed(ann, f"root={ids['a']}&level=roots") == ["a"]
    assert listed(ann, f"root={ids['e']}&parent={ids['a']}") == []
    assert listed(ann, f"root={ids['a']}&status=overdue&{BY_TITLE}") == ["c", "d"]


def test_assigned_to_is_a_filter(ann: Client, ids: dict[str, str]) -> None:
    assert listed(ann, f"assigned_to={ann.me['id']}") == ["c"]


def test_a_list_holds_whole_tasks(ann: Client, ids: dict[str, str]) -> None:
    found = ann.get(f"{TASKS}?{BY_TITLE}").json["tasks"]
    assert found == [read(ann, ids[title]) for title in "abcde"]


def test_without_a_query_the_newest_ten_come_first(ann: Client, clock: Clock) -> None:
    for n in range(12):
        make(ann, f"{n}")
        clock.advance(seconds=1)
    reply = ann.get(TASKS)
    assert [task["title"] for task in reply.json["tasks"]] == [f"{n}" for n in range(11, 1, -1)]
    numbers = {name: reply.json[name] for name in ("total", "page", "page_size", "total_pages")}
    assert numbers == {"total": 12, "page": 1, "page_size": 10, "total_pages": 2}


def test_nothing_is_a_page_too(ann: Client) -> None:
    reply = ann.get(TASKS)
    assert reply.status == 200
    assert reply.json == {
        "tasks": [],
        "total": 0,
        "page": 1,
        "page_size": 10,
        "total_pages": 0,
        "next_cursor": None,
    }


def test_pages_are_cut_and_counted(ann: Client) -> None:
    for n in range(7):
        make(ann, f"{n}")
    wanted = {
        "page_size=2": ("01", 4),
        "page_size=2&page=3": ("45", 4),
        "page_size=2&page=4": ("6", 4),
        "page_size=2&page=5": ("", 4),
        "page_size=7": ("0123456", 1),
        "page_size=1&page=7": ("6", 7),
        "page_size=100": ("0123456", 1),
        "page=1000000&page_size=100": ("", 1),
    }
    found = {query: ann.get(f"{TASKS}?{BY_TITLE}&{query}").json for query in wanted}
    assert {reply["total"] for reply in found.values()} == {7}
    assert wanted == {
        query: ("".join(task["title"] for task in reply["tasks"]), reply["total_pages"])
        for query, reply in found.items()
    }


def test_the_total_counts_what_the_filter_finds(ann: Client, ids: dict[str, str]) -> None:
    found = ann.get(f"{TASKS}?status=overdue&page_size=1").json
    assert (len(found["tasks"]), found["total"], found["total_pages"]) == (1, 2, 2)


def test_overdue_comes_as_the_clock_goes_on(ann: Client, ids: dict[str, str], clock: Clock) -> None:
    assert listed(ann, f"status=overdue&{BY_TITLE}") == ["c", "d"]
    clock.advance(hours=4)
    assert listed(ann, f"status=overdue&{BY_TITLE}") == ["a", "c", "d"]
    assert listed(ann, "status=todo") == []
    ann.post(f"{TASKS}/{ids['d']}/complete")
    assert listed(ann, f"overdue=true&{BY_TITLE}") == ["a", "c"]


def test_the_moment_of_the_deadline_is_not_late_yet(ann: Client, clock: Clock) -> None:
    make(ann, "x", due_date=clock.now.isoformat())
    assert (listed(ann, "status=overdue"), listed(ann, "status=todo")) == ([], ["x"])
    clock.advance(milliseconds=1)
    assert (listed(ann, "status=overdue"), listed(ann, "status=todo")) == (["x"], [])


def test_a_list_says_of_each_task_what_it_was_asked_for(ann: Client, ids: dict[str, str]) -> None:
    for wanted in ("todo", "in_progress", "completed", "overdue"):
        tasks = ann.get(f"{TASKS}?status={wanted}").json["tasks"]
        assert {task["status"] for task in tasks} == {wanted}
    for late in (True, False):
        tasks = ann.get(f"{TASKS}?overdue={str(late).lower()}").json["tasks"]
        assert {task["overdue"] for task in tasks} == {late}


def test_every_write_shows_in_the_next_list(ann: Client) -> None:
    ids = plant(ann, ["a", ["b"]])
    assert listed(ann, BY_TITLE) == ["a", "b"]
    ann.patch(f"{TASKS}/{ids['b']}", {"title": "B", "tags": ["new"]})
    assert listed(ann, "tag=new") == ["B"]
    ann.delete(f"{TASKS}/{ids['b']}")
    assert listed(ann, BY_TITLE) == ["a"]
