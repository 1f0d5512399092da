"""What somebody who means no good tries at the doors of dialects, and does not get."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.api.asking import NOWHERE, unchanged
from tests.dialects.doors import (
    DISPATCHER,
    DOORS,
    FLASK,
    POMODORO,
    Ids,
    by_cookie,
    needs,
    served,
)
from tests.people import PASSWORD, Client, Reply
from tracker import create_app
from tracker.dialects import details
from tracker.dialects.refusals import Refusal
from tracker.errors import Fault
from tracker.services.world import World

GOOD, EVIL = "https://good.example", "https://evil.example"
COOKIE = "refresh_token"
LOGIN, REFRESH = "/pomodoro/auth/login", "/pomodoro/auth/refresh"
REPEATED = f"utm=1&utm=2&{'9' * 40}=1&{'9' * 40}=2"
LISTS: dict[str, Callable[[Client, str], Reply]] = served(
    {
        "mytracker": lambda c, query: by_cookie(c, "GET", f"my_tasks?{query}"),
        "flask_tracker": lambda c, query: c.get(f"{FLASK}?{query}"),
        "pomodoro": lambda c, query: c.get(f"{POMODORO}?{query}"),
        "dispatcher": lambda c, query: c.get(f"{DISPATCHER}?{query}"),
    }
)
LOGINS = served(
    {"mytracker": "/mytracker/api/profile/login", "dispatcher": "/dispatcher/auth/login"}
)
BY_HEADER = served(dict.fromkeys(("flask_tracker", "pomodoro", "dispatcher")))
SCOPES = ("tasks:read", "tasks:write", "account")


def log_in(client: Client, **headers: str) -> Reply:
    """At pomodoro, by a form, which any page may send."""
    reply = client.post(LOGIN, data={"username": "ann", "password": PASSWORD}, headers=headers)
    assert reply.status == 200, reply
    return reply


def cookie(reply: Reply) -> str | None:
    found = re.search(rf"{COOKIE}=([^;]+)", reply.headers.get("Set-Cookie", ""))
    return found and found[1]


def refresh(client: Client, token: str | None, **headers: str) -> Reply:
    return client.post(REFRESH, headers={"Cookie": f"{COOKIE}={token}", **headers})


def made(person: Client) -> Ids:
    task = person.post("/api/tasks", {"title": "task"}).json
    return Ids(task["id"], task["number"])


# what is sent


@pytest.mark.parametrize("door", LISTS)
def test_what_nobody_asked_for_is_passed_over_however_often(client: Client, door: str) -> None:
    ann = client.as_("ann")
    DOORS[door].make(ann, "task")
    assert LISTS[door](ann, REPEATED).status == 200
    assert LISTS[door](ann, "page=1&page=1").status in {400, 422}


def test_a_key_of_digits_is_told_as_it_is(client: Client) -> None:
    faults = (Fault(f"/list/7/{'9' * 40}", "Wrong."),)
    with client.app.test_request_context("/", json={}):
        (told,) = details.words(Refusal(422, "", "body", faults, {}))["detail"]
    assert told["loc"] == ["body", "list", 7, "9" * 40]


@pytest.mark.parametrize("path", LOGINS.values())
def test_a_secret_that_stands_alone_is_not_said_again(client: Client, path: str) -> None:
    sent = {"data": b'"hunter2 is my secret"', "content_type": "application/json"}
    reply = client.post(path, **sent)
    assert reply.status == 422
    assert b"hunter2" not in reply.body


# pages of other sites


@needs("pomodoro")
def test_the_form_of_another_site_logs_nobody_in(client: Client) -> None:
    client.as_("ann")
    for origin in (EVIL, "null", "http://localhost.evil.example", ""):
        assert cookie(log_in(client, Origin=origin)) is None
    for headers in ({}, {"Origin": GOOD}, {"Origin": "http://localhost"}):
        assert cookie(log_in(client, **headers))


@needs("pomodoro")
def test_the_page_of_another_site_uses_no_token_up(client: Client) -> None:
    client.as_("ann")
    token = cookie(log_in(client))
    refused = refresh(client, token, Origin=EVIL)
    assert (refused.status, refused.json) == (401, {"detail": "Invalid token"})
    assert cookie(refused) is None
    good = refresh(client, token, Origin=GOOD)
    assert (good.status, cookie(good)) == (200, cookie(refresh(client, token)))


@needs("pomodoro")
def test_pages_of_the_service_itself_count_by_its_public_address(
    config: Config, world: World
) -> None:
    strict = replace(config, environment="production", public_url="https://us.example")
    client = Client(create_app(strict, world))
    client.as_("ann")
    assert cookie(log_in(client, Origin="https://us.example"))
    assert cookie(log_in(client, Origin="https://localhost"))
    assert cookie(log_in(client, Origin="http://localhost")) is None


# API tokens


def api_token(person: Client, *scopes: str) -> Client:
    reply = person.post("/api/auth/tokens", {"name": "t", "scopes": scopes})
    assert reply.status == 201, reply
    return person.with_token(reply.json["token"])


@pytest.mark.parametrize("scope", SCOPES)
def test_an_api_token_reads_and_writes_at_dialects_what_its_scope_says(
    client: Client, scope: str
) -> None:
    ann = client.as_("ann")
    ids, program = made(ann), api_token(ann, scope)
    for name in BY_HEADER:
        door = DOORS[name]
        assert (door.read(program, ids).status == 200) == (scope == "tasks:read")
        assert (door.rename(program, ids, "x").status == 200) == (scope == "tasks:write")


@needs("mytracker")
@pytest.mark.parametrize("scope", SCOPES)
def test_an_api_token_is_no_cookie(client: Client, scope: str) -> None:
    ann = client.as_("ann")
    assert DOORS["mytracker"].read(api_token(ann, scope), made(ann)).status == 401


@needs("flask_tracker", "pomodoro", "dispatcher")
def test_an_api_token_is_no_admin_and_no_log_in(client: Client) -> None:
    first = {"email": "a@example.com", "username": "adm", "password": PASSWORD, "role": "admin"}
    assert client.post("/flask-tracker/register", first).status == 201
    login = {"username": "adm", "password": PASSWORD}
    token = client.post("/api/auth/login", login).json["access_token"]
    admin = client.with_token(token)
    assert admin.get("/flask-tracker/users/get_users").status == 200
    program = api_token(admin, *SCOPES)
    for path in ("get_users", "get_user", "get_user?email=a@example.com"):
        assert program.get(f"/flask-tracker/users/{path}").status == 403
    passwords = {"oldPassword": PASSWORD, "newPassword": "another one"}
    assert program.post("/flask-tracker/users/change_password", passwords).status == 403
    for path in ("/pomodoro/auth/logout", "/dispatcher/auth/logout"):
        assert program.post(path).status == 403
    assert admin.me["username"] == "adm"


# other people's tasks


@needs("mytracker")
def test_a_member_may_no_more_through_a_dialect_than_natively(client: Client) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    ids = made(ann)
    member = {"user": "bob", "role": "viewer"}
    assert ann.put(f"/api/tasks/{ids.id}/members", member).status == 200
    draft: dict[str, Any] = {"title": "mine", "description": "", "creation_date": "2026-03-04"}
    draft |= {"deadline": "2099-01-01", "task_id": ids.number}
    with unchanged(client.app.extensions["world"].store):
        for door in DOORS.values():
            assert door.read(bob, ids).status == 200
            assert door.rename(bob, ids, "mine").status == 403
            assert door.delete(bob, ids).status == 403
        assert by_cookie(bob, "POST", "create_task", draft).status == 403
        assert by_cookie(bob, "PATCH", f"finish_task/{ids.number}").status == 403


@needs("mytracker", "flask_tracker")
def test_nobody_is_carried_off_below_what_is_not_theirs(client: Client) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    mine, theirs = made(ann), made(bob)
    with unchanged(client.app.extensions["world"].store):
        for task, parent in ((mine, theirs), (theirs, mine)):
            body = {"title": "x", "task_id": parent.number}
            reply = by_cookie(ann, "PATCH", f"update_task/{task.number}", body)
            assert (reply.status, reply.json) == (404, {"detail": "Task does not exist"})
        assert ann.put(f"{FLASK}/{NOWHERE}", {"summary": "x"}).status == 404
