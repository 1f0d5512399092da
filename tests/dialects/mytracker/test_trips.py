"""MyTracker's nested answers take two round trips at most, however many tasks they show.

The session, which each request reads, does not count.
"""

import io
from collections.abc import Callable

import pytest
import uuid_utils

from config import Config
from tests.conftest import Clock
from tests.dialects.mytracker.bots import Bot
from tests.people import Client
from tests.post import Box
from tests.store.serving import is_served, queries
from tests.wire import Ear
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store

SESSION = 1


@pytest.fixture
def world(wire_store: Store, clock: Clock, box: Box) -> World:
    """On the store of which every query can be heard."""
    return World(wire_store, clock, lambda: str(uuid_utils.uuid7()), box)


@pytest.fixture
def ann(config: Config, world: World, box: Box, log: io.BytesIO) -> Bot:
    return Bot(create_app(config, world, log_to=log), world, box).logged_in()


@pytest.fixture
def count(ear: Ear) -> Callable[[Callable[[], object]], int]:
    def trips(deed: Callable[[], object]) -> int:
        ear.heard.clear()
        deed()
        asked = [query for command in ear.heard for query in queries(command)]
        assert [query for query in asked if not is_served(*query)] == []
        return len(ear.heard) - SESSION

    return trips


def plant(ann: Bot, trees: int, below: int) -> int:
    """So many trees of so many tasks below a root; answers the number of the last one."""
    native = Client(ann.app, ann.token)
    draft = {"title": "r", "subtasks": [{"title": "s"}] * below}
    made = []
    while trees:
        part = min(trees, 100)
        body = {"tasks": [draft] * part}
        made = native.post("/api/tasks/bulk", body).json
        trees -= part
    return int(made[-1]["number"])


@pytest.mark.parametrize(("trees", "below"), [(1, 999), (10, 99), (200, 4)])
def test_a_thousand_tasks_take_two_round_trips_at_most(
    ann: Bot, count: Callable[[Callable[[], object]], int], trees: int, below: int
) -> None:
    number = plant(ann, trees, below)
    shown = ann.get("/bot/my_tasks").json
    assert sum(1 + len(tree["subtasks"]) for tree in shown) == 1_000
    assert count(lambda: ann.get("/bot/my_tasks")) == 1
    assert count(lambda: ann.get("/bot/my_tasks?page=1&page_size=1")) == 2
    assert count(lambda: ann.get(f"/bot/my_task/{number}")) == 2
