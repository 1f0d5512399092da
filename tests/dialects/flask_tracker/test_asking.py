"""Flask Task Tracker: how it knows who asks, from where pages may ask, and what is
open without its switch."""

from dataclasses import replace

from config import Config
from tests.dialects.flask_tracker.clients import BOTH, NOWHERE, add, read, refused, sign_up
from tests.people import Client
from tracker import create_app
from tracker.services.world import World

pytestmark = BOTH

GUARDED = [
    ("GET", "/users/get_users"), ("GET", "/users/get_user"), ("POST", "/tasks/add_task"),
    ("GET", "/tasks/get_tasks"), ("GET", "/tasks/get_task"), ("GET", "/tasks/get_my_task"),
    ("GET", "/tasks/recent"), ("GET", "/tasks/status_summary"), ("GET", "/tasks"),
    ("POST", "/scheduler/scheduler_alert"), ("GET", "/scheduler/scheduler_jobs"),
    ("POST", "/tasks"), ("PUT", f"/tasks/{NOWHERE}"), ("DELETE", f"/tasks/{NOWHERE}"),
    ("PATCH", f"/tasks/{NOWHERE}/status"),
]  # fmt: skip
OPEN = ("/", "/register", "/login", "/users/signup", "/users/login", "/users/change_password",
    "/users/forget_password")  # fmt: skip


def test_who_shows_no_token_is_told_so(client: Client, base: str) -> None:
    for method, path in GUARDED:
        body = {"summary": "x"} if method in {"POST", "PUT", "PATCH"} else None
        refused(client.ask(method, base + path, body), 401, "Token is missing")
        for header in ("Bearer zz", "zz", "Bearer", "Basic YTpi", "Bearer ё"):
            reply = client.ask(method, base + path, body, headers={"Authorization": header})
            refused(reply, 401, "Invalid Token", capital=True)


def test_a_bare_token_is_as_good(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    for header in (ann.token, f"Bearer {ann.token}", f"bearer  {ann.token} "):
        reply = client.get(f"{base}/tasks", headers={"Authorization": header or ""})
        assert reply.status == 200


def test_an_api_token_does_what_it_is_made_for(client: Client, base: str) -> None:
    made = sign_up(client, base).post("/api/auth/tokens", {"name": "t", "scopes": ["tasks:read"]})
    for before in ("", "Bearer "):
        shown = {"Authorization": before + made.json["token"]}
        assert client.get(f"{base}/tasks/get_tasks", headers=shown).status == 200
        reply = client.post(f"{base}/tasks/add_task", {"summary": "s"}, headers=shown)
        refused(reply, 403, "Permission denied")


def test_options_need_nobody(client: Client, base: str) -> None:
    for path in (*OPEN, *(path for _, path in GUARDED)):
        reply = client.ask("OPTIONS", base + path)
        assert (reply.status, reply.body) == (200, b""), path


def test_pages_of_listed_origins_may_ask_others_not(client: Client, base: str) -> None:
    for method, path in (("GET", "/users/get_users"), ("PATCH", f"/tasks/{NOWHERE}/status")):
        asked = {
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        good = {**asked, "Origin": "https://good.example"}
        headers = client.ask("OPTIONS", base + path, headers=good).headers
        assert headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert method in headers["Access-Control-Allow-Methods"]
        assert "Authorization" in headers["Access-Control-Allow-Headers"]
        assert "Content-Type" in headers["Access-Control-Allow-Headers"]
        bad = {**asked, "Origin": "https://bad.example"}
        headers = client.ask("OPTIONS", base + path, headers=bad).headers
        assert "Access-Control-Allow-Origin" not in headers


def test_a_page_may_read_what_it_is_refused_with(client: Client, base: str) -> None:
    for method, path in GUARDED:
        reply = client.ask(method, base + path, headers={"Origin": "https://good.example"})
        assert reply.status == 401
        assert reply.headers["Access-Control-Allow-Origin"] == "https://good.example"


def test_with_a_star_any_page_may_ask_without_its_cookies(
    config: Config, world: World, base: str
) -> None:
    client = Client(create_app(replace(config, cors_origins=("*",)), world))
    headers = client.get(f"{base}/", headers={"Origin": "http://localhost:3000"}).headers
    assert headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Access-Control-Allow-Credentials" not in headers


# the switch


def test_without_the_switch_who_shows_no_token_is_the_built_in_user(
    config: Config, world: World, base: str
) -> None:
    client = Client(create_app(replace(config, auth_enabled=False), world))
    older_page = {
        "summary": "s", "tasktype": "Bug", "priority": "Low", "status": "inprogress",
        "start_dt": "2026-11-20", "due_date": "2026-11-21", "description": "d", "estimate": "5",
    }  # fmt: skip
    task = client.post(f"{base}/tasks/add_task", older_page).json["task_id"]
    found = client.get(f"{base}/tasks/get_task?_id={task}").json["task"]
    assert {name: found[name] for name in older_page if name != "tasktype"} == {
        name: value for name, value in older_page.items() if name != "tasktype"
    }
    assert found["task_type"] == "Bug"
    refused(client.get(f"{base}/users/get_users"), 403, "Permission denied")
    refused(
        client.get(f"{base}/tasks", headers={"Authorization": "zz"}),
        401, "Invalid Token", capital=True,
    )  # fmt: skip
    assert client.get("/api/tasks").status == 401


def test_without_the_switch_a_token_still_says_who_asks(
    config: Config, world: World, base: str
) -> None:
    client = Client(create_app(replace(config, auth_enabled=False), world))
    ann = sign_up(client, base)
    mine, theirs = add(ann, base), add(client, base, assigned="dev")
    assert [one["_id"] for one in ann.get(f"{base}/tasks/get_tasks").json["tasks"]] == [mine]
    assert [one["_id"] for one in client.get(f"{base}/tasks/get_my_task").json["tasks"]] == [theirs]
    assert read(client, base, theirs)["assigned"] == "dev"
    refused(ann.delete(f"{base}/tasks/{theirs}"), 404, "Task not found")
    body = {"oldPassword": "none", "newPassword": "test@1234"}
    refused(client.post(f"{base}/users/change_password", body), 403, "Permission denied")
