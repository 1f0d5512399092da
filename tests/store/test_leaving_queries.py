"""What admins ask, what holds back, what going and exporting ask: each has its index."""

import pytest
import uuid_utils

from config import Config
from tests.api.table import share
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tests.store.serving import Command, is_served, queries
from tests.wire import Ear
from tracker import create_app
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import Store


@pytest.fixture
def world(wire_store: Store, clock: Clock) -> World:
    return World(wire_store, clock, lambda: str(uuid_utils.uuid7()))


@pytest.fixture
def client(config: Config, world: World) -> Client:
    return Client(create_app(config, world))


def test_every_query_has_a_declared_index(
    client: Client, world: World, clock: Clock, ear: Ear
) -> None:
    root, ann, bob = (client.as_(name) for name in ("root", "ann", "bob"))
    world.store.db.users.update_one({"username": "root"}, {"$set": {"role": "admin"}})
    mine = ann.post("/api/tasks", {"title": "mine"}).json["id"]
    theirs = bob.post("/api/tasks", {"title": "theirs"}).json["id"]
    share(bob, theirs, "ann", "editor")
    share(ann, mine, "bob", "editor")
    ear.heard.clear()
    _administer(root, bob.me["id"])
    assert ann.get("/api/auth/me/export").status == 200
    assert ann.ask("DELETE", "/api/auth/me", {"password": "wrong"}).status == 403
    assert ann.ask("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 202
    for _ in range(2):
        assert sweeping.sweep(world).left == 1
        clock.advance(minutes=5)
    assert _unserved(ear.heard) == []


def _administer(root: Client, user: str) -> None:
    for query in ("", "?search=an", "?role=admin", "?role=user&search=b&page=2"):
        assert root.get(f"/api/admin/users{query}").status == 200
    for deed in ("disable", "enable"):
        assert root.post(f"/api/admin/users/{user}/{deed}").status == 200
    for role in ("admin", "user"):
        assert root.put(f"/api/admin/users/{user}/role", {"role": role}).status == 200


def _unserved(heard: list[Command]) -> list[object]:
    asked = [query for command in heard for query in queries(command)]
    assert len(asked) > 50
    return [query for query in asked if not is_served(*query)]
