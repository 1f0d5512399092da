"""Both stores, a world whose clock tests set, the application, a client that logs in by name."""

import gc
import io
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pymongo
import pytest
import uuid_utils
from flask import Flask

from config import Config
from tests import invariants, wire
from tests.people import Client
from tests.post import Box
from tracker import create_app
from tracker.files.folder import Folder
from tracker.services.world import World
from tracker.store import Store, assemble, embedded

START = datetime(2026, 3, 4, 5, 6, 7, 891_000, tzinfo=UTC)
SECRET = "a secret of the tests, longer than 32 bytes"
WIRE = pytest.StashKey[str]()
SERVER = pytest.StashKey[str | None]()
PATIENCE = 60.0
MEMORY = Path("/dev/shm")
ROOM = 2**30


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def ear() -> wire.Ear:
    """Hears the commands that go over the wire; empty `ear.heard` first."""
    return wire.Ear()


@pytest.fixture(scope="session")
def wire_client(request: pytest.FixtureRequest, ear: wire.Ear) -> Iterator[Any]:
    """A client of the test server; tests that need it are skipped where there is none."""
    given = getattr(request.config, "workerinput", {})
    with nullcontext(given["wire"]) if "wire" in given else wire.server() as uri:
        request.config.stash[WIRE] = f"ran on {uri}" if uri else f"SKIPPED: {wire.MISSING}"
        if uri is None:
            (pytest.fail if os.environ.get("REQUIRE_WIRE") == "1" else pytest.skip)(wire.MISSING)
        with wire.connect(uri, ear) as client:
            yield client


@pytest.fixture
def wire_store(
    wire_client: "pymongo.MongoClient[dict[str, Any]]", ear: wire.Ear
) -> Iterator[Store]:
    """An empty database over the wire, dropped afterwards. Its server is no MongoDB: it scans where
    there is an index, so the largest trees may take it longer than a request has.
    """
    ear.heard.clear()
    name = f"test_{uuid.uuid4().hex}"
    yield assemble(wire_client[name], prepare=True, patience=PATIENCE)
    wire_client.drop_database(name)


@pytest.fixture
def disk() -> Iterator[Path]:
    """An empty folder for the store and the files of one test. It lies in memory where there is
    room, for they sync at every write, which takes a disk longer than most tests take.
    """
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with TemporaryDirectory(prefix="tracker-", dir=MEMORY if is_roomy else None) as folder:
        yield Path(folder)


@pytest.fixture
def embedded_store(disk: Path) -> Iterator[Store]:
    """An empty embedded store in a folder of its own."""
    store = assemble(embedded.open_store(disk / "store"), prepare=True)
    yield store
    store.close()


@pytest.fixture(params=["embedded", "wire"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each store in turn; after the test it must be as every store must be."""
    store: Store = request.getfixturevalue(f"{request.param}_store")
    yield store
    invariants.check(store)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box() -> Box:
    """Where the letters of `world` go, once its jobs are done."""
    return Box()


@pytest.fixture
def world(store: Store, clock: Clock, box: Box, disk: Path) -> World:
    blobs = Folder(disk / "files")
    return World(store, clock, lambda: str(uuid_utils.uuid7()), box, blobs=blobs)


@pytest.fixture
def config() -> Config:
    """General limits are off: many a test asks more often than a person may. So are dialects, whose
    addresses would take longer to put up than most tests take.
    """
    return Config(
        secret_key=SECRET,
        dialects=(),
        password_cost="cheap",
        cors_origins=("https://good.example",),
        rate_limit_anonymous=0,
        rate_limit_user=0,
    )


@pytest.fixture
def log() -> io.BytesIO:
    """Where the application writes its log."""
    return io.BytesIO()


@pytest.fixture
def log_lines(log: io.BytesIO) -> Callable[[], list[dict[str, Any]]]:
    """The log so far, line by line."""
    return lambda: [orjson.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture
def app(config: Config, world: World, log: io.BytesIO) -> Flask:
    """With TESTING off: errors are answered as they are in production."""
    return create_app(config, world, log_to=log)


@pytest.fixture
def client(app: Flask) -> Client:
    """Asks as nobody; `client.as_("ann")` asks as ann."""
    return Client(app)


def pytest_configure() -> None:
    """Next to nothing becomes garbage until all tests are collected."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What is there when the first test starts stays to the end: thousands of tests, every module.
    Looking through all that for garbage again and again would take longer than most tests do.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes that share the tests tells the one that prints what it ran on."""
    if hasattr(session.config, "workeroutput") and WIRE in session.config.stash:
        session.config.workeroutput["wire"] = session.config.stash[WIRE]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Several processes that share the tests share one server."""
    if SERVER not in node.config.stash:
        server = ExitStack()
        node.config.add_cleanup(server.close)
        node.config.stash[SERVER] = server.enter_context(wire.server())
    node.workerinput["wire"] = node.config.stash[SERVER]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if "wire" in getattr(node, "workeroutput", {}):
        node.config.stash[WIRE] = node.workeroutput["wire"]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if WIRE in config.stash:
        terminalreporter.write_line(f"tests over the wire: {config.stash[WIRE]}")
