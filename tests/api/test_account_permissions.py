"""Who may ask what of accounts: every method of the blueprints `users` and `admin` × user, admin,
API tokens of each scope, people who were disabled or have left, nobody.
"""

from collections.abc import Iterator

import pytest

from tests.api.asking import refused, unchanged
from tests.people import PASSWORD, Client, Reply
from tracker.api import TABLE
from tracker.api.openapi import VERBS
from tracker.core.scopes import ACCOUNT, TASKS_READ, TASKS_WRITE
from tracker.store import Store

Method = tuple[str, str]

ADMIN_BODIES = {("PUT", "/api/admin/users/<user_id>/role"): {"role": "admin"}}


def methods(blueprint: str) -> Iterator[tuple[Method, bool]]:
    """Each verb of each route, and whether it is open to everybody."""
    prefix, routes = TABLE[blueprint]
    for rule, resource in routes:
        for verb in VERBS:
            if verb in (resource.methods or ()):
                is_open = getattr(getattr(resource, verb.lower()), "public", False)
                yield (verb, prefix + rule), is_open


PRIVATE = [
    method for name in ("users", "admin") for method, is_open in methods(name) if not is_open
]
ADMINS = [method for method, _ in methods("admin")]


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def ask(client: Client, method: Method, user: str) -> Reply:
    """With a body where one is needed to get as far as the right."""
    verb, rule = method
    path = rule.replace("<user_id>", user).replace("<session_id>", user).replace("<token_id>", user)
    return client.ask(verb, path, ADMIN_BODIES.get(method))


def with_scopes(client: Client, *scopes: str) -> Client:
    made = client.post("/api/auth/tokens", {"name": "t", "scopes": list(scopes)})
    assert made.status == 201
    return client.with_token(made.json["token"])


def test_no_admin_method_is_open_to_everybody() -> None:
    assert {is_open for _, is_open in methods("admin")} == {False}


def test_who_is_not_known_or_no_longer_gets_401(ann: Client, store: Store) -> None:
    bob, cay, me = ann.as_("bob"), ann.as_("cay"), ann.me["id"]
    store.db.users.update_one({"username": "bob"}, {"$set": {"state": "disabled"}})
    assert cay.ask("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    with unchanged(store):
        for method in PRIVATE:
            for asker in (ann.with_token(None), ann.with_token("x.y.z"), bob, cay):
                refused(ask(asker, method, me), 401)


@pytest.mark.parametrize("method", ADMINS, ids=" ".join)
def test_only_admins_administer(ann: Client, store: Store, method: Method) -> None:
    ids = {name: ann.as_(name).me["id"] for name in ("bob", "root")}
    with unchanged(store):
        refused(ask(ann, method, ids["bob"]), 403)
        refused(ask(with_scopes(ann, ACCOUNT, TASKS_READ, TASKS_WRITE), method, ids["bob"]), 403)
    store.db.users.update_one({"username": "root"}, {"$set": {"role": "admin"}})
    root = ann.as_("root")
    with unchanged(store):
        refused(ask(with_scopes(root, ACCOUNT), method, ids["bob"]), 403)
    assert ask(root, method, ids["bob"]).status == 200


def test_an_api_token_for_tasks_opens_no_account(ann: Client, store: Store) -> None:
    token, me = with_scopes(ann, TASKS_READ, TASKS_WRITE), ann.me["id"]
    with unchanged(store):
        for method in PRIVATE:
            refused(ask(token, method, me), 403)
