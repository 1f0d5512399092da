"""Worker and beat as the Procfile starts them, on a real Redis and a database over the wire."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import kombu
import pytest
import uuid_utils
import yaml
from celery import Celery
from pymongo.errors import AutoReconnect

from config import Config
from tests.people import Client
from tests.processes import KEY, PROCFILE, ROOT, Running, redis_server, run, running
from tracker import create_app
from tracker.services.jobs import LEASE
from tracker.services.world import World
from tracker.store import Store
from tracker.worker import create_celery
from tracker.worker.broker import Transport

SOON = 10.0


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    """The address of a Redis of our own."""
    with redis_server() as (address, _):
        yield address


@pytest.fixture
def settings(redis: str, wire_store: Store, tmp_path: Path) -> dict[str, str]:
    """What a worker and a beat on both servers are given."""
    host, port = wire_store.db.client.address
    return {
        "SECRET_KEY": KEY,
        "DATA": str(tmp_path),
        "REDIS_URL": redis,
        "MONGODB_URI": os.environ.get("TEST_MONGODB_URI") or f"mongodb://{host}:{port}",
        "MONGODB_DATABASE": wire_store.db.name,
        "TASK_SERVICE_QUEUE": wire_store.db.name,
        "SWEEP_SECONDS": "1",
    }


@pytest.fixture
def worker(settings: dict[str, str]) -> Iterator[Running]:
    with running(PROCFILE["worker"], **settings) as worker:
        worker.line("ready")
        yield worker


@pytest.fixture
def beat(settings: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    with running(PROCFILE["beat"].replace("/tmp/", f"{tmp_path}/"), **settings) as beat:
        beat.line("Sending due task sweep")
        yield beat


def test_the_worker_does_the_sweep_that_beat_sends(
    worker: Running, wire_store: Store, request: pytest.FixtureRequest
) -> None:
    tree = _leave_half_told(wire_store)
    request.getfixturevalue("beat")
    worker.line('"drained":1')
    assert wire_store.db.history.count_documents({"tree": tree}) == 1
    assert _waiting(wire_store) == []


def test_the_worker_sends_letters_when_it_is_told(
    worker: Running, settings: dict[str, str], wire_store: Store, tmp_path: Path
) -> None:
    app = create_app(Config(secret_key=KEY, password_cost="cheap"), _world(wire_store))
    Client(app).as_("ann")
    assert run("celery -A wsgi:celery call jobs", **settings).returncode == 0
    worker.line('"event":"letter"')
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert "To: ann@example.com" in letter.read_text()


def test_the_worker_refuses_a_message_that_is_not_json(
    worker: Running, settings: dict[str, str]
) -> None:
    with kombu.Connection(settings["REDIS_URL"]) as connection, connection.Producer() as producer:
        headers = {"task": "sweep", "id": "x"}
        queue = settings["TASK_SERVICE_QUEUE"]
        producer.publish(((), {}, {}), routing_key=queue, serializer="pickle", headers=headers)
    worker.line("Refusing to deserialize")
    assert run("celery -A wsgi:celery call sweep", **settings).returncode == 0
    worker.line(r"Task sweep\[\S+\] succeeded")


def test_what_is_left_of_a_lost_connection_says_so(redis: str) -> None:
    """By an error that a worker expects: whatever else it was would end it."""
    with kombu.Connection(redis, transport=Transport) as connection:
        left = [connection.channel() for _ in range(2)]
        for channel in left:
            channel._disconnect_pools()
        connection.transport.close_channel(left[0])
        connection.collect()
        for channel in left:
            with pytest.raises(connection.connection_errors):
                channel.basic_ack("1")


def test_the_health_checks_of_the_containers_pass(
    worker: Running, beat: Running, settings: dict[str, str], tmp_path: Path
) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    checks = {name: services[name]["healthcheck"]["test"][1] for name in ("worker", "beat")}
    ping = checks["worker"].replace("$$HOSTNAME", socket.gethostname())
    assert run(ping, **settings).returncode == 0
    assert run(ping.replace("celery@", "nobody@"), **settings).returncode != 0
    assert run(checks["beat"].replace("/tmp", str(tmp_path))).returncode == 0
    assert run(checks["beat"].replace("/tmp", "/nowhere")).returncode != 0


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_nothing_starts_without_servers_and_it_says_so(name: str, tmp_path: Path) -> None:
    ended = run(PROCFILE[name], DATA=str(tmp_path))
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[-1].startswith(
        "tracker: a worker needs MONGODB_URI and REDIS_URL"
    )
    assert "Traceback" not in ended.stderr


def test_jobs_run_at_once_where_there_is_no_worker(config: Config, embedded_store: Store) -> None:
    app = create_app(config, _world(embedded_store), log_to=BytesIO())
    celery = create_celery(config, app)
    tree = _leave_half_told(embedded_store)
    celery.tasks["sweep"].delay()
    assert embedded_store.db.history.count_documents({"tree": tree}) == 1
    assert _waiting(embedded_store) == []


def test_of_the_messages_of_a_slot_one_makes_a_sweep(config: Config, embedded_store: Store) -> None:
    celery = create_celery(config, create_app(config, _world(embedded_store), log_to=BytesIO()))
    sent = celery.conf.beat_schedule["sweep"]
    celery.tasks[sent["task"]].delay(every=3600)
    tree = _leave_half_told(embedded_store)
    celery.tasks[sent["task"]].delay(every=3600)
    assert _waiting(embedded_store) == [tree]
    celery.tasks["sweep"].delay()  # by hand, whatever the slot
    assert _waiting(embedded_store) == []


def test_messages_are_kept_until_their_work_is_done() -> None:
    """So a worker that is killed loses nothing (each of these was seen to matter)."""
    config = Config(
        secret_key=KEY, mongodb_uri="mongodb://127.0.0.1:1", redis_url="redis://127.0.0.1:1"
    )
    celery = create_celery(config, create_app(config))
    conf, options = celery.conf, celery.conf.broker_transport_options
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result
    assert conf.task_serializer == "json"
    assert conf.accept_content == ["json"]
    assert conf.worker_soft_shutdown_timeout > 0
    assert options["visibility_timeout"] > config.sweep_seconds
    assert not options.keys() & {"unacked_restore_interval", "unacked_restore_throttle"}
    assert conf.task_default_queue == config.task_queue
    for name in ("sweep", "jobs"):
        limits = celery.tasks[name].soft_time_limit, celery.tasks[name].time_limit
        assert limits[0] < limits[1] < LEASE.total_seconds() < options["visibility_timeout"]
    sweep = conf.beat_schedule["sweep"]
    assert sweep["schedule"] == sweep["kwargs"]["every"] == config.sweep_seconds
    assert not conf.task_always_eager


def test_a_redis_that_is_away_or_silent_is_given_up_soon_by_who_sends() -> None:
    """Nobody has to wait: what was to be told stands in the database."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (1, silent.getsockname()[1]):
            celery = _celery(f"redis://127.0.0.1:{port}/0")
            celery.conf.broker_transport_options["socket_timeout"] /= 100
            sending = threading.Thread(target=_send, args=(celery,), daemon=True)
            sending.start()
            sending.join(SOON)
            assert not sending.is_alive()


