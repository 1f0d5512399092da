"""Admins: who becomes one, what only they may do, and that what they do acts at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.api.asking import NOWHERE, refused
from tests.people import PASSWORD, Client, Reply
from tracker import create_app
from tracker.services import roles
from tracker.services.world import World
from tracker.store import Store
from tracker.store import roles as stored

USERS = "/api/admin/users"


@pytest.fixture
def root(client: Client, store: Store) -> Client:
    """The only admin."""
    made = client.as_("root")
    store.db.users.update_one({"username": "root"}, {"$set": {"role": "admin"}})
    return made


def put(admin: Client, user: Client, role: str) -> Reply:
    return admin.put(f"{USERS}/{user.me['id']}/role", {"role": role})


def register(client: Client, name: str, **other: Any) -> Reply:
    body = {"email": f"{name}@example.com", "username": name, "full_name": name}
    return client.post("/api/auth/register", {**body, "password": PASSWORD, **other})


def listed(client: Client, query: str = "") -> list[str]:
    reply = client.get(f"{USERS}?{query}".rstrip("?"))
    assert reply.status == 200, reply
    return [user["username"] for user in reply.json["users"]]


# the first one


def test_in_development_the_first_who_asks_becomes_an_admin(client: Client) -> None:
    found = [register(client, name, role="admin").json["access_token"] for name in ("ann", "bob")]
    ann, bob = (client.with_token(token) for token in found)
    assert ann.get(USERS).status == 200
    assert bob.get(USERS).status == 403


def test_a_sign_up_that_does_not_ask_does_not_become_one(client: Client) -> None:
    client.as_("ann")
    register(client, "bob", role="user")
    register(client, "cay", role="developer")
    dan = client.with_token(register(client, "dan", role="admin").json["access_token"])
    assert client.as_("ann").get(USERS).status == 403
    assert listed(dan, "role=admin") == ["dan"]


def test_where_an_admin_was_made_otherwise_nobody_becomes_one(root: Client) -> None:
    token = register(root, "ann", role="admin").json["access_token"]
    assert root.with_token(token).get(USERS).status == 403


def test_in_production_nobody_becomes_one(config: Config, world: World) -> None:
    client = Client(create_app(replace(config, environment="production"), world))
    token = register(client, "ann", role="admin").json["access_token"]
    assert client.with_token(token).get(USERS).status == 403


def test_of_many_who_ask_at_once_one_becomes_an_admin(world: World, store: Store) -> None:
    people = [{"_id": str(n), "number": n, "role": "user", "state": "active"} for n in range(8)]
    store.db.users.insert_many(people)
    start = threading.Barrier(len(people))

    def ask(user: dict[str, Any]) -> None:
        start.wait()
        roles.crown(world, user)

    threads = [threading.Thread(target=ask, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.db.users.count_documents({"role": "admin"}) == 1


@pytest.mark.parametrize("role", [1, {"$ne": "user"}, ["admin"], "x" * 51])
def test_a_role_that_is_no_short_text_gets_422(client: Client, role: Any) -> None:
    refused(register(client, "ann", role=role), 422)


# what admins do


def test_only_admins_pass(root: Client, store: Store) -> None:
    ann = root.as_("ann")
    me = root.me["id"]
    for asker, status in ((ann, 403), (root.with_token(None), 401)):
        refused(asker.get(USERS), status)
        refused(asker.post(f"{USERS}/{me}/disable"), status)
        refused(asker.post(f"{USERS}/{me}/enable"), status)
        refused(asker.put(f"{USERS}/{me}/role", {"role": "user"}), status)
    assert ann.get(f"{USERS}/{NOWHERE}/disable").status == 405
    assert store.db.users.find_one({"username": "root"})["role"] == "admin"


def test_an_admin_makes_admins_and_unmakes_them(root: Client) -> None:
    ann = root.as_("ann")
    made = put(root, ann, "admin")
    assert (made.status, made.json["role"]) == (200, "admin")
    assert ann.get(USERS).status == 200
    assert put(ann, root, "user").status == 200
    assert root.get(USERS).status == 403
    assert put(root, ann, "user").status == 403


def test_a_disabled_account_is_refused_with_the_next_request(root: Client) -> None:
    ann = root.as_("ann")
    disabled = root.post(f"{USERS}/{ann.me['id']}/disable")
    assert (disabled.status, disabled.json["state"], disabled.json["is_active"]) == (
        200,
        "disabled",
        False,
    )
    assert ann.get("/api/auth/me").status == 401
    login = {"email": "ann@example.com", "password": PASSWORD}
    assert root.with_token(None).post("/api/auth/login", login).status == 403


def test_an_enabled_account_comes_back_without_its_old_sessions(root: Client) -> None:
    ann = root.as_("ann")
    user = ann.me["id"]
    for deed, state in (("disable", "disabled"), ("enable", "active"), ("enable", "active")):
        done = root.post(f"{USERS}/{user}/{deed}")
        assert (done.status, done.json["state"]) == (200, state)
    assert ann.get("/api/auth/me").status == 401
    login = {"email": "ann@example.com", "password": PASSWORD}
    assert root.with_token(None).post("/api/auth/login", login).status == 200


def test_sessions_of_a_disabled_account_that_a_crash_left_do_not_come_back(
    root: Client, store: Store
) -> None:
    """A process may die behind the disabling itself, before it has removed a single session."""
    ann = root.as_("ann")
    user = ann.me["id"]
    stored.put(store, user, {"state": "disabled"}, among=("active",))
    assert root.post(f"{USERS}/{user}/enable").status == 200
    assert store.db.sessions.count_documents({"user": user}) == 1
    assert ann.get("/api/auth/me").status == 401


def test_an_account_that_was_never_confirmed_waits_for_that_again(
    root: Client, world: World, store: Store
) -> None:
    user = root.as_("ann").me["id"]
    waiting = {"state": "unconfirmed", "confirm_by": world.now()}
    store.db.users.update_one({"_id": user}, {"$set": waiting})
    root.post(f"{USERS}/{user}/disable")
    assert root.post(f"{USERS}/{user}/enable").json["state"] == "unconfirmed"


def test_the_last_admin_can_neither_demote_nor_disable_himself(root: Client, store: Store) -> None:
    before = list(store.db.users.find({}))
    refused(put(root, root, "user"), 409)
    refused(root.post(f"{USERS}/{root.me['id']}/disable"), 409)
    refused(root.ask("DELETE", "/api/auth/me", {"password": PASSWORD}), 409)
    assert list(store.db.users.find({})) == before
    assert root.get(USERS).status == 200


def test_a_disabled_admin_is_no_admin_who_is_left(root: Client) -> None:
    ann = root.as_("ann")
    put(root, ann, "admin")
    root.post(f"{USERS}/{ann.me['id']}/disable")
    refused(put(root, root, "user"), 409)


def test_of_two_admins_who_end_each_other_at_once_one_stays(root: Client, store: Store) -> None:
    ann = root.as_("ann")
    put(root, ann, "admin")
    ids = {"root": root.me["id"], "ann": ann.me["id"]}
    start = threading.Barrier(2)

    def end(asker: Client, other: str) -> None:
        start.wait()
        asker.put(f"{USERS}/{other}/role", {"role": "user"})

    threads = [
        threading.Thread(target=end, args=pair) for pair in ((root, ids["ann"]), (ann, ids["root"]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.db.users.count_documents({"role": "admin", "state": "active"}) >= 1


def test_what_admins_do_is_logged_with_who_to_whom_and_in_which_request(
    root: Client, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    ann = root.as_("ann")
    ids = {"actor": root.me["id"], "user": ann.me["id"]}
    sent = {"X-Request-Id": "mine"}
    root.put(f"{USERS}/{ids['user']}/role", {"role": "admin"}, headers=sent)
    root.post(f"{USERS}/{ids['user']}/disable", headers=sent)
    put(root, root, "user")
    ann.get(USERS)
    events = [line for line in log_lines() if line["event"].startswith(("role_", "user_"))]
    assert [line["event"] for line in events] == ["role_admin", "user_disabled"]
    for line in events:
        assert {name: line[name] for name in ids} == ids
        assert line["request_id"] == "mine"


@pytest.mark.parametrize("deed", ["disable", "enable"])
def test_what_is_not_there_gets_404(root: Client, deed: str) -> None:
    refused(root.post(f"{USERS}/{NOWHERE}/{deed}"), 404)
    refused(root.put(f"{USERS}/{NOWHERE}/role", {"role": "admin"}), 404)
    refused(root.post(f"{USERS}/x.$where/{deed}"), 422)


def test_an_account_that_is_leaving_cannot_be_brought_back(root: Client, store: Store) -> None:
    ann = root.as_("ann")
    user = ann.me["id"]
    assert ann.ask("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    refused(root.post(f"{USERS}/{user}/disable"), 409)
    refused(root.post(f"{USERS}/{user}/enable"), 409)
    refused(root.put(f"{USERS}/{user}/role", {"role": "admin"}), 409)
    assert store.db.users.find_one({"_id": user})["state"] == "deleting"


@pytest.mark.parametrize("role", ["root", "", None, {"$ne": "user"}, ["admin"], 1])
def test_a_role_is_one_of_two_words(root: Client, role: Any) -> None:
    refused(root.put(f"{USERS}/{root.me['id']}/role", {"role": role}), 422, "/role")


def test_the_list_has_pages_and_goes_by_number(root: Client) -> None:
    for name in ("ann", "bob", "cay"):
        root.as_(name)
    assert listed(root) == ["root", "ann", "bob", "cay"]
    second = root.get(f"{USERS}?page=2&page_size=3").json
    assert [user["username"] for user in second["users"]] == ["cay"]
    assert (second["total"], second["page"], second["page_size"]) == (4, 2, 3)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("an", ["ann", "anton"]),
        ("ANN", ["ann"]),
        ("anton@example.com", ["anton"]),
        ("nn", []),
        (".*", []),
        ("%00", None),
        ("", None),
    ],
)
def test_the_list_is_searched_by_how_names_begin(
    root: Client, search: str, found: list[str] | None
) -> None:
    for name in ("ann", "anton", "bob"):
        root.as_(name)
    if found is None:
        refused(root.get(f"{USERS}?search={search}"), 422, "/search")
    else:
        assert listed(root, f"search={search}") == found


def test_the_list_shows_no_secret(root: Client) -> None:
    reply = root.get(USERS)
    assert set(reply.json["users"][0]) == {
        "id", "number", "email", "username", "full_name", "avatar_url", "is_active", "created_at",
        "role", "state",
    }  # fmt: skip
    assert b"argon2" not in reply.body
