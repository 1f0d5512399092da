"""MyTracker's /api/bot: making, reading, finishing, deleting trees, and whose they are."""

from typing import Any

import pytest

from tests.api.asking import make
from tests.conftest import Clock
from tests.dialects.mytracker.bots import LATER, NOTHING, NOW, Bot, invalid, refused
from tests.people import Client

KEYS = {
    "id", "title", "description", "creation_date", "deadline", "pass_date", "task_id", "subtasks",
}  # fmt: skip
NO_TASK = "Task does not exist"
BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], True]
HUGE = "9" * 5000


@pytest.fixture
def ann(bot: Bot) -> Bot:
    return bot.logged_in()


def share(ann: Bot, number: int, role: str) -> tuple[Bot, int]:
    """bob, a member of ann's tree, and his number."""
    bob = ann.as_("bob").logged_in()
    native = Client(ann.app, ann.token)
    found = next(one for one in native.get("/api/tasks").json["tasks"] if one["number"] == number)
    member = {"user": bob.email, "role": role}
    assert native.put(f"/api/tasks/{found['root_id']}/members", member).status == 200
    return bob, Client(bob.app, bob.token).me["number"]


# making


@pytest.mark.parametrize("base", ["/api", "/mytracker/api"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_task_is_made_with_200_and_answered_as_a_tree(ann: Bot, base: str, slash: str) -> None:
    ann.base = base
    body = {"title": "t", "description": "", "creation_date": NOW, "deadline": LATER}
    reply = ann.post(f"/bot/create_task{slash}", {**body, "task_id": None})
    assert reply.status == 200
    assert type(reply.json["id"]) is int
    assert reply.json["id"] > 0
    assert reply.json == {
        "id": reply.json["id"],
        "title": "t",
        "description": "",
        "creation_date": "2026-03-04T05:06:07.891000Z",
        "deadline": "2099-01-01T00:00:00Z",
        "pass_date": None,
        "task_id": None,
        "subtasks": [],
    }
    for name in ("my_task", "my_tasks"):
        assert ann.get(f"/bot/{name}/{reply.json['id']}{slash}").json == reply.json
    assert ann.get(f"/bot/my_tasks{slash}").json == [reply.json]


def test_nobody_has_tasks_at_first(ann: Bot) -> None:
    reply = ann.get("/bot/my_tasks")
    assert (reply.status, reply.json) == (200, [])


def test_subtasks_are_nested_to_any_depth_in_their_order(ann: Bot) -> None:
    a = ann.made("a")
    b, c = ann.made("b", a), ann.made("c", a)
    d = ann.made("d", c)
    tree = ann.read(a)
    assert [one["id"] for one in tree["subtasks"]] == [b, c]
    assert [one["task_id"] for one in tree["subtasks"]] == [a, a]
    assert tree["subtasks"][1]["subtasks"][0]["id"] == d
    assert ann.read(c)["task_id"] == a
    assert ann.get("/bot/my_tasks").json == [tree]
    assert set(tree["subtasks"][1]["subtasks"][0]) == KEYS


def test_roots_come_newest_first(ann: Bot, clock: Clock) -> None:
    made = []
    for _ in range(3):
        clock.advance(seconds=1)
        made.append(ann.made())
    assert [one["id"] for one in ann.get("/bot/my_tasks").json] == made[::-1]


def test_times_come_with_any_offset_and_go_out_in_utc(ann: Bot) -> None:
    for sent in ("2098-01-01T03:00:00+03:00", "2098-01-01T00:00:00", "2098-01-01T00:00:00Z"):
        assert ann.read(ann.made(deadline=sent))["deadline"] == "2098-01-01T00:00:00Z"


def test_the_time_of_creation_is_the_servers(ann: Bot) -> None:
    reply = ann.create(creation_date="2098-01-01T00:00:00+00:00")
    assert reply.json["creation_date"] == "2026-03-04T05:06:07.891000Z"


def test_a_deadline_lies_after_the_creation_and_ahead(ann: Bot) -> None:
    order = "Cannot set deadline with value less or equal creation_date"
    past = "Cannot set deadline in the past"
    refused(ann.create(deadline=NOW), 400, order)
    refused(ann.create(creation_date=LATER), 400, order)
    refused(ann.create(deadline="2026-03-04T05:06:07.891Z"), 400, past)
    root = ann.made()
    refused(ann.create(parent=root, deadline="2026-03-04T05:01:00Z"), 400, past)
    assert ann.get("/bot/my_tasks").json == [ann.read(root)]


def test_a_part_of_a_second_is_kept_and_shown(ann: Bot) -> None:
    number = ann.made(deadline="2098-01-01T00:00:00.123456+00:00")
    assert ann.read(number)["deadline"] == "2098-01-01T00:00:00.123000Z"


def test_the_deadline_that_stands_for_none_is_exactly_that_one(ann: Bot) -> None:
    never = "9999-01-01T00:00:00Z"
    for sent in (never, "9999-01-01T00:00:00+00:00", "9999-01-01T01:00:00+01:00"):
        assert ann.read(ann.made(deadline=sent))["deadline"] == never
    for sent in ("9999-01-01 or so", "9999-01-01T00:00:01Z", "9999-01-01T00:00:00+05:00"):
        invalid(ann.create(deadline=sent), "body", "deadline")


@pytest.mark.parametrize("field", ["title", "description", "creation_date", "deadline", "task_id"])
def test_what_is_wrong_with_a_new_task_is_named(ann: Bot, field: str) -> None:
    wrong: dict[str, list[Any]] = {
        "title": [None, 1, "", " ", "a\0b", "x" * 101, *BAD],
        "description": [None, 1, "a\0b", "x" * 501, *BAD],
        "creation_date": [None, 1, "", "soon", "2026-13-01", *BAD],
        "deadline": [None, 1, "", "soon", "2026-13-01", *BAD],
        "task_id": [1.5, "x", 2**63, 1e300, *BAD],
    }
    for value in wrong[field]:
        body = {"title": "t", "description": "d", "creation_date": NOW, "deadline": LATER}
        invalid(ann.post("/bot/create_task", {**body, field: value}), "body", field)


def test_what_is_missing_of_a_new_task_is_named(ann: Bot) -> None:
    reply = ann.post("/bot/create_task", {"title": "t"})
    for field in ("description", "creation_date", "deadline"):
        invalid(reply, "body", field)
    assert ann.create("ж" * 100, description="ж" * 500, colour="red").status == 200


def test_a_number_of_any_length_is_no_fault_of_ours(ann: Bot) -> None:
    times = f'"creation_date":"{NOW}","deadline":"{LATER}"'
    for number in ("9" * 20, "-" + "9" * 20, "9" * 5000, "1e400"):
        data = f'{{"title":"t","description":"d",{times},"task_id":{number}}}'
        for method, path in (("POST", "create_task"), ("PATCH", "update_task/1")):
            invalid(ann.ask(method, f"/bot/{path}", data=data, content_type="application/json"))


def test_a_parent_that_is_missing_or_foreign_does_not_exist(ann: Bot) -> None:
    theirs = ann.as_("bob").logged_in().made()
    for number in (NOTHING, theirs, 0, -1, 2**62):
        refused(ann.create(parent=number), 404, NO_TASK)


def test_the_limits_of_a_tree_hold(ann: Bot) -> None:
    parent = ann.made()
    for _ in range(39):
        parent = ann.made(parent=parent)
    assert isinstance(refused(ann.create(parent=parent), 400), str)


# reading


def test_what_is_no_number_is_422_and_what_nobody_has_404(ann: Bot) -> None:
    paths = {
        "GET": ("my_task", "my_tasks"),
        "PATCH": ("update_task", "finish_task"),
        "DELETE": ("delete_task",),
    }
    asked = [(method, name) for method, names in paths.items() for name in names]
    for method, name in asked:
        for bad in ("abc", "1.5", "01890000-0000-7000-8000-000000000000", "1e3", "%00", "٣"):
            invalid(ann.ask(method, f"/bot/{name}/{bad}", {}), "path", "task_id")
        for number in (NOTHING, 0, -1, 2**63, 2**64, HUGE):
            refused(ann.ask(method, f"/bot/{name}/{number}", {}), 404, NO_TASK)


def test_other_peoples_tasks_do_not_exist(ann: Bot) -> None:
    theirs = ann.as_("bob").logged_in().made()
    for reply in (
        ann.get(f"/bot/my_task/{theirs}"),
        ann.get(f"/bot/my_tasks/{theirs}"),
        ann.update(theirs, title="mine"),
        ann.finish(theirs),
        ann.remove(theirs),
    ):
        refused(reply, 404, NO_TASK)
    assert ann.get("/bot/my_tasks").json == []


def test_a_member_without_the_right_is_told_whose_it_is_not(ann: Bot) -> None:
    root = ann.made()
    bob, number = share(ann, root, "viewer")
    text = f"Task {root} does not belong to user with id {number}"
    assert bob.read(root)["id"] == root
    for reply in (
        bob.update(root, title="x"),
        bob.update(root),
        bob.update(root, task_id=root),
        bob.finish(root),
        bob.remove(root),
    ):
        refused(reply, 403, text)
    refused(bob.create(parent=root), 403)
    assert bob.get("/bot/my_tasks").json == []


def test_a_member_with_the_right_does_as_the_owner(ann: Bot) -> None:
    root = ann.made()
    bob, _ = share(ann, root, "editor")
    below = bob.made(parent=root)
    assert bob.update(below, title="by bob").json["title"] == "by bob"
    assert bob.finish(below).status == 204
    assert bob.remove(below).status == 204
    assert bob.get("/bot/my_tasks").json == []


def test_an_account_that_asks_for_if_match_is_refused_as_by_any_rule(ann: Bot) -> None:
    number = ann.made()
    native = Client(ann.app, ann.token)
    assert native.patch("/api/auth/me", {"require_if_match": True}).status == 200
    for reply in (ann.update(number, title="x"), ann.finish(number), ann.remove(number)):
        assert isinstance(refused(reply, 400), str)


def test_tasks_of_other_doors_are_ordinary_ones(ann: Bot) -> None:
    native = Client(ann.app, ann.token)
    task = make(native, "native", subtasks=[{"title": "x" * 200}])
    (shown,) = ann.get("/bot/my_tasks").json
    assert (shown["id"], shown["title"]) == (task["number"], "native")
    assert (shown["description"], shown["deadline"]) == ("", "9999-01-01T00:00:00Z")
    assert len(shown["subtasks"][0]["title"]) == 200
    number = ann.made("here")
    assert number in [one["number"] for one in native.get("/api/tasks").json["tasks"]]


def test_trees_come_in_pages_where_they_are_asked_for(ann: Bot, clock: Clock) -> None:
    made = []
    for _ in range(3):
        clock.advance(seconds=1)
        made.append(ann.made())
    for query, wanted in (
        ("", made[::-1]),
        ("?page_size=2", made[:0:-1]),
        ("?page=2&page_size=2", made[:1]),
        ("?page=3&page_size=2", []),
        ("?colour=red", made[::-1]),
    ):
        reply = ann.get(f"/bot/my_tasks{query}")
        assert [one["id"] for one in reply.json] == wanted
        assert reply.headers["X-Total-Count"] == "3"
    for bad in ("page=0", "page=x", "page_size=0", "page_size=1001", f"page={HUGE}"):
        invalid(ann.get(f"/bot/my_tasks?{bad}"), "query", bad.partition("=")[0])


# finishing


def test_a_task_is_finished_after_all_below_it(ann: Bot) -> None:
    a = ann.made()
    b = ann.made(parent=a)
    c, d = ann.made(parent=b), ann.made(parent=a)
    text = f"Cannot finish task {a} while not finished subtasks with next ids: {b}, {c}, {d}"
    refused(ann.finish(a), 400, text)
    assert int(text.split()[3]) == a
    for number in (c, b, d):
        reply = ann.finish(number)
        assert (reply.status, reply.body) == (204, b"")
    refused(ann.finish(c), 400, "Task is already done")
    assert ann.finish(a).status == 204
    assert ann.read(a)["pass_date"] == "2026-03-04T05:06:07.891000Z"


def test_what_is_open_below_is_named_in_ascending_order(ann: Bot) -> None:
    a = ann.made("a")
    b, c = ann.made("b", a), ann.made("c", a)
    d = ann.made("d", b)
    e = ann.made("e", b)
    assert ann.finish(e).status == 204
    text = f"Cannot finish task {a} while not finished subtasks with next ids: {b}, {c}, {d}"
    refused(ann.finish(a), 400, text)


@pytest.mark.parametrize("rule", ["block", "cascade", "auto", "independent"])
def test_the_rule_of_the_tree_does_not_matter(ann: Bot, rule: str) -> None:
    native = Client(ann.app, ann.token)
    task = make(native, subtasks=[{"title": "below"}])
    native.patch(f"/api/tasks/{task['id']}", {"completion": rule})
    refused(ann.finish(task["number"]), 400)
    (below,) = ann.read(task["number"])["subtasks"]
    assert ann.finish(below["id"]).status == 204


# deleting


def test_deleting_takes_the_whole_subtree_into_the_trash(ann: Bot) -> None:
    a = ann.made("a")
    b = ann.made("b", a)
    c = ann.made("c", b)
    reply = ann.remove(b)
    assert (reply.status, reply.body) == (204, b"")
    assert ann.read(a)["subtasks"] == []
    for number in (b, c):
        refused(ann.get(f"/bot/my_task/{number}"), 404, NO_TASK)
        refused(ann.remove(number), 404, NO_TASK)
        refused(ann.finish(number), 404, NO_TASK)
        refused(ann.update(number, title="x"), 404, NO_TASK)
        refused(ann.create(parent=number), 404, NO_TASK)
    trash = Client(ann.app, ann.token).get("/api/trash").json["tasks"]
    assert [one["number"] for one in trash] == [b]
    assert ann.remove(a).status == 204
    assert ann.get("/bot/my_tasks").json == []
