"""Whose tasks: a stranger finds nothing on any route, and a list shows nothing of others'."""

import re
from typing import Any, NamedTuple

import pytest
from flask import Flask

from tests.api.asking import NOWHERE, TASKS, make, outline, plant, refused, tree, unchanged
from tests.api.sending import Sent, form
from tests.people import Client, Reply
from tracker.store import Store

VERBS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
TITLE = {"title": "x"}
# A good body for each operation that takes one; a new operation is given its row here
BODIES: dict[tuple[str, str], Any] = {
    ("POST", ""): TITLE,
    ("POST", "/bulk"): {"tasks": [TITLE]},
    ("PUT", "/<task_id>"): TITLE,
    ("PATCH", "/<task_id>"): TITLE,
    ("POST", "/<task_id>/subtasks"): TITLE,
    ("POST", "/<task_id>/move"): {"parent_id": None},
    ("PUT", "/<task_id>/members"): {"user": "ann", "role": "viewer"},
    ("POST", "/<task_id>/reminders"): {"at": "2099-01-01T00:00:00Z"},
    ("PATCH", "/<task_id>/reminders/<reminder_id>"): {"at": "2099-01-01T00:00:00Z"},
    ("POST", "/<task_id>/reminders/<reminder_id>/snooze"): {"minutes": 5},
    ("POST", "/<task_id>/comments"): {"content": "x"},
    ("PUT", "/<task_id>/comments/<comment_id>"): {"content": "x"},
    ("PATCH", "/<task_id>/comments/<comment_id>"): {"content": "x"},
    ("POST", "/<task_id>/files"): Sent(),
    ("POST", "/<task_id>/pomodoros"): {"minutes": 25},
}
INSIDE = re.compile(r"<\w+_id>")  # what hangs on a task and is not there
LEAST = 11  # methods on routes with a task's id; a table that shrinks would test nothing


class Operation(NamedTuple):
    verb: str
    rule: str

    def ask(self, client: Client, task: str = NOWHERE, query: str = "", **rest: Any) -> Reply:
        """Ask for it on a task, with a good body unless `data` is given."""
        body = None if rest else BODIES.get((self.verb, self.rule))
        if isinstance(body, Sent):
            body, rest = None, form(body)
        path = INSIDE.sub(NOWHERE, self.rule.replace("<task_id>", task))
        return client.ask(self.verb, TASKS + path + query, body, **rest)


def operations(app: Flask) -> list[Operation]:
    """Every method and path below /api/tasks."""
    return [
        Operation(verb, rule.rule.removeprefix(TASKS))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(TASKS)
        for verb in sorted((rule.methods or set()) & VERBS)
    ]


def on_what_is_there(app: Flask) -> list[Operation]:
    """Those that name nothing but a task."""
    return [one for one in operations(app) if not INSIDE.search(one.rule.replace("<task_id>", ""))]


def of_a_task(app: Flask) -> list[Operation]:
    """Those on one task."""
    found = [operation for operation in operations(app) if "<task_id>" in operation.rule]
    assert len(found) >= LEAST
    return found


def refused_as(operation: Operation, reply: Reply, status: int, detail: str) -> None:
    assert reply.status == status, (operation, reply)
    if operation.verb != "HEAD":
        assert refused(reply, status)["detail"] == detail


@pytest.fixture
def ids(client: Client) -> dict[str, str]:
    return plant(client.as_("ann"), ["a", ["b", ["c"]]], tags=["secret"])


@pytest.mark.parametrize("title", ["a", "c"])
def test_somebody_elses_task_is_404_on_every_route(
    app: Flask, client: Client, ids: dict[str, str], store: Store, title: str
) -> None:
    bob = client.as_("bob")
    with unchanged(store):
        for operation in of_a_task(app):
            refused_as(operation, operation.ask(bob, ids[title]), 404, "Task not found")


def test_what_is_not_yours_and_what_is_not_there_look_alike(
    app: Flask, client: Client, ids: dict[str, str]
) -> None:
    bob, own = client.as_("bob"), {"X-Request-Id", "Content-Length"}
    for operation in of_a_task(app):
        theirs, nobodys = operation.ask(bob, ids["b"]), operation.ask(bob, NOWHERE)
        body = theirs.body.replace(ids["b"].encode(), NOWHERE.encode())
        assert (theirs.status, body) == (nobodys.status, nobodys.body)
        assert {k: v for k, v in theirs.headers if k not in own} == {
            k: v for k, v in nobodys.headers if k not in own
        }


