"""MyTracker's later API: tasks one at a time and in pages, and each rule in its words."""

from typing import Any

from tests.conftest import Clock
from tests.dialects.mytracker.bots import LATER, NOTHING, Bot, invalid, refused
from tests.dialects.mytracker.later.bots import NO_TASK, LaterBot
from tests.people import Client

BAD: list[Any] = [{"$ne": None}, {}, [], ["x"], True]
SOON = "2098-01-01T00:00:00Z"


def test_a_task_is_made_and_read(ann: LaterBot) -> None:
    reply = ann.create()
    assert reply.status == 200
    number = reply.json["id"]
    assert reply.json == {
        "id": number,
        "title": "t",
        "description": "d",
        "creation_date": "2026-03-04T05:06:07.891000Z",
        "deadline": "2099-01-01T00:00:00Z",
        "pass_date": None,
        "parent_id": None,
    }
    below = ann.made(number)
    assert ann.get(f"/tasks/{number}").json == reply.json
    assert ann.get(f"/tasks/{below}").json["parent_id"] == number
    assert (ann.get(f"/tasks/{below}/parent").json, ann.get(f"/tasks/{number}/parent").body) == (
        number,
        b"null",
    )
    assert ann.get(f"/tasks/{below}/is_active").json is True


def test_lists_come_in_pages_the_newest_first(ann: LaterBot, clock: Clock) -> None:
    made = []
    for _ in range(7):
        clock.advance(seconds=1)
        made.append(ann.made())
    first, second = ann.get("/tasks").json, ann.get("/tasks?page=2&size=5").json
    assert first["tasks"][0] == {"id": made[-1], "title": "t", "parent_id": None}
    assert [one["id"] for one in first["tasks"] + second["tasks"]] == made[::-1]
    assert (first["prev_page"], first["next_page"]) == (0, 2)
    assert (second["prev_page"], second["next_page"]) == (1, 0)
    ann.finish(made[0])
    for path in ("/tasks?status=finished", "/tasks/finished"):
        assert ann.get(path).json == {
            "prev_page": 0,
            "next_page": 0,
            "tasks": [{"id": made[0], "title": "t", "parent_id": None}],
        }
    beyond = ann.get("/tasks?page=9").json
    assert (beyond["tasks"], beyond["next_page"]) == ([], 0)
    for path in ("/tasks", "/tasks/finished", f"/tasks/{made[0]}/subtasks"):
        for bad in ("page=0", "size=0", "size=101", "status=x", "page=x"):
            invalid(ann.get(f"{path}?{bad}"), "query", bad.partition("=")[0])
        assert ann.get(f"{path}?size=100&colour=red").status == 200


def test_subtasks_are_listed_by_their_parent(ann: LaterBot) -> None:
    root = ann.made()
    below = [ann.made(root) for _ in range(2)]
    ann.made(below[0])
    listed = ann.get(f"/tasks/{root}/subtasks").json["tasks"]
    assert listed == [{"id": number, "title": "t", "parent_id": root} for number in below]
    ann.finish(below[1])
    finished = ann.get(f"/tasks/{root}/subtasks?status=finished").json["tasks"]
    assert [one["id"] for one in finished] == [below[1]]


def test_each_rule_is_told_in_its_words(ann: LaterBot) -> None:
    root = ann.made(deadline=SOON)
    ahead = "Deadline cannot be less or equal than now"
    refused(ann.create(deadline="2026-03-04T05:06:07.891Z"), 400, ahead)
    refused(ann.create(root), 400, "Deadline cannot be later than the parent's")
    below = ann.made(root, deadline=SOON)
    body = {"deadline": "2097-01-01T00:00:00Z"}
    early = ann.ask("PATCH", f"/tasks/{root}", body)
    refused(early, 400, "Deadline cannot be earlier than a subtask's")
    late = ann.ask("PATCH", f"/tasks/{below}", {"deadline": LATER})
    refused(late, 400, "Deadline cannot be later than the parent's")
    refused(ann.create(NOTHING), 400, "Unable to bind to unexistent parent task")
    for _ in range(3):
        below = ann.made(below, deadline=SOON)
    deep = ann.create(below, deadline=SOON)
    refused(deep, 400, "Depth of task tree couldn't be more than 5")
    ann.finish(below)
    done = ann.ask("GET", f"/tasks/{below}/parent").json
    ann.finish(done)
    refused(ann.create(done, deadline=SOON), 400, "Parent task is finished")


def test_a_task_is_changed_and_null_leaves_it(ann: LaterBot) -> None:
    number = ann.made()
    reply = ann.ask("PATCH", f"/tasks/{number}", {"title": "u", "description": None})
    assert (reply.status, reply.json["title"], reply.json["description"]) == (200, "u", "d")
    assert ann.ask("PATCH", f"/tasks/{number}", {}).json == reply.json
    for field in ("title", "description", "deadline"):
        for value in (1, *BAD):
            invalid(ann.ask("PATCH", f"/tasks/{number}", {field: value}), "body", field)
            invalid(ann.create(**{field: value}), "body", field)


def test_a_new_task_has_a_title_a_description_and_a_deadline(ann: LaterBot) -> None:
    body = {"title": "t", "description": "d", "deadline": LATER}
    for field in body:
        rest = {name: value for name, value in body.items() if name != field}
        invalid(ann.ask("POST", "/tasks", rest), "body", field)
        invalid(ann.create(**{field: None}), "body", field)
    for parent in (1.5, "x", 2**63, *BAD):
        invalid(ann.create(parent_id=parent), "body", "parent_id")
    reply = ann.ask("POST", "/tasks", {**body, "colour": "red"})
    assert (reply.status, reply.json["parent_id"]) == (200, None)


