"""Notifications as TaskHub serves them, what is ours beside that, and nobody else's business."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.asking import NOWHERE, OPERATORS, TASKS, make, plant, read, refused, unchanged
from tests.api.table import done, share
from tests.conftest import Clock
from tests.people import Client, Reply
from tracker.api import TABLE
from tracker.api.openapi import VERBS
from tracker.core.notices import KINDS
from tracker.store import Store

NOTES = "/api/notifications"
PREFERENCES = f"{NOTES}/preferences"
DONE = {"status": "completed"}
ALL_READ = {"status": "ok", "message": "All notifications marked as read"}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


@pytest.fixture
def bob(client: Client, ann: Client) -> Client:
    """Edits a tree of ann's, of which he was told."""
    share(ann, make(ann, "shared")["id"], "bob", "editor")
    return client.as_("bob")


def assigned(ann: Client, to: Client, title: str = "t") -> str:
    """A new task of ann's that was given to somebody."""
    task: str = make(ann, title, assigned_to=to.me["id"])["id"]
    return task


def notes(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(client.get(f"{NOTES}{query}"))["notifications"]
    return found


def unread(client: Client) -> int:
    count: int = done(client.get(f"{NOTES}/unread-count"))["unread_count"]
    assert done(client.get(NOTES))["unread_count"] == count
    return count


def test_the_list_is_as_the_contract_has_it(ann: Client, bob: Client, clock: Clock) -> None:
    clock.advance(minutes=1)
    task = assigned(ann, bob)
    listed = done(bob.get(NOTES))
    assert listed.keys() == {"notifications", "unread_count", "next_cursor"}
    first, second = listed["notifications"]
    assert first == {
        "id": first["id"],
        "user_id": bob.me["id"],
        "task_id": task,
        "type": "task_assigned",
        "title": "Task Assigned: t",
        "message": "You have been assigned to 't'.",
        "is_read": False,
        "created_at": "2026-03-04T05:07:07.891000Z",
    }
    assert re.fullmatch(r"[0-9a-f-]{36}", first["id"])
    assert (second["type"], listed["unread_count"]) == ("member_added", 2)
    assert listed["next_cursor"] is None


def test_both_spellings_of_the_path_answer_alike(ann: Client, bob: Client) -> None:
    """And none of them by a redirect."""
    assert bob.get(f"{NOTES}/").json == bob.get(NOTES).json
    note = notes(bob)[0]["id"]
    for path in ("read-all/", f"{note}/read/"):
        assert bob.post(f"{NOTES}/{path}").status == 200
    assert bob.get(f"{NOTES}/unread-count/").status == 200


@pytest.mark.parametrize("verb", ["PUT", "POST"])
def test_one_is_read_by_either_verb_and_as_often_as_one_likes(bob: Client, verb: str) -> None:
    (note,) = notes(bob)
    for _ in range(2):
        assert done(bob.ask(verb, f"{NOTES}/{note['id']}/read")) == {**note, "is_read": True}
    assert (notes(bob)[0]["is_read"], unread(bob)) == (True, 0)


def test_all_are_read_at_once(ann: Client, bob: Client) -> None:
    assigned(ann, bob)
    assigned(bob, ann)
    assert done(bob.post(f"{NOTES}/read-all")) == ALL_READ
    assert (unread(bob), unread(ann)) == (0, 1)
    assert done(bob.post(f"{NOTES}/read-all")) == ALL_READ
    assert all(note["is_read"] for note in notes(bob))


def test_one_is_taken_away(ann: Client, bob: Client) -> None:
    assigned(ann, bob)
    one, other = notes(bob)
    assert bob.delete(f"{NOTES}/{one['id']}").status == 204
    refused(bob.delete(f"{NOTES}/{one['id']}"), 404)
    assert (notes(bob), unread(bob)) == ([other], 1)


def test_pages_go_on_by_a_cursor(ann: Client, bob: Client, clock: Clock) -> None:
    for title in "abcde":
        clock.advance(seconds=1)
        assigned(ann, bob, title)
    seen, query = [], "?limit=2"
    while query:
        page = done(bob.get(f"{NOTES}{query}"))
        assert page["unread_count"] == 6
        seen += [note["title"][-1] for note in page["notifications"]]
        query = page["next_cursor"] and f"?limit=2&cursor={page['next_cursor']}"
    assert seen == [*"edcba", "d"]  # the last is “shared”
    assert len(notes(bob, "?limit=1")) == 1


def test_one_may_ask_for_what_is_not_read(ann: Client, bob: Client) -> None:
    assigned(ann, bob)
    done(bob.post(f"{NOTES}/{notes(bob)[0]['id']}/read"))
    assert [note["is_read"] for note in notes(bob, "?unread=true")] == [False]
    assert len(notes(bob, "?unread=false")) == 2


def test_what_one_does_oneself_is_no_news(ann: Client) -> None:
    plant(ann, ["a", ["b"]], assigned_to=ann.me["id"])
    assert notes(ann) == []


def test_nested_and_many_tasks_tell_all_their_assignees_and_history_stays_short(
    ann: Client, bob: Client
) -> None:
    below = {"title": "s", "subtasks": [{"title": "deep", "assigned_to": bob.me["id"]}]}
    draft = {"title": "many", "subtasks": [below]}
    made = done(ann.post(f"{TASKS}/bulk", {"tasks": [draft, draft]}))
    done(ann.post(f"{TASKS}/{made[0]['id']}/subtasks", below))
    assert [n["title"] for n in notes(bob) if n["type"] == "task_assigned"] == [
        "Task Assigned: deep"
    ] * 3
    history = done(ann.get(f"{TASKS}/{made[0]['id']}/history"))["history"]
    assert [len(row["changes"]) for row in history] == [1, 1]


def test_what_one_may_no_longer_see_is_neither_shown_nor_counted(ann: Client, bob: Client) -> None:
    task = assigned(ann, bob)
    (note,) = [note for note in notes(bob) if note["task_id"] == task]
    done(ann.delete(f"{TASKS}/{task}/members?user={bob.me['id']}"))
    assert (len(notes(bob)), unread(bob)) == (1, 1)
    for verb, path in (("PUT", "/read"), ("POST", "/read"), ("DELETE", "")):
        problem = refused(bob.ask(verb, f"{NOTES}/{note['id']}{path}"), 404)
        assert problem["detail"] == "Notification not found"
    share(ann, task, "bob", "viewer")
    assert unread(bob) == 3


# preferences


def test_preferences_are_one_s_own(ann: Client, bob: Client) -> None:
    usual = done(bob.get(PREFERENCES))
    assert list(usual) == list(KINDS)
    assert usual["task_overdue"] == {"in_app": True, "mail": True}
    assert usual["task_assigned"] == {"in_app": True, "mail": False}
    changed = done(bob.patch(PREFERENCES, {"task_assigned": {"in_app": False}}))
    assert changed == {**usual, "task_assigned": {"in_app": False, "mail": False}}
    assert (done(bob.get(PREFERENCES)), done(ann.get(PREFERENCES))) == (changed, usual)
    assigned(ann, bob)
    assert [note["type"] for note in notes(bob)] == ["member_added"]
    assert done(bob.patch(PREFERENCES, {})) == changed


REFUSED: list[tuple[Any, str]] = [
    *(({"reminder": value}, "/reminder") for value in ([], ["x"], True, None, "x", 1)),
    *(({"reminder": {"mail": value}}, "/reminder/mail") for value in (*OPERATORS, 1, "true", None)),
    ({"reminder": {"pigeon": True}}, "/reminder/pigeon"),
    ({"reminder": {"$ne": True}}, "/reminder/$ne"),
    ({"nothing": {"mail": True}}, "/nothing"),
    ({"$set": {"role": "admin"}}, "/$set"),
    ({"reminder.mail": True}, "/reminder.mail"),
    ({"reminder": {"mail.$ne": True}}, "/reminder/mail.$ne"),
]


def test_preferences_take_true_or_false_and_known_names(bob: Client, store: Store) -> None:
    with unchanged(store):
        for body, pointer in REFUSED:
            refused(bob.patch(PREFERENCES, body), 422, pointer)


# telling by hand


@pytest.fixture
def late(ann: Client) -> str:
    """An overdue task of ann's."""
    task: str = make(ann, "OD", due_date="2020-01-01T00:00:00Z", notify_overdue=True)["id"]
    return task


def tell(client: Client, task: str, **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"{TASKS}/{task}/notify-overdue", headers=sent)


def test_an_overdue_task_is_told_of_by_hand_to_the_caller_too(ann: Client, late: str) -> None:
    told = done(tell(ann, late))
    assert told["title"] == "Task Overdue: OD"
    assert told["message"] == "Task 'OD' is past its due date. Please take action."
    assert (told["type"], told["task_id"], told["user_id"]) == ("task_overdue", late, ann.me["id"])
    assert (notes(ann), unread(ann)) == ([told], 1)


def test_the_assignee_is_told_and_not_who_made_the_task(ann: Client, bob: Client) -> None:
    task = make(ann, "OD", due_date="2020-01-01", assigned_to=bob.me["id"])["id"]
    assert done(tell(ann, task))["user_id"] == bob.me["id"]
    assert notes(ann) == []


def test_telling_by_hand_changes_no_task(ann: Client, late: str) -> None:
    before = read(ann, late)
    done(tell(ann, late))
    assert read(ann, late) == before
    deeds = [row["deed"] for row in done(ann.get(f"{TASKS}/{late}/history"))["history"]]
    assert deeds == ["notify", "create"]


def test_a_task_that_is_not_overdue_is_400(ann: Client, store: Store) -> None:
    late = {"due_date": "2020-01-01"}
    tasks = [make(ann, **f)["id"] for f in ({}, {"due_date": "2030-01-01"}, {**late, **DONE})]
    with unchanged(store):
        for task in tasks:
            assert refused(tell(ann, task), 400)["detail"] == "Task is not overdue"


def test_a_key_tells_once_and_if_match_is_kept(ann: Client, store: Store, late: str) -> None:
    etag = ann.get(f"{TASKS}/{late}").etag
    first = tell(ann, late, Idempotency_Key="k", If_Match=etag)
    again = tell(ann, late, Idempotency_Key="k")
    assert (first.status, first.body) == (200, again.body)
    assert len(notes(ann)) == 1
    with unchanged(store):
        refused(tell(ann, late, If_Match='"n0-9.x"'), 412)


# what nobody may send, and what is nobody else's


def methods() -> Iterator[tuple[str, str]]:
    prefix, routes = TABLE["notifications"]
    for rule, resource in routes:
        yield from ((verb, prefix + rule) for verb in VERBS if verb in (resource.methods or ()))


METHODS = sorted(methods())


def ask(client: Client, method: tuple[str, str], note: str, query: str = "") -> Reply:
    verb, rule = method
    path = rule.replace("<notification_id>", note) + query
    return client.ask(verb, path, {} if verb == "PATCH" else None)


def test_the_routes_are_these() -> None:
    one = "/<notification_id>"
    expected = [
        ("GET", ""), ("GET", "/unread-count"), ("POST", "/read-all"), ("GET", "/preferences"),
        ("PATCH", "/preferences"), ("DELETE", one), ("PUT", f"{one}/read"), ("POST", f"{one}/read"),
    ]  # fmt: skip
    assert sorted((verb, NOTES + path) for verb, path in expected) == METHODS


def test_who_is_not_known_gets_401(client: Client, bob: Client, store: Store) -> None:
    cay, (note,) = client.as_("cay"), notes(bob)
    store.db.users.update_one({"username": "cay"}, {"$set": {"state": "disabled"}})
    with unchanged(store):
        for method in METHODS:
            for asker in (client.with_token(None), client.with_token("x.y.z"), cay):
                refused(ask(asker, method, note["id"]), 401)


def test_api_tokens_need_the_scope_of_tasks(bob: Client) -> None:
    (note,) = notes(bob)
    for scope in ("account", "tasks:read", "tasks:write"):
        made = bob.post("/api/auth/tokens", {"name": "t", "scopes": [scope]}).json["token"]
        for method in METHODS:
            fits = scope == ("tasks:read" if method[0] == "GET" else "tasks:write")
            reply = ask(bob.with_token(made), method, note["id"])
            assert (reply.status == 403) != fits, (scope, method)


def test_somebody_else_s_is_nobody_s(client: Client, bob: Client) -> None:
    """Neither told nor changed, also not by who owns the tree."""
    (note,) = notes(bob)
    for asker in (client.as_("ann"), client.as_("cay")):
        for method in METHODS:
            reply = ask(asker, method, note["id"])
            if "<notification_id>" in method[1]:
                assert refused(reply, 404)["detail"] == "Notification not found"
            else:
                assert note["id"].encode() not in reply.body
    assert notes(bob) == [note]


def test_a_wrong_id_or_an_unknown_one_is_refused(bob: Client, store: Store) -> None:
    with unchanged(store):
        for method in (method for method in METHODS if "<notification_id>" in method[1]):
            refused(ask(bob, method, NOWHERE), 404)
            for wrong in ("x", "1", "$ne", "%7B%22$ne%22:1%7D", f"{NOWHERE}x", "..%2f"):
                assert ask(bob, method, wrong).status in {404, 405, 422}


def test_an_unknown_parameter_is_refused(bob: Client, store: Store) -> None:
    (note,) = notes(bob)
    with unchanged(store):
        for method in METHODS:
            for query in ("?x=1", "?user_id=1", "?$where=1", "?limit[$gt]=1"):
                refused(ask(bob, method, note["id"], query), 422)


def test_an_id_counts_in_any_case(bob: Client) -> None:
    (note,) = notes(bob)
    assert done(bob.put(f"{NOTES}/{note['id'].upper()}/read"))["id"] == note["id"]


QUERIES = (
    "limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=x", "limit=", "limit=1&limit=2",
    "limit=99999999999999999999", "unread=1", "unread=TRUE", "unread=", "cursor=",
    "limit=%7B%22$gt%22:0%7D",
)  # fmt: skip


def test_the_query_takes_plain_values_in_their_bounds(bob: Client) -> None:
    for query in QUERIES:
        refused(bob.get(f"{NOTES}?{query}"), 422)
    assert [len(notes(bob, f"?limit={limit}")) for limit in (1, 100)] == [1, 1]


def test_cursors_are_ours_alone(ann: Client, bob: Client) -> None:
    task = make(ann)["id"]
    for _ in range(2):
        done(ann.patch(f"{TASKS}/{task}", {"title": "x" * len(task)}))
        done(ann.patch(f"{TASKS}/{task}", {"title": "y"}))
    history = done(ann.get(f"{TASKS}/{task}/history?page_size=1"))["next_cursor"]
    for cursor in ("x", "e30", "a" * 4_000, history):
        refused(bob.get(f"{NOTES}?cursor={cursor}"), 400)
    refused(bob.get(f"{NOTES}?cursor={'a' * 4_001}"), 422)


def test_a_title_comes_out_as_it_went_in(ann: Client, bob: Client) -> None:
    for nasty in ("<script>alert(1)</script>", "a\r\nb", "%0d%0a", "{title} %s", "'\"\u2028"):
        assigned(ann, bob, nasty)
        told = next(note for note in notes(bob) if nasty in note["title"])
        assert told["message"] == f"You have been assigned to '{nasty}'."
