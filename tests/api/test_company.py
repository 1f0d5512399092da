"""GET /api/auth/users: the people one shares a tree with, and what scopes open of what is new."""

from collections.abc import Iterator

import pytest
import uuid_utils

from config import Config
from tests import invariants
from tests.api.asking import TASKS, make, plant, refused
from tests.api.table import done, share
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tracker import create_app
from tracker.core.scopes import ACCOUNT, TASKS_READ, TASKS_WRITE
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store, assemble

USERS = "/api/auth/users"
READS = (
    "/api/tags", "/api/categories", "/api/categories/1", "/api/pomodoros", "/api/pomodoros/totals",
    "/api/analytics/overview", "/api/analytics/performance", "/api/analytics/trends",
    "/api/analytics/export",
)  # fmt: skip
WRITES = (("/api/tags", {"name": "x"}), ("/api/categories", {"name": "x"}))


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def names(client: Client) -> list[str]:
    return [user["username"] for user in done(client.get(USERS))]


def test_one_is_in_the_best_of_company(ann: Client) -> None:
    ann.as_("bob")
    assert done(ann.get(USERS)) == [ann.seen]


def test_who_shares_a_tree_is_known_by_name(ann: Client) -> None:
    """Owner and members of each, and not those of other trees."""
    zoe, bob, cyd = (ann.as_(name) for name in ("zoe", "bob", "cyd"))
    task = make(ann)["id"]
    for name in ("zoe", "bob"):
        share(ann, task, name, "viewer")
    share(cyd, make(cyd)["id"], "bob", "editor")
    assert names(ann) == names(zoe) == ["ann", "bob", "zoe"]
    assert names(bob) == ["ann", "bob", "cyd", "zoe"]
    assert names(cyd) == ["bob", "cyd"]
    assert done(ann.get(USERS)) == [ann.seen, bob.seen, zoe.seen]
    done(bob.delete(f"{TASKS}/{task}/members"))
    assert names(ann) == ["ann", "zoe"]


def test_who_may_not_come_in_is_left_out(ann: Client, store: Store) -> None:
    ann.as_("bob")
    share(ann, make(ann)["id"], "bob", "viewer")
    store.db.users.update_one({"username": "bob"}, {"$set": {"state": "disabled"}})
    assert names(ann) == ["ann"]
    refused(ann.get(f"{USERS}?page=2"), 422, "/page")


def test_a_token_reads_and_writes_what_its_scopes_open(ann: Client) -> None:
    def token(*scopes: str) -> Client:
        made = ann.post("/api/auth/tokens", {"name": "t", "scopes": list(scopes)})
        return ann.with_token(made.json["token"])

    reads, writes, account = token(TASKS_READ), token(TASKS_READ, TASKS_WRITE), token(ACCOUNT)
    for path in READS:
        assert reads.get(path).status == 200, path
        refused(account.get(path), 403)
    for path, body in WRITES:
        refused(reads.post(path, body), 403)
        assert writes.post(path, body).status == 201


@pytest.fixture(params=["embedded", "wire"])
def opened(request: pytest.FixtureRequest, clock: Clock, config: Config) -> Iterator[Client]:
    """A service whose workspace is open."""
    db = request.getfixturevalue(f"{request.param}_store").db
    store = assemble(db, open_workspace=True)
    world = World(store, clock, lambda: str(uuid_utils.uuid7()))
    yield Client(create_app(config, world))
    invariants.check(store)


def test_in_an_open_workspace_everybody_knows_and_sees_all(opened: Client) -> None:
    ann, bob = opened.as_("ann"), opened.as_("bob")
    ids = plant(ann, ["a", ["b"]], tags=["red"], assigned_to=bob.me["id"])
    assert names(bob) == ["ann", "bob"]
    assert done(bob.get("/api/analytics/overview"))["total_tasks"] == 2
    done(bob.delete(f"{TASKS}/{ids['b']}"))
    assert done(bob.get("/api/analytics/overview"))["total_tasks"] == 1
    assert done(bob.get("/api/analytics/trends"))[-1]["created"] == 1
    told = {
        one["username"]: one["total_assigned"]
        for one in done(ann.get("/api/analytics/performance"))
    }
    assert told == {"ann": 0, "bob": 1}
    assert [line["title"] for line in done(bob.get("/api/analytics/export?format=json"))] == ["a"]
    assert [tag["name"] for tag in done(ann.get("/api/tags"))] == ["red"]
    assert done(bob.get("/api/tags")) == []
    assert bob.post(f"{TASKS}/{ids['a']}/pomodoros").status == 201
    done(bob.post(f"{TASKS}/{ids['a']}/pomodoros/stop"))
    red = done(ann.get("/api/tags"))[0]["id"]
    done(ann.patch(f"/api/tags/{red}", {"name": "crimson"}))
    assert done(bob.get(f"{TASKS}/{ids['a']}"))["tags"][0]["name"] == "crimson"


def test_what_is_ones_own_goes_with_the_account(
    ann: Client, store: Store, world: World, clock: Clock
) -> None:
    task = make(ann, tags=["red"])["id"]
    done(ann.post("/api/categories", {"name": "c4n4ry"}))
    done(ann.post("/api/tags", {"name": "c4n4ry"}))
    done(ann.post(f"{TASKS}/{task}/pomodoros"))
    clock.advance(minutes=25)
    done(ann.post(f"{TASKS}/{task}/pomodoros/stop"))
    told = done(ann.get("/api/auth/me/export"))
    assert [one["name"] for one in told["categories"]] == ["General", "c4n4ry"]
    assert [(one["task"], one["state"]) for one in told["pomodoros"]] == [(task, "done")]
    assert ann.ask("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    for _ in range(2):
        sweeping.sweep(world)
        clock.advance(minutes=6)
    for name in ("categories", "pomodoros"):
        assert store.db[name].count_documents({}) == 0
    assert "c4n4ry" not in str(list(store.db.users.find({})))