def test_times_go_out_in_utc_whatever_their_zone_was(ann: LaterBot) -> None:
    for sent in ("2098-01-01T03:00:00+03:00", "2098-01-01T00:00:00", SOON):
        assert ann.create(deadline=sent).json["deadline"] == SOON
        reply = ann.ask("PATCH", f"/tasks/{ann.made()}", {"deadline": sent})
        assert reply.json["deadline"] == SOON


def test_a_deadline_that_stays_may_have_passed(ann: LaterBot, clock: Clock) -> None:
    number = ann.made(deadline="2026-03-05T00:00:00Z")
    clock.advance(days=2)
    body = {"title": "u", "deadline": "2026-03-05T00:00:00Z"}
    assert ann.ask("PATCH", f"/tasks/{number}", body).json["title"] == "u"
    past = ann.ask("PATCH", f"/tasks/{number}", {"deadline": "2026-03-05T00:00:01Z"})
    refused(past, 400, "Deadline cannot be less or equal than now")


def test_trees_of_other_doors_may_be_deeper_and_are_shown(ann: LaterBot, bot: Bot) -> None:
    older = Bot(bot.app, bot.world, bot.box, "/api", name="eve").logged_in()
    eve = LaterBot(bot, "eve")
    number = older.made()
    for _ in range(6):
        number = older.made(parent=number)
    assert eve.get(f"/tasks/{number}").json["id"] == number
    assert eve.ask("PATCH", f"/tasks/{number}", {"title": "u"}).json["title"] == "u"
    assert eve.get("/tasks").json["tasks"][0]["parent_id"] is None
    deep = eve.create(number)
    refused(deep, 400, "Depth of task tree couldn't be more than 5")


def test_a_task_without_a_deadline_and_a_description_is_shown(ann: LaterBot, bot: Bot) -> None:
    native = Client(bot.app).as_("eve")
    shared = native.post("/api/tasks", {"title": "shared"}).json
    me = bot.world.store.db.users.find_one({"tg_name": "ann"})["_id"]
    native.put(f"/api/tasks/{shared['id']}/members", {"user": me, "role": "viewer"})
    shown = ann.get(f"/tasks/{shared['number']}").json
    assert (shown["description"], shown["deadline"]) == ("", "9999-01-01T00:00:00Z")
    assert ann.get("/tasks").json["tasks"] == []


def test_finishing_is_200_and_by_force_takes_all_below(ann: LaterBot, clock: Clock) -> None:
    root = ann.made()
    a, b = ann.made(root), ann.made(root)
    refused(ann.finish(root), 400, "Unable finish task while subtasks not fininshed")
    reply = ann.finish(a)
    assert (reply.status, reply.body) == (200, b"null")
    refused(ann.finish(a), 400, "Task already finished")
    refused(ann.finish(a, "/force"), 400, "Task already finished")
    before = ann.get(f"/tasks/{a}").json
    clock.advance(days=1)
    assert ann.finish(root, "/force").json == {"subtasks_ids": [a, b]}
    assert ann.get(f"/tasks/{a}").json == before
    assert ann.get(f"/tasks/{b}").json["pass_date"] > before["pass_date"]
    assert ann.get(f"/tasks/{root}/is_active").json is False


def test_deleting_names_what_went_with_it(ann: LaterBot) -> None:
    root = ann.made()
    a, b = ann.made(root), ann.made(root)
    c = ann.made(a)
    assert ann.ask("DELETE", f"/tasks/{b}").json == {"subtasks_ids": []}
    reply = ann.ask("DELETE", f"/tasks/{root}")
    assert (reply.status, reply.json) == (200, {"subtasks_ids": [a, c]})
    for number in (root, a, c):
        refused(ann.get(f"/tasks/{number}"), 404, NO_TASK)
        refused(ann.ask("DELETE", f"/tasks/{number}"), 404, NO_TASK)
    assert ann.get("/tasks").json["tasks"] == []


ROUTES = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/subtasks"),
    ("PATCH", "/finish"),
    ("PATCH", "/finish/force"),
    ("GET", "/is_active"),
    ("GET", "/parent"),
]


def test_what_is_not_there_or_anothers_is_not_found(ann: LaterBot, bot: Bot) -> None:
    theirs = LaterBot(bot, "bob").registered().made()
    for method, rest in ROUTES:
        for number in (theirs, NOTHING, 0, -1, 2**64, "9" * 5000):
            refused(ann.ask(method, f"/tasks/{number}{rest}", {}), 404, NO_TASK)
        invalid(ann.ask(method, f"/tasks/abc{rest}", {}), "path", "task_id")
        refused(bot.ask(method, f"/tasks/{theirs}{rest}", {}), 401, "Unauthorized")
    refused(ann.create(theirs), 400, "Unable to bind to unexistent parent task")


def test_a_member_without_the_right_is_told(ann: LaterBot, bot: Bot) -> None:
    native = Client(bot.app).as_("eve")
    shared = native.post("/api/tasks", {"title": "shared"}).json
    me = bot.world.store.db.users.find_one({"tg_name": "ann"})["_id"]
    member = {"user": me, "role": "viewer"}
    assert native.put(f"/api/tasks/{shared['id']}/members", member).status == 200
    path = f"/tasks/{shared['number']}"
    assert ann.get(path).status == 200
    text = "User has no access the task"
    writes = (("PATCH", ""), ("DELETE", ""), ("PATCH", "/finish"), ("PATCH", "/finish/force"))
    for method, rest in writes:
        refused(ann.ask(method, path + rest, {"title": "x"}), 403, text)
    refused(ann.create(shared["number"]), 403, text)