def test_a_parent_in_another_persons_tree_gets_404(
    client: Client, ids: dict[str, str], store: Store
) -> None:
    bob = client.as_("bob")
    with unchanged(store):
        for title in ids:
            body = {"title": "x", "parent_id": ids[title]}
            assert refused(bob.post(TASKS, body), 404)["detail"] == "Task not found"
            nested = {**body, "subtasks": [{"title": "y"}]}
            refused(bob.post(TASKS, nested), 404)


def test_lists_and_totals_of_a_stranger_do_not_change(client: Client) -> None:
    bob, ann = client.as_("bob"), client.as_("ann")
    make(bob, "bob's")
    before = {query: bob.get(f"{TASKS}?{query}").body for query in ("", "level=roots", "search=a")}
    ids = plant(ann, ["a", ["b", ["c"]]], tags=["secret"])
    ann.post(f"{TASKS}/{ids['c']}/complete")
    assert {query: bob.get(f"{TASKS}?{query}").body for query in before} == before


def test_no_filter_reaches_anothers_tasks(client: Client, ids: dict[str, str]) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    ann.patch(f"{TASKS}/{ids['b']}", {"assigned_to": ann.me["id"], "due_date": "2020-01-01"})
    asked = [f"root={ids['a']}", f"parent={ids['a']}", f"assigned_to={ann.me['id']}",
             "status=overdue", "overdue=true", "tag=secret", "search=b", "level=roots",
             f"root={ids['a']}&parent={ids['b']}", "due_before=2999-01-01"]  # fmt: skip
    for query in asked:
        for sort in ("created_at", "status", "due_date"):
            found = bob.get(f"{TASKS}?{query}&sort_by={sort}").json
            assert (found["tasks"], found["total"], found["next_cursor"]) == ([], 0, None)


def test_two_people_do_not_meet(client: Client) -> None:
    for name in ("ann", "bob"):
        plant(client.as_(name), [name, ["below"]])
    for name in ("ann", "bob"):
        found = client.as_(name).get(TASKS).json
        assert found["total"] == 2
        assert {task["creator"]["username"] for task in found["tasks"]} == {name}
        assert outline(tree(client.as_(name), found["tasks"][0]["root_id"])) == [name, ["below"]]


def test_without_a_token_every_route_is_401(
    app: Flask, client: Client, ids: dict[str, str], store: Store
) -> None:
    with unchanged(store):
        for operation in operations(app):
            for task in (ids["a"], NOWHERE, "x"):
                reply = operation.ask(client, task)
                refused_as(operation, reply, 401, "Not authenticated")
                assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_is_401_before_anything_else_is_looked_at(
    app: Flask, client: Client, store: Store
) -> None:
    nobody = client.with_token("x.y.z")
    with unchanged(store):
        for operation in operations(app):
            reply = operation.ask(nobody, "$ne", "?x[$ne]=1", data=b"{")
            refused_as(operation, reply, 401, "Could not validate credentials")


def test_a_slash_at_the_end_is_answered_alike(
    app: Flask, client: Client, ids: dict[str, str]
) -> None:
    ann = client.as_("ann")
    for operation in on_what_is_there(app):
        if operation.verb == "GET":
            plain, slashed = operation.ask(ann, ids["b"]), operation.ask(ann, ids["b"], "/")
            assert (plain.status, slashed.status, slashed.json) == (200, 200, plain.json)
    assert ann.post(f"{TASKS}/", {"title": "x"}).status == 201
    assert ann.post(f"{TASKS}/{ids['c']}/complete/").status == 200
    assert ann.delete(f"{TASKS}/{ids['c']}/").status == 204


def test_every_answer_has_a_request_id_and_keeps_the_callers(
    app: Flask, client: Client, ids: dict[str, str]
) -> None:
    seen = [op.ask(client.as_("ann"), ids["b"]).headers["X-Request-Id"] for op in operations(app)]
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]{1,128}", request_id) for request_id in seen)
    assert len(set(seen)) == len(seen)
    reply = client.get(TASKS, headers={"X-Request-Id": "mine-1"})
    assert (reply.status, reply.headers["X-Request-Id"]) == (401, "mine-1")


def test_head_is_get_without_its_body(app: Flask, client: Client, ids: dict[str, str]) -> None:
    ann = client.as_("ann")
    for operation in on_what_is_there(app):
        if operation.verb == "HEAD":
            head = operation.ask(ann, ids["b"])
            got = operation._replace(verb="GET").ask(ann, ids["b"])
            assert (head.status, head.body) == (got.status, b"") == (200, b"")
            assert head.headers.get("ETag") == got.headers.get("ETag")
