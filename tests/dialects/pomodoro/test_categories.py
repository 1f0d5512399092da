"""Pomodoro FastAPI: planned pomodoros, categories and their numbers."""

from typing import Any

import pytest

from tests.api import asking
from tests.dialects.pomodoro.clients import (
    CATEGORIES,
    NO_TEXTS,
    TASKS,
    P,
    invalid,
    make,
    refused,
    sent,
)
from tests.people import Client
from tracker.core.categories import MOST
from tracker.store import Store, categories

GENERAL = {"category_id": 1, "name": "General"}
NEW = {"name": "write", "pomodoro_count": 3, "category_id": 1}


def create(client: Client, name: str = "work") -> int:
    reply = client.post(CATEGORIES, {"name": name})
    assert reply.status == 201, reply
    number: int = reply.json["category_id"]
    return number


def listed(client: Client) -> dict[int, str]:
    reply = client.get(CATEGORIES)
    assert reply.status == 200
    return {one["category_id"]: one["name"] for one in reply.json}


def category_of(client: Client, task: int) -> Any:
    return client.get(f"{TASKS}/{task}").json["category_id"]


# planned pomodoros


def test_a_count_is_kept_and_changed(ann: Client) -> None:
    task = make(ann, pomodoro_count=3)
    assert task["pomodoro_count"] == 3
    path = f"{TASKS}/{task['task_id']}"
    assert ann.patch(path, {"pomodoro_count": 7}).json["pomodoro_count"] == 7
    assert ann.patch(path, {"pomodoro_count": None}).json["pomodoro_count"] == 7
    (native,) = ann.get("/api/tasks").json["tasks"]
    assert native["pomodoros"] == {"planned": 7, "done": 0}


def test_a_task_without_a_plan_has_one_and_no_category(ann: Client) -> None:
    number = asking.make(ann)["number"]
    shown = ann.get(f"{TASKS}/{number}").json
    assert (shown["pomodoro_count"], shown["category_id"]) == (1, 0)
    planned = asking.make(ann, pomodoros={"planned": 0})["number"]
    assert ann.get(f"{TASKS}/{planned}").json["pomodoro_count"] == 1


# categories of tasks


def test_a_task_is_in_a_category_here_and_natively(ann: Client) -> None:
    work = create(ann)
    task = make(ann, category_id=work)
    assert task["category_id"] == work
    (native,) = ann.get("/api/tasks").json["tasks"]
    assert native["category"] == work
    path = f"{TASKS}/{task['task_id']}"
    assert ann.patch(path, {"category_id": 1}).json["category_id"] == 1
    assert ann.patch(path, {"category_id": None}).json["category_id"] == 1
    assert ann.patch(path, {"category_id": 0}).json["category_id"] == 0
    assert asking.read(ann, native["id"])["category"] is None


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_number_without_a_category_makes_one(ann: Client, method: str) -> None:
    if method == "POST":
        task = make(ann, category_id=7)
    else:
        task = make(ann)
        task = ann.patch(f"{TASKS}/{task['task_id']}", {"category_id": 7}).json
    assert task["category_id"] == 7
    assert listed(ann) == {1: "General", 7: "Category 7"}
    make(ann, category_id=7)
    assert listed(ann) == {1: "General", 7: "Category 7"}


def test_a_number_that_was_sent_is_not_given_to_another(ann: Client) -> None:
    sent = [2, 4, *range(7, 15)]
    for number in sent:
        make(ann, category_id=number)
    assert [create(ann, name) for name in "abcd"] == [3, 5, 6, 15]
    assert [listed(ann)[number] for number in sent] == [f"Category {number}" for number in sent]


def test_a_name_that_is_taken_stops_no_task(ann: Client) -> None:
    create(ann, "category 7")
    create(ann, "Category 7 (2)")
    assert make(ann, category_id=7)["category_id"] == 7
    assert listed(ann)[7] == "Category 7 (3)"


def test_a_negative_number_is_refused(ann: Client, store: Store) -> None:
    task = make(ann)["task_id"]
    with asking.unchanged(store):
        invalid(ann.post(TASKS, {**NEW, "category_id": -1}), "body", "category_id")
        invalid(ann.patch(f"{TASKS}/{task}", {"category_id": -1}), "body", "category_id")
    assert listed(ann) == {1: "General"}


def test_what_is_refused_makes_no_category(ann: Client) -> None:
    assert ann.post(TASKS, {**NEW, "category_id": 9, "pomodoro_count": 0}).status == 400
    assert ann.post(TASKS, {**NEW, "category_id": 9, "name": ""}).status == 422
    assert ann.patch(f"{TASKS}/999999999", {"category_id": 9}).status == 404
    assert listed(ann) == {1: "General"}


def test_there_are_two_hundred_at_most(ann: Client, store: Store, world: Any) -> None:
    user = ann.me["id"]
    for number in range(2, MOST + 1):
        categories.put(store, user, number, f"c{number}", world.now())
    assert ann.post(TASKS, {**NEW, "category_id": 500}).status == 422
    assert ann.post(CATEGORIES, {"name": "more"}).status == 422
    assert make(ann, category_id=MOST)["category_id"] == MOST
    assert len(listed(ann)) == MOST