def test_a_redis_that_is_away_is_waited_for_by_who_works() -> None:
    conf = _celery("redis://127.0.0.1:1/0").conf
    assert conf.broker_connection_retry_on_startup
    assert conf.broker_connection_max_retries is None
    assert conf.broker_channel_error_retry


@pytest.mark.parametrize(("url", "secure"), [("redis://h", False), ("rediss://h", True)])
def test_a_redis_behind_tls_must_prove_who_it_is(url: str, secure: bool) -> None:
    with _celery(url).connection_for_write() as connection:
        assert connection.ssl == (secure and {"ssl_cert_reqs": ssl.CERT_REQUIRED})
        assert connection.hostname == "h"


class WithoutHistory:
    """A database that cannot write history now: what a commit leaves must wait for a sweep."""

    def __init__(self, db: Any) -> None:
        self.db = db

    @property
    def history(self) -> Any:
        raise AutoReconnect("history is away")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)


def _celery(redis: str) -> Celery:
    config = Config(secret_key=KEY, mongodb_uri="mongodb://127.0.0.1:1", redis_url=redis)
    return create_celery(config, create_app(config))


def _send(celery: Celery) -> None:
    with pytest.raises(kombu.exceptions.OperationalError):
        celery.tasks["jobs"].delay()


def _world(store: Store) -> World:
    return World(store, lambda: datetime.now(UTC), lambda: str(uuid_utils.uuid7()))


def _leave_half_told(store: Store) -> str:
    """A tree that was committed and not drained; returns its id."""
    config = Config(secret_key=KEY, password_cost="cheap")
    world = _world(replace(store, db=WithoutHistory(store.db)))
    ann = Client(create_app(config, world, log_to=BytesIO())).as_("ann")
    reply = ann.post("/api/tasks", {"title": "half told"})
    assert reply.status == 201
    assert _waiting(store) == [reply.json["id"]]
    assert not store.db.history.count_documents({})
    return str(reply.json["id"])


def _waiting(store: Store) -> list[str]:
    return [tree["_id"] for tree in store.db.trees.find({"dirty": True})]
