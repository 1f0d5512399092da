"""Categories: one's own list by numbers, and the tasks that are in them."""

from typing import Any

import pytest

from tests.api.asking import OPERATORS, TASKS, listed, make, plant, read, refused, tree, unchanged
from tests.api.table import done, share
from tests.api.test_moves import move
from tests.people import Client
from tracker.store import Store

CATEGORIES = "/api/categories"
GENERAL = {"number": 1, "name": "General"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def category(client: Client, name: str) -> int:
    number: int = done(client.post(CATEGORIES, {"name": name}))["number"]
    return number


def of(client: Client) -> list[Any]:
    found: list[Any] = done(client.get(CATEGORIES))
    return found


def test_everybody_has_the_first_from_the_start(ann: Client, store: Store) -> None:
    with unchanged(store):
        assert of(ann) == [GENERAL]
        assert done(ann.get(f"{CATEGORIES}/1")) == GENERAL
    refused(ann.post(CATEGORIES, {"name": "GENERAL"}), 409)


def test_numbers_count_for_each_person_and_are_not_given_again(ann: Client) -> None:
    assert [category(ann, name) for name in ("work", "home")] == [2, 3]
    assert category(ann.as_("bob"), "work") == 2
    assert ann.delete(f"{CATEGORIES}/3").status == 204
    refused(ann.delete(f"{CATEGORIES}/3"), 404)
    assert category(ann, "home") == 4
    assert [one["number"] for one in of(ann)] == [1, 2, 4]


def test_names_are_ones_own_to_change_and_differ(ann: Client) -> None:
    number = category(ann, "work")
    path = f"{CATEGORIES}/{number}"
    assert done(ann.patch(path, {"name": "Work!"})) == {"number": number, "name": "Work!"}
    assert done(ann.patch(path, {})) == done(ann.get(path))
    refused(ann.patch(path, {"name": "general"}), 409)
    refused(ann.post(CATEGORIES, {"name": " WORK! "}), 409)
    done(ann.patch(f"{CATEGORIES}/1", {"name": "Life"}))
    assert [one["name"] for one in of(ann)] == ["Life", "Work!"]


def test_the_first_may_go_as_any_other(ann: Client) -> None:
    assert ann.delete(f"{CATEGORIES}/1").status == 204
    assert of(ann) == []
    refused(ann.get(f"{CATEGORIES}/1"), 404)
    assert category(ann, "General") == 2


def test_a_task_is_in_one_and_leaves_it(ann: Client) -> None:
    number = category(ann, "work")
    made = make(ann, category=number, subtasks=[{"title": "s", "category": 1}, {"title": "t"}])
    assert made["category"] == number
    assert [node["category"] for node in tree(ann, made["id"])["subtasks"]] == [1, None]
    path = f"{TASKS}/{made['id']}"
    for value, after in ((1, 1), (0, None), (number, number), (None, None)):
        assert done(ann.patch(path, {"category": value}))["category"] == after
    assert done(ann.put(path, {"category": number}))["category"] == number
    assert done(ann.put(path, {"category": None, "title": "same"}))["category"] == number
    assert done(ann.put(path, read(ann, made["id"])))["category"] == number
    assert done(ann.post(f"{path}/subtasks", {"title": "u", "category": 1}))["category"] == 1


def test_lists_filter_by_ones_own(ann: Client) -> None:
    number = category(ann, "work")
    make(ann, "in", category=number)
    make(ann, "out")
    assert listed(ann, f"category={number}") == ["in"]
    assert listed(ann, "category=0") == ["out"]
    assert listed(ann, "category=77") == []
    bob = ann.as_("bob")
    theirs = make(bob, "theirs", category=category(bob, "work"))
    share(bob, theirs["id"], "ann", "viewer")
    assert listed(ann, f"category={number}") == ["in"]
    for wrong in ("-1", "x", "1.5", "", "[$ne]", str(2**31)):
        refused(ann.get(f"{TASKS}?category={wrong}"), 422, "/category")


def test_the_tasks_of_a_deleted_one_are_in_none(ann: Client, store: Store) -> None:
    number = category(ann, "work")
    tasks = [make(ann, category=number)["id"] for _ in range(2)]
    done(ann.delete(f"{CATEGORIES}/{number}"))
    assert [read(ann, task)["category"] for task in tasks] == [None, None]
    assert listed(ann, f"category={number}") == []
    assert len(listed(ann, "category=0")) == 2
    assert "tidy_at" not in store.db.users.find_one({})
    refused(ann.patch(f"{TASKS}/{tasks[0]}", {"category": number}), 422, "/category")


def test_categories_are_those_of_the_trees_owner(ann: Client) -> None:
    bob = ann.as_("bob")
    task = make(ann, category=category(ann, "work"))["id"]
    share(ann, task, "bob", "editor")
    assert read(bob, task)["category"] == 2
    done(bob.patch(f"{TASKS}/{task}", {"category": 1}))
    assert read(ann, task)["category"] == 1
    category(bob, "a"), category(bob, "b")
    refused(bob.patch(f"{TASKS}/{task}", {"category": 3}), 422, "/category")
    assert done(bob.put(f"{TASKS}/{task}", read(bob, task)))["category"] == 1


def test_a_task_that_goes_to_another_owner_falls_into_none_of_theirs(ann: Client) -> None:
    bob = ann.as_("bob")
    ids = plant(ann, ["a", ["b"]])
    done(ann.patch(f"{TASKS}/{ids['b']}", {"category": category(ann, "work")}))
    theirs = make(bob, category=category(bob, "other"))["id"]
    share(bob, theirs, "ann", "editor")
    done(move(ann, ids["b"], theirs))
    assert read(ann, ids["b"])["category"] is None
    share(bob, theirs, "ann", "owner")
    assert read(ann, theirs)["category"] is None
    assert read(ann, ids["b"])["category"] == 2


def test_nobody_sees_those_of_another(ann: Client) -> None:
    category(ann, "work")
    bob = ann.as_("bob")
    assert of(bob) == [GENERAL]
    for reply in (
        bob.get(f"{CATEGORIES}/2"),
        bob.patch(f"{CATEGORIES}/2", {"name": "x"}),
        bob.delete(f"{CATEGORIES}/2"),
    ):
        assert refused(reply, 404)["detail"] == "Category not found"
    refused(bob.post(TASKS, {"title": "x", "category": 2}), 422, "/category")
    refused(bob.post(f"{TASKS}/bulk", {"tasks": [{"title": "x", "category": 2}]}), 422)


def test_what_is_none_is_refused(ann: Client, store: Store) -> None:
    path = f"{TASKS}/{make(ann)['id']}"
    with unchanged(store):
        for wrong in ("", " ", "x" * 51, "a\nb", 1, None, True, *OPERATORS):
            refused(ann.post(CATEGORIES, {"name": wrong}), 422, "/name")
            refused(ann.patch(f"{CATEGORIES}/1", {"name": wrong}), 422, "/name")
        for wrong in ("1", 1.5, True, -1, 2**31, *OPERATORS):
            refused(ann.patch(path, {"category": wrong}), 422, "/category")
            refused(ann.put(path, {"category": wrong}), 422, "/category")
            refused(ann.post(TASKS, {"title": "x", "category": wrong}), 422, "/category")
        for wrong in ("x", "1.5", "0x1"):
            refused(ann.get(f"{CATEGORIES}/{wrong}"), 422)
        refused(ann.get(f"{CATEGORIES}/{10**17}"), 404)
        refused(ann.post(CATEGORIES, {"name": "x", "number": 7}), 422, "/number")
        refused(ann.get(f"{CATEGORIES}?x=1"), 422, "/x")
