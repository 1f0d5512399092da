"""Flask Task Tracker: reading accounts, which admins alone may do."""

import pytest

from tests.dialects.flask_tracker.clients import (
    BAD,
    BOTH,
    add,
    make_admin,
    refused,
    sign_up,
)
from tests.people import Client
from tracker.services.world import World

pytestmark = BOTH
PATHS = ("/users/get_users", "/users/get_user", "/users/get_user?email=ann@example.com")


def test_admins_list_people_with_their_open_tasks(client: Client, world: World, base: str) -> None:
    ann = sign_up(client, base)
    bob = sign_up(client, base, "bob")
    make_admin(world, "ann")
    for status in ("open", "review", "done"):
        add(ann, base, assigned="ann", status=status)
    id_of_bob = bob.me["id"]
    world.store.db.users.update_one({"username": "bob"}, {"$set": {"state": "disabled"}})
    reply = ann.get(f"{base}/users/get_users")
    assert reply.headers["X-Total-Count"] == "2"
    seen = [(u["username"], u["role"], u["status"], u["task_count"]) for u in reply.json["users"]]
    assert seen == [("ann", "admin", "Y", 2), ("bob", "user", "N", 0)]
    assert reply.json["users"][1] == {
        "username": "bob", "email": "bob@example.com", "role": "user", "status": "N",
        "id": id_of_bob, "name": "bob", "task_count": 0,
    }  # fmt: skip


def test_a_list_of_people_comes_by_pages_where_one_asks(
    client: Client, world: World, base: str
) -> None:
    ann, path = sign_up(client, base), f"{base}/users/get_users"
    sign_up(client, base, "bob")
    make_admin(world, "ann")
    reply = ann.get(f"{path}?page=2&page_size=1&other=1")
    assert [user["username"] for user in reply.json["users"]] == ["bob"]
    assert reply.headers["X-Total-Count"] == "2"
    assert ann.get(f"{path}?page=3&page_size=1").json == {"users": []}
    for query in ("page=0", "page=x", "page_size=0", "page_size=1001", "page=1&page=2"):
        refused(ann.get(f"{path}?{query}"), 400, f"{query.partition('=')[0]} is invalid")


def test_admins_read_one_account_by_a_query_or_by_a_body(
    client: Client, world: World, base: str
) -> None:
    ann, path = sign_up(client, base), f"{base}/users/get_user"
    sign_up(client, base, "bob")
    make_admin(world, "ann")
    bob = {"username": "bob", "email": "bob@example.com", "role": "user", "status": "Y"}
    assert ann.get(f"{path}?email=BOB@example.com").json == {"user": bob}
    for query in ("", "?_=1790000000"):
        assert ann.ask("GET", path + query, {"email": "bob@example.com"}).json == {"user": bob}
        assert ann.get(path + query).json["user"]["username"] == "ann"
        assert ann.ask("GET", path + query, {}).json["user"]["username"] == "ann"
    assert ann.get(f"{path}?email=nobody@example.com").json == {"user": None}
    for value in BAD:
        refused(ann.ask("GET", path, {"email": value}), 400, "email is invalid")
    for data in (b"{", b"[]", b"null"):
        refused(ann.get(path, data=data, content_type="application/json"), 400)


@pytest.mark.parametrize("path", PATHS)
def test_others_do_not(client: Client, base: str, path: str) -> None:
    refused(sign_up(client, base).get(base + path), 403, "Permission denied")


@pytest.mark.parametrize("path", PATHS)
def test_an_api_token_of_an_admin_is_no_admin(
    client: Client, world: World, base: str, path: str
) -> None:
    ann = sign_up(client, base)
    make_admin(world, "ann")
    scopes = ["tasks:read", "tasks:write", "account"]
    made = ann.post("/api/auth/tokens", {"name": "t", "scopes": scopes})
    by_token = client.with_token(made.json["token"])
    assert by_token.get(f"{base}/tasks/get_tasks").status == 200
    refused(by_token.get(base + path), 403, "Permission denied")


def test_people_without_a_user_name_are_shown_with_one(
    client: Client, world: World, base: str
) -> None:
    ann = sign_up(client, base)
    make_admin(world, "ann")
    users = world.store.db.users
    users.update_one({"_id": ann.me["id"]}, {"$unset": {"username": "", "username_key": ""}})
    assert ann.get(f"{base}/users/get_user").json["user"]["username"] == "ann"
    users.update_one({"_id": ann.me["id"]}, {"$set": {"tg_name": "annie", "tg_key": "annie"}})
    assert ann.get(f"{base}/users/get_user").json["user"]["username"] == "annie"
