"""Two dialects that share `/tasks` at the root, in a workspace open to everybody."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import uuid_utils

from config import Config
from tests import invariants
from tests.conftest import Clock
from tests.dialects.doors import needs
from tests.people import Client
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store, assemble

BOTH = ("flask_tracker", "dispatcher")
NOWHERE = "/tasks/01890000-0000-7000-8000-000000000000"

pytestmark = needs(*BOTH)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=BOTH)


@pytest.fixture(params=["embedded", "wire"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    db = request.getfixturevalue(f"{request.param}_store").db
    store = assemble(db, open_workspace=True)
    yield store
    invariants.check(store)


@pytest.fixture
def client(config: Config, store: Store, clock: Clock) -> Client:
    world = World(store, clock, lambda: str(uuid_utils.uuid7()))
    return Client(create_app(config, world))


def test_one_shows_everybodys_tasks_and_the_other_ones_own(client: Client) -> None:
    ann, bob = client.as_("ann"), client.as_("bob")
    task = ann.post("/tasks", {"summary": "s"}).json["task_id"]
    assert [one["_id"] for one in bob.get("/tasks").json["tasks"]] == [task]
    assert bob.put(f"/tasks/{task}", {"summary": "bob was here"}).status == 200
    assert bob.get("/tasks/").json == []
    assert [one["title"] for one in ann.get("/tasks/").json] == ["bob was here"]


def test_a_task_is_whose_id_it_has_and_what_is_neithers_is_refused_in_both_words(
    client: Client,
) -> None:
    reply = client.put("/tasks/x", {"summary": "x"})
    assert (reply.status, {*reply.json}) == (404, {"detail", "error", "message"})
    assert client.put("/tasks/1", {"title": "x"}).json == {"detail": "Not authenticated"}
    reply = client.put(NOWHERE, {"summary": "x"})
    text = "Token is missing"
    assert (reply.status, reply.json) == (401, {"error": text, "message": text})