def test_in_somebody_elses_tree_their_categories_count(client: Client) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    task = asking.make(ann, "shared")
    ann.put(f"/api/tasks/{task['id']}/members", {"user": bob.me["id"], "role": "editor"})
    path = f"{TASKS}/{task['number']}"
    assert bob.patch(path, {"category_id": 9}).status == 422
    assert listed(ann) == listed(bob) == {1: "General"}
    work = create(ann)
    assert bob.patch(path, {"category_id": work}).json["category_id"] == work
    assert listed(bob) == {1: "General"}


# the categories themselves


@pytest.mark.parametrize("path", [CATEGORIES, f"{CATEGORIES}/", f"{P}/categories"])
def test_everybody_has_general_and_makes_more(ann: Client, path: str) -> None:
    assert ann.get(path).json == [GENERAL]
    reply = ann.post(path, {"name": "work"})
    assert reply.status == 201
    assert reply.json == {"category_id": 2, "name": "work"}
    assert ann.get(path).json == [GENERAL, reply.json]


def test_categories_come_by_pages_where_one_asks(ann: Client) -> None:
    for name in "bcd":
        create(ann, name)

    def numbers(query: str) -> list[int]:
        reply = ann.get(CATEGORIES + query)
        assert reply.headers["X-Total-Count"] == "4"
        return [one["category_id"] for one in reply.json]

    assert numbers("") == numbers("?page=1") == [1, 2, 3, 4]
    assert numbers("?page=2&page_size=3") == [4]
    assert numbers("?page=3&page_size=3") == []
    for field in ("page", "page_size"):
        invalid(ann.get(f"{CATEGORIES}?{field}=0"), "query", field)


def test_a_category_has_another_name(ann: Client) -> None:
    path = f"{CATEGORIES}/{create(ann)}"
    reply = ann.patch(path, {"name": "play"})
    assert (reply.status, reply.json) == (200, {"category_id": 2, "name": "play"})
    assert ann.patch(f"{CATEGORIES}/1", {"name": "All"}).status == 200
    assert listed(ann) == {1: "All", 2: "play"}


def test_two_are_not_called_alike(ann: Client) -> None:
    path = f"{CATEGORIES}/{create(ann)}"
    refused(ann.post(CATEGORIES, {"name": "Work"}), 409, "Category already exists")
    refused(ann.post(CATEGORIES, {"name": "general"}), 409, "Category already exists")
    refused(ann.patch(path, {"name": "General"}), 409, "Category already exists")
    assert ann.patch(path, {"name": "work"}).status == 200


def test_the_tasks_of_a_deleted_one_are_in_none(ann: Client) -> None:
    work = create(ann)
    task = make(ann, category_id=work)["task_id"]
    other = make(ann)["task_id"]
    reply = ann.delete(f"{CATEGORIES}/{work}")
    assert (reply.status, reply.body) == (204, b"")
    assert (category_of(ann, task), category_of(ann, other)) == (0, 1)
    refused(ann.delete(f"{CATEGORIES}/{work}"), 404, "Category not found")
    refused(ann.patch(f"{CATEGORIES}/{work}", {"name": "x"}), 404, "Category not found")
    assert listed(ann) == {1: "General"}


def test_a_deleted_number_that_is_sent_is_there_again(ann: Client) -> None:
    task = make(ann, category_id=5)["task_id"]
    ann.delete(f"{CATEGORIES}/5")
    assert category_of(ann, task) == 0
    assert make(ann, category_id=5)["category_id"] == 5
    assert listed(ann)[5] == "Category 5"
    assert category_of(ann, task) == 0


def test_general_too_may_go_and_come_again(ann: Client) -> None:
    assert ann.delete(f"{CATEGORIES}/1").status == 204
    assert listed(ann) == {}
    assert make(ann, category_id=1)["category_id"] == 1
    assert listed(ann) == {1: "Category 1"}


def test_names_have_fifty_characters_at_most(ann: Client) -> None:
    path = f"{CATEGORIES}/{create(ann, 'x' * 50)}"
    for name in ("x" * 51, "", " ", None, *NO_TEXTS):
        invalid(sent(ann, "POST", CATEGORIES, {"name": name}), "body", "name")
        invalid(sent(ann, "PATCH", path, {"name": name}), "body", "name")
    invalid(ann.post(CATEGORIES, {}), "body", "name")
    invalid(ann.patch(path, {}), "body", "name")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_number_is_one_of_ones_own(client: Client, method: str) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    work, body = create(ann), {"name": "mine"} if method == "PATCH" else None
    for number in (work, 0, -1, 2**63, "9" * 400):
        refused(bob.ask(method, f"{CATEGORIES}/{number}", body), 404, "Category not found")
    for wrong in ("abc", "1.5", asking.NOWHERE):
        invalid(ann.ask(method, f"{CATEGORIES}/{wrong}", body), "path", "category_id")
    assert listed(ann) == {1: "General", work: "work"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CATEGORIES),
        ("POST", CATEGORIES),
        ("PATCH", f"{CATEGORIES}/1"),
        ("DELETE", f"{CATEGORIES}/1"),
    ],
)
def test_without_a_token_there_is_no_category(client: Client, method: str, path: str) -> None:
    refused(client.ask(method, path), 401, "Invalid token")
