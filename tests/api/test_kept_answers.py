"""Answers that are kept, with a real Redis: never older than a write, whatever becomes of Redis."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis

from config import Config
from tests.api.asking import TASKS, make
from tests.api.table import done, share
from tests.conftest import Clock
from tests.faults.crashing import crash_at, crashes, process
from tests.people import Client
from tests.processes import Running, redis_server
from tests.store.wrapped import Call, wrap
from tracker import create_app
from tracker.services import making, sweeping
from tracker.services.world import World
from tracker.store import Store

PATHS = ("/api/analytics/overview", "/api/analytics/trends?days=7")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Running]]:
    with redis_server() as found:
        yield found


@pytest.fixture
def url(server: tuple[str, Running]) -> str:
    found: Any = redis.Redis.from_url(server[0])
    found.flushall()
    found.close()
    return server[0]


class Web:
    """A process of the service, and what it has counted in the database."""

    def __init__(self, config: Config, world: World, url: str, people: dict[str, str]) -> None:
        self.sums = 0
        self.before_revs: list[Callable[[], None]] = []
        world = replace(world, store=wrap(world.store, self._around))
        app = create_app(replace(config, redis_url=url), world, log_to=io.BytesIO())
        self.client = Client(app, None, people)

    def __call__(self, name: str = "ann") -> Client:
        return self.client.as_(name)

    def _around(self, call: Call) -> Any:
        self.sums += call.name == "task_paths.aggregate"
        if call.name == "trees.find" and call.args[0].keys() == {"owner"} and self.before_revs:
            self.before_revs.pop()()
        return call.run()


@pytest.fixture
def web(config: Config, world: World) -> Callable[[str], Web]:
    people: dict[str, str] = {}
    return lambda url: Web(config, world, url, people)


def both(client: Client) -> tuple[int, int]:
    """What the overview and today's line of the trends count."""
    overview, trends = (done(client.get(path)) for path in PATHS)
    assert overview["by_status"]["completed"] == overview["completed"]
    return overview["total_tasks"], trends[-1]["created"]


def test_an_answer_is_made_once_for_all_processes(web: Callable[[str], Web], url: str) -> None:
    one, other = web(url), web(url)
    make(one())
    assert both(one()) == (1, 1)
    before = one.sums, other.sums
    assert both(one()) == both(other()) == (1, 1)
    assert (one.sums, other.sums) == before == (2, 0)
    make(other())
    assert both(one()) == (2, 2)


def test_without_redis_an_answer_is_kept_in_the_process(web: Callable[[str], Web]) -> None:
    one = web("")
    make(one())
    for _ in range(3):
        assert both(one()) == (1, 1)
    assert one.sums == 2
    make(one())
    assert both(one()) == (2, 2)


def test_each_has_their_own(web: Callable[[str], Web], url: str) -> None:
    one = web(url)
    task = make(one())["id"]
    assert (both(one()), both(one("bob"))) == ((1, 1), (0, 0))
    share(one(), task, "bob", "editor")
    assert both(one("bob")) == (1, 1)
    done(one("bob").post(TASKS, {"title": "x", "parent_id": task}))
    assert (both(one()), both(one("bob"))) == ((2, 2), (2, 2))
    done(one("bob").delete(f"{TASKS}/{task}/members"))
    assert both(one("bob")) == (0, 0)


def test_redis_that_was_away_brings_back_nothing_old(
    web: Callable[[str], Web], url: str, clock: Clock, server: tuple[str, Running]
) -> None:
    """It keeps what it knew while it hangs; who wrote meanwhile could not tell it."""
    one, other = web(url), web(url)
    make(one())
    assert both(other()) == (1, 1)
    hung: Any = redis.Redis.from_url(url)
    hung.execute_command("CLIENT", "PAUSE", "600", "ALL")
    make(one())
    assert both(one()) == (2, 2)
    hung.execute_command("CLIENT", "UNPAUSE")
    assert both(other()) == (2, 2)
    clock.advance(seconds=10)
    assert both(one()) == both(other()) == (2, 2)
    hung.close()


def test_no_redis_at_all_is_no_fault(web: Callable[[str], Web]) -> None:
    one = web("redis://127.0.0.1:1/0")
    make(one())
    assert both(one()) == (1, 1)
    make(one())
    assert both(one()) == (2, 2)
    assert done(one().get(TASKS))["total"] == 2


@pytest.mark.parametrize("with_redis", [True, False])
def test_what_is_half_written_is_not_kept(
    web: Callable[[str], Web], url: str, store: Store, clock: Clock, with_redis: bool
) -> None:
    """Between the reader's two looks at the trees another process commits, and writes its rows
    later: these are rows of the version before.
    """
    one = web(url if with_redis else "")
    task = make(one())["id"]
    ann = store.db.users.find_one({"username": "ann"})
    assert ann

    def commit() -> None:
        doomed = process(store, clock, crash_at(2))  # behind the number, and the commit
        draft = {"title": "x", "parent_id": task}
        assert crashes(lambda: making.create(doomed, ann, draft))

    one.before_revs.append(commit)
    assert done(one().get(PATHS[0]))["total_tasks"] == 1
    assert one.before_revs == []
    sweeping.sweep(process(store, clock))
    assert both(one()) == (2, 2)
