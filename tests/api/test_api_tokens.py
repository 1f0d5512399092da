"""API tokens: shown once, for what their scopes say, taken back at once."""

import hashlib
import re
from typing import Any

import pytest

from tests.api.asking import NOWHERE, OPERATORS, TASKS, refused, unchanged
from tests.api.log_ins import LOGOUT, ME, SESSIONS, TOKENS, lives
from tests.conftest import Clock
from tests.people import Client
from tracker.core.scopes import SCOPES
from tracker.services.api_tokens import MOST
from tracker.store import Store

ALL = list(SCOPES)
Made = dict[str, Any]


OF_TASKS = {"tasks", "trash", "notifications", "events"}
OF_TASKS |= {"tags", "categories", "analytics", "pomodoros"}


def make(client: Client, scopes: list[str] = ALL, **more: Any) -> Made:
    reply = client.post(TOKENS, {"name": "script", "scopes": scopes, **more})
    assert reply.status == 201, reply
    made: Made = reply.json
    return made


def test_a_token_is_shown_once(client: Client, store: Store) -> None:
    ann = client.as_("ann")
    made = make(ann, ["tasks:write", "tasks:read"], expires_at="2030-01-01")
    assert re.fullmatch(r"trk_[A-Za-z0-9_-]{43}", made["token"])
    assert made.pop("token").startswith(made["hint"])
    assert made == {
        "id": made["id"],
        "name": "script",
        "scopes": ["tasks:read", "tasks:write"],
        "hint": made["hint"],
        "created_at": "2026-03-04T05:06:07.891000Z",
        "expires_at": "2030-01-01T00:00:00Z",
        "used_at": None,
    }
    assert ann.get(TOKENS).json == {"tokens": [made]}


