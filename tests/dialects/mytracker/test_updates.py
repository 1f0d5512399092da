"""MyTracker's update of a task: what null means, moving by `task_id`, finishing by `pass_date`."""

from typing import Any

import pytest

from tests.api.asking import unchanged
from tests.dialects.mytracker.bots import LATER, NOTHING, Bot, invalid, refused
from tests.people import Client
from tracker.store import Store

NO_TASK = "Task does not exist"
CYCLE = "Task cannot be moved into its own subtask"
BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], True]


@pytest.fixture
def ann(bot: Bot) -> Bot:
    return bot.logged_in()


def test_null_and_absence_leave_a_field_as_it_is(ann: Bot, store: Store) -> None:
    number = ann.made("t")
    before = ann.read(number)
    nothing: dict[str, Any] = {"title": None, "description": None, "deadline": None}
    nothing |= {"pass_date": None, "task_id": None}
    with unchanged(store):
        for body in ({}, nothing, {"colour": "red"}):
            reply = ann.update(number, **body)
            assert (reply.status, reply.json) == (200, before)
        for kind in (None, "application/json"):
            reply = ann.patch(f"/bot/update_task/{number}", content_type=kind)
            assert (reply.status, reply.json) == (200, before)
    reply = ann.update(number, **{**nothing, "title": "u"})
    assert reply.json == {**before, "title": "u"}


def test_fields_change_and_the_tree_is_answered(ann: Bot) -> None:
    root = ann.made("t")
    below = ann.made("b", root)
    deadline = "2098-05-06T07:08:09+02:00"
    reply = ann.update(root, title="u", description="", deadline=deadline)
    assert reply.status == 200
    assert reply.json["deadline"] == "2098-05-06T05:08:09Z"
    assert (reply.json["title"], reply.json["description"]) == ("u", "")
    assert [one["id"] for one in reply.json["subtasks"]] == [below]
    assert ann.read(root) == reply.json


def test_lengths_count_characters_and_longer_ones_of_other_doors_stay(ann: Bot) -> None:
    native = Client(ann.app, ann.token)
    number = native.post("/api/tasks", {"title": "x" * 200}).json["number"]
    reply = ann.update(number, title=None, description="ж" * 500)
    assert (reply.status, len(reply.json["title"])) == (200, 200)
    assert ann.update(number, title="ж" * 100).json["title"] == "ж" * 100


@pytest.mark.parametrize("field", ["title", "description", "deadline", "pass_date", "task_id"])
def test_what_is_wrong_with_an_update_is_named(ann: Bot, store: Store, field: str) -> None:
    number = ann.made()
    wrong: dict[str, list[Any]] = {
        "title": [1, "", " ", "a\0b", "x" * 101, *BAD],
        "description": [1, "a\0b", "x" * 501, *BAD],
        "deadline": [1, "", "soon", *BAD],
        "pass_date": [1, "", "soon", *BAD],
        "task_id": [1.5, "x", 2**63, *BAD],
    }
    with unchanged(store):
        for value in wrong[field]:
            invalid(ann.update(number, **{"title": "u", field: value}), "body", field)


def test_a_new_deadline_lies_ahead_and_one_that_stays_may_have_passed(
    ann: Bot, store: Store, clock: Any
) -> None:
    number = ann.made(deadline="2026-03-05T00:00:00Z")
    with unchanged(store):
        past = ann.update(number, title="u", deadline="2026-03-04T05:06:07Z")
        refused(past, 400, "Cannot set deadline in the past")
    clock.advance(days=2)
    ann = ann.entered()
    assert ann.update(number, title="u", deadline="2026-03-05T00:00:00Z").status == 200
    refused(ann.update(number, deadline="2026-03-05T00:00:01Z"), 400)


def test_the_deadline_that_stands_for_none_changes_nothing(ann: Bot) -> None:
    native = Client(ann.app, ann.token)
    number = native.post("/api/tasks", {"title": "t"}).json["number"]
    reply = ann.update(number, title="u", deadline=ann.read(number)["deadline"])
    assert reply.json["title"] == "u"
    assert native.get("/api/tasks").json["tasks"][0]["due_date"] is None


# moving


def test_a_task_moves_with_its_subtree_in_its_tree_and_to_another(ann: Bot) -> None:
    a, z = ann.made("a"), ann.made("z")
    b, c = ann.made("b", a), ann.made("c", a)
    d = ann.made("d", b)
    reply = ann.update(b, task_id=c, title="B")
    assert (reply.status, reply.json["task_id"], reply.json["title"]) == (200, c, "B")
    assert [one["id"] for one in reply.json["subtasks"]] == [d]
    assert ann.update(c, task_id=z).json["task_id"] == z
    assert ann.read(z)["subtasks"][0]["subtasks"][0]["subtasks"][0]["id"] == d
    assert ann.read(a)["subtasks"] == []
    assert ann.update(a, task_id=d).json["task_id"] == d
    assert [one["id"] for one in ann.get("/bot/my_tasks").json] == [z]


def test_a_task_never_goes_below_itself(ann: Bot, store: Store) -> None:
    a = ann.made("a")
    b = ann.made("b", a)
    c = ann.made("c", b)
    with unchanged(store):
        for number, parent in ((a, a), (a, b), (a, c), (b, c), (b, b)):
            refused(ann.update(number, task_id=parent, title="moved"), 400, CYCLE)
    assert ann.read(a)["subtasks"][0]["subtasks"][0]["id"] == c


def test_a_parent_is_ones_own_and_exists(ann: Bot, store: Store) -> None:
    theirs = ann.as_("bob").logged_in().made()
    number = ann.made()
    with unchanged(store):
        for parent in (theirs, NOTHING, 0, -1):
            refused(ann.update(number, task_id=parent, title="u"), 404, NO_TASK)


def test_the_parent_that_it_has_changes_nothing(ann: Bot) -> None:
    a = ann.made("a")
    b, c = ann.made("b", a), ann.made("c", a)
    assert ann.update(b, task_id=a).status == 200
    assert [one["id"] for one in ann.read(a)["subtasks"]] == [b, c]


# finishing


def test_a_pass_date_finishes_by_the_servers_clock_and_never_reopens(ann: Bot) -> None:
    a = ann.made()
    b = ann.made(parent=a)
    refused(ann.update(a, pass_date=LATER), 400)
    reply = ann.update(b, pass_date=LATER, title="done")
    assert (reply.status, reply.json["title"]) == (200, "done")
    assert reply.json["pass_date"] == "2026-03-04T05:06:07.891000Z"
    refused(ann.update(b, pass_date=LATER), 400, "Task is already done")
    assert ann.update(b, pass_date=None).json["pass_date"] == reply.json["pass_date"]


@pytest.mark.parametrize("where", ["its own tree", "another tree"])
def test_what_is_refused_moves_and_changes_nothing(ann: Bot, store: Store, where: str) -> None:
    root = ann.made("root")
    a, z = ann.made("a", root), ann.made("z", root if where == "its own tree" else None)
    b = ann.made("b", a)
    text = f"Cannot finish task {a} while not finished subtasks with next ids: {b}"
    past = "2020-01-01T00:00:00Z"
    with unchanged(store):
        refused(ann.update(a, title="A", task_id=z, pass_date=LATER), 400, text)
        refused(ann.update(a, title="A", task_id=z, deadline=past), 400)
    reply = ann.update(b, title="B", task_id=z, pass_date=LATER)
    assert (reply.json["title"], reply.json["task_id"]) == ("B", z)
    assert reply.json["pass_date"] == "2026-03-04T05:06:07.891000Z"
