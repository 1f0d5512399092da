"""python -m bench.deadlines [--short] [--check] [--mongodb]: do others wait while very many
deadlines are told?

100,000 tasks whose deadlines passed while nothing swept, in trees of 100, and one person who reads
a task again and again: in the embedded store, with the sweep in the process that answers, as the
web process has it. Prints how many tasks are told a second, the memory of the process, which holds
the store with all notifications, and the median of the reads beside the sweep as a multiple of the
quiet one. --check ends with 1 where that is over 1.5, or the last tenth of the tasks takes more
than twice as long as the first.

With --mongodb a service as the Procfile starts it, on the server that the tests find, and the sweep
in a process of its own, as the worker has it; there --check also ends with 1 where that grows by
more than a tenth. The tests' server looks through a whole collection for each guarded write, so it
gets the tasks in portions of 2,000, one after the other.
"""

import argparse
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson

from config import Config
from tests import wire
from tests.processes import KEY, PROCFILE, running
from tracker.services import sweeping
from tracker.services.world import World, real
from tracker.store import Store, connect, indexes
from tracker.worker import sweeper

from . import backlogs, services
from .backlogs import MOST_GROWN, MOST_SLOWER, Figures, Step
from .storms import FORKING, Client

MANY, FEW, PORTION = 100_000, 2_000, 2_000
QUIET_SECONDS = 5.0
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Read = Callable[[], object]
Where = dict[str, str]


def main() -> None:
    asked = _arguments()
    tasks = FEW if asked.short else MANY
    figures = _on_server(tasks) if asked.mongodb else _embedded(tasks)
    is_flat = not asked.mongodb or figures.grown <= MOST_GROWN
    if asked.check and not (is_flat and figures.is_steady and figures.slower <= MOST_SLOWER):
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.deadlines", description="Measure.")
    parser.add_argument("--short", action="store_true", help=f"{FEW:,} tasks instead of {MANY:,}")
    parser.add_argument("--check", action="store_true", help="end with 1 where others wait")
    parser.add_argument("--mongodb", action="store_true", help="on the tests' server")
    return parser.parse_args()


def _embedded(tasks: int) -> Figures:
    with services.embedded() as ann:
        task = orjson.loads(ann.ask("POST", "/api/tasks", {"title": "quiet"}))
        backlogs.plant(ann.world, task["created_by"], tasks)

        def read() -> None:
            ann.ask("GET", f"/api/tasks/{task['id']}")

        quiet = backlogs.reads(read, backlogs.lasting(QUIET_SECONDS))
        steps: list[Step] = []
        thread = threading.Thread(target=_sweep, args=(ann.world, steps))
        thread.start()
        beside = backlogs.reads(read, thread.is_alive)
        quiet += backlogs.reads(read, backlogs.lasting(QUIET_SECONDS))
        _check(ann.world.store, tasks)
        return backlogs.show([steps], quiet, beside)


def _sweep(world: World, steps: list[Step]) -> None:
    """Sweep until nothing is due any more."""

    def note(seconds: float) -> None:
        sweeper.rest(seconds)
        steps.append(backlogs.step())

    steps.append(backlogs.step())
    while sweeping.sweep(world, rest=note).fired:
        pass


def _on_server(tasks: int) -> Figures:
    with wire.server() as uri:
        if uri is None:
            raise SystemExit(f"bench: {wire.MISSING}")
        where = {"MONGODB_URI": uri, "MONGODB_DATABASE": f"bench_{uuid.uuid4().hex}"}
        with _service(where) as address:
            read, task = _reader(address)
            quiet = backlogs.reads(read, backlogs.lasting(QUIET_SECONDS))
            portions, beside = _told(where, task, tasks, read)
            quiet += backlogs.reads(read, backlogs.lasting(QUIET_SECONDS))
        _apart(_drop, where)
        return backlogs.show(portions, quiet, beside)


@contextmanager
def _service(where: Where) -> Iterator[str]:
    """Where it listens; it sweeps at its start, before there is anything to tell."""
    settings = {"PORT": "0", "SECRET_KEY": KEY, "LOG_LEVEL": "error", "SWEEP_SECONDS": "3600"}
    settings |= {"WEB_CONCURRENCY": "1", "RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_USER": "0"}
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        _apart(_prepare, where)
        with running(PROCFILE["web"], DATA=folder, **settings, **where) as web:
            yield web.line(r"serves on http://(\S+)")[1]


def _reader(address: str) -> tuple[Read, dict[str, Any]]:
    """One read of a task that is never due, and that task."""
    person = {"username": "ann", "full_name": "Ann", **services.credentials("ann")}
    _, body = Client(address).ask("POST", "/api/auth/register", person)
    client = Client(address, orjson.loads(body)["access_token"])
    _, body = client.ask("POST", "/api/tasks", {"title": "quiet"})
    task = orjson.loads(body)

    def read() -> None:
        status, body = client.ask("GET", f"/api/tasks/{task['id']}")
        if status != 200:
            raise RuntimeError(f"{status} {body[:200]!r}")

    return read, task


def _told(
    where: Where, task: dict[str, Any], tasks: int, read: Read
) -> tuple[list[list[Step]], list[float]]:
    """Have one process tell portion after portion; what it did, and the times of reads beside."""
    orders, over, told = FORKING.SimpleQueue(), FORKING.Event(), FORKING.SimpleQueue()
    process = FORKING.Process(target=_work, args=(where, orders, over, told))
    process.start()
    portions: list[list[Step]] = []
    beside: list[float] = []
    for portion in [min(PORTION, tasks)] * (tasks // min(PORTION, tasks)):
        _apart(_plant, where, task, portion)
        orders.put(portion)
        beside += backlogs.reads(read, lambda: not over.is_set() and process.is_alive())
        if not over.is_set():
            raise SystemExit("bench: the sweep failed")
        portions.append(told.get())
        over.clear()
    orders.put(0)
    process.join()
    return portions, beside


def _work(where: Where, orders: Any, over: Any, told: Any) -> None:
    """Sweep as often as it is asked for, as a worker does."""
    world = real(_store(where))
    while portion := orders.get():
        steps: list[Step] = []
        _sweep(world, steps)
        _check(world.store, portion)
        over.set()
        told.put(steps)


def _apart(deed: Callable[..., None], where: Where, *rest: Any) -> None:
    """Do something in a process of its own, so that this one keeps nothing of it in memory."""
    process = FORKING.Process(target=deed, args=(where, *rest))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"bench: {deed.__name__} failed")


def _prepare(where: Where) -> None:
    indexes.create(_store(where).db)


def _plant(where: Where, task: dict[str, Any], tasks: int) -> None:
    """A portion in the place of the one before."""
    world = real(_store(where))
    for name in ("trees", "task_paths", "notifications", "history"):
        world.store.db[name].delete_many({"_id": {"$ne": task["id"]}})
    backlogs.plant(world, task["created_by"], tasks)


def _drop(where: Where) -> None:
    db = _store(where).db
    db.client.drop_database(db.name)


def _store(where: Where) -> Store:
    uri, database = where["MONGODB_URI"], where["MONGODB_DATABASE"]
    return connect(Config(secret_key=KEY, mongodb_uri=uri, mongodb_database=database))


def _check(store: Store, tasks: int) -> None:
    """Raises AssertionError unless everything was told once."""
    assert store.db.notifications.count_documents({}) == tasks
    assert store.db.task_paths.count_documents({"next_fire_at": {"$gt": LONG_AGO}}) == 0


if __name__ == "__main__":
    main()