def test_only_its_hash_is_kept(client: Client, store: Store) -> None:
    text = make(client.as_("ann"))["token"]
    (kept,) = store.db.api_tokens.find({})
    assert kept["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert text not in str(kept)
    assert "expires_at" not in kept


def test_a_token_lets_its_owner_in(client: Client) -> None:
    ann = client.as_("ann")
    script = client.with_token(make(ann)["token"])
    assert script.me == ann.me
    assert script.post(TASKS, {"title": "x"}).json["creator"]["id"] == ann.me["id"]
    assert [one["current"] for one in script.get(SESSIONS).json["sessions"]] == [False]


def test_scopes_named_twice_count_once(client: Client) -> None:
    assert make(client.as_("ann"), ["account", "account"])["scopes"] == ["account"]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_the_routes_of_its_scope_and_no_other(
    client: Client, store: Store, scope: str
) -> None:
    """Every private method of the document is asked, by a token with this scope alone."""
    token = make(client.as_("ann"), [scope])["token"]
    for path, verbs in client.get("/openapi.json").json["paths"].items():
        for verb, operation in verbs.items():
            needed = scope_of(path, verb)
            if operation["security"] and needed != scope:
                with unchanged(store):
                    reply = client.with_token(token).ask(verb.upper(), re.sub(r"{\w+}", "x", path))
                    told = refused(reply, 403)["detail"]
                assert told.endswith(needed or "log in"), path


def scope_of(path: str, verb: str) -> str | None:
    if path.split("/")[2] in OF_TASKS:
        return "tasks:read" if verb == "get" else "tasks:write"
    return "account" if path.startswith("/api/auth/") else None


def test_the_scopes_open_what_they_name(client: Client) -> None:
    ann = client.as_("ann")
    reads, writes, account = (client.with_token(make(ann, [scope])["token"]) for scope in SCOPES)
    task = writes.post(TASKS, {"title": "x"})
    assert task.status == 201
    assert reads.get(f"{TASKS}/{task.json['id']}").status == 200
    assert reads.ask("HEAD", TASKS).status == 200
    assert reads.get("/api/trash").status == 200
    assert writes.delete(f"{TASKS}/{task.json['id']}").status == 204
    assert account.put(ME, {"full_name": "A"}).status == 200


def test_no_scope_opens_the_export_of_everything(client: Client) -> None:
    script = client.with_token(make(client.as_("ann"))["token"])
    refused(script.get(f"{ME}/export"), 403)


def test_a_token_makes_no_tokens_and_logs_nobody_out(client: Client, store: Store) -> None:
    """Whoever finds one must not be able to outlive its being taken back."""
    script = client.with_token(make(client.as_("ann"))["token"])
    with unchanged(store):
        refused(script.post(TOKENS, {"name": "x", "scopes": ["account"]}), 403)
        refused(script.post(LOGOUT), 403)
        refused(script.post(f"{LOGOUT}?all=true"), 403)
    assert store.db.api_tokens.count_documents({}) == store.db.sessions.count_documents({}) == 1


def test_a_token_is_taken_back_at_once(client: Client) -> None:
    ann = client.as_("ann")
    made, other = make(ann), make(ann)
    assert lives(client, made["token"])
    assert ann.delete(f"{TOKENS}/{made['id']}").status == 204
    assert not lives(client, made["token"])
    assert lives(client, other["token"])
    refused(ann.delete(f"{TOKENS}/{made['id']}"), 404)


def test_a_token_of_somebody_else_is_not_there(client: Client) -> None:
    made = make(client.as_("bob"))
    assert client.as_("ann").get(TOKENS).json == {"tokens": []}
    for token in (made["id"], NOWHERE):
        refused(client.as_("ann").delete(f"{TOKENS}/{token}"), 404)
    assert lives(client, made["token"])


def test_a_token_ends_by_its_time(client: Client, clock: Clock) -> None:
    token = make(client.as_("ann"), expires_at="2026-03-04T06:00:00Z")["token"]
    clock.now = clock.now.replace(hour=5, minute=59, second=59)
    assert lives(client, token)
    clock.advance(seconds=2)
    assert not lives(client, token)
    assert client.as_("ann").get(TOKENS).json == {"tokens": []}


def test_it_outlives_log_ins_but_not_its_owner(client: Client, store: Store) -> None:
    ann = client.as_("ann")
    token = make(ann)["token"]
    ann.post(f"{LOGOUT}?all=true")
    assert lives(client, token)
    store.db.users.update_one({}, {"$set": {"state": "disabled"}})
    assert not lives(client, token)
    store.db.users.delete_one({})
    assert not lives(client, token)


def test_when_it_was_used_is_kept_to_a_minute(client: Client, clock: Clock) -> None:
    ann = client.as_("ann")
    script = client.with_token(make(ann)["token"])

    def used() -> Any:
        return ann.get(TOKENS).json["tokens"][0]["used_at"]

    assert used() is None
    script.get(ME)
    first = used()
    assert first == "2026-03-04T05:06:07.891000Z"
    clock.advance(seconds=59)
    script.get(ME)
    assert used() == first
    clock.advance(seconds=1)
    script.get(ME)
    assert used() == "2026-03-04T05:07:07.891000Z"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "a\nb"),
        ("scopes", []),
        ("scopes", "account"),
        ("scopes", ["account"] * 4),
        ("expires_at", "2026-03-04T05:06:07.891Z"),
        ("expires_at", "yesterday"),
        ("expires_at", 1),
        *(("name", value) for value in OPERATORS),
        *(("expires_at", value) for value in OPERATORS),
    ],
)
def test_a_bad_wish_gets_422_and_makes_nothing(
    client: Client, store: Store, field: str, value: Any
) -> None:
    body = {"name": "x", "scopes": ["account"], field: value}
    refused(client.as_("ann").post(TOKENS, body), 422, f"/{field}")
    assert store.db.api_tokens.count_documents({}) == 0


@pytest.mark.parametrize("scope", ["*", "tasks", "admin", "tasks:read ", "", None, 1, {"$ne": 1}])
def test_only_known_scopes_are_given(client: Client, scope: Any) -> None:
    body = {"name": "x", "scopes": ["account", scope]}
    refused(client.as_("ann").post(TOKENS, body), 422, "/scopes/1")


def test_a_person_may_have_so_many(client: Client, store: Store, clock: Clock) -> None:
    ann = client.as_("ann")
    for _ in range(MOST - 1):
        make(ann)
    expires = make(ann, expires_at="2026-03-05")
    refused(ann.post(TOKENS, {"name": "x", "scopes": ["account"]}), 422)
    assert make(client.as_("bob"))["name"] == "script"
    ann.delete(f"{TOKENS}/{expires['id']}")
    make(ann)
