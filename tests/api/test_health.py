"""Health: alive whatever happens, ready only with a database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.conftest import Clock
from tests.people import Client
from tests.post import Box
from tracker import create_app
from tracker.errors import Hopeless, Unavailable
from tracker.services import sweeping
from tracker.services.world import World, real
from tracker.store import connect, dead_events


class Dead:
    """A store whose database does not answer."""

    @contextmanager
    def deadline(self, seconds: float = 5.0) -> Iterator[None]:
        yield

    def ping(self) -> None:
        raise Unavailable

    @property
    def db(self) -> Any:
        raise Unavailable


@pytest.fixture
def dead(config: Config, world: World) -> Client:
    return Client(create_app(config, replace(world, store=Dead())))  # type: ignore[arg-type]


def test_health_tells_name_and_version(client: Client) -> None:
    reply = client.get("/api/health")
    assert reply.status == 200
    assert reply.json == {"status": "ok", "app": "tracker", "version": "0.1.0"}


def test_a_working_service_is_live_and_ready(client: Client) -> None:
    assert client.get("/api/health/live").status == 200
    assert client.get("/api/health/ready").status == 200


def test_ready_tells_how_the_jobs_stand_and_stays_ready(
    client: Client, world: World, box: Box, clock: Clock
) -> None:
    box.faults.append(Hopeless())
    client.as_("ann")
    sweeping.run_jobs(world)
    clock.advance(minutes=1)
    for name in ("bob", "cid"):
        client.as_(name)
        clock.advance(seconds=1)
    reply = client.get("/api/health/ready")
    assert reply.status == 200
    jobs = {"waiting": 2, "lag_seconds": 2.0, "dead": 1}
    assert reply.json == {"status": "ok", "jobs": jobs, "dead_events": 0}


def test_a_job_that_waits_for_its_next_attempt_is_not_late(
    client: Client, world: World, box: Box
) -> None:
    box.faults.append(Unavailable())
    client.as_("ann")
    sweeping.run_jobs(world)
    told = client.get("/api/health/ready").json["jobs"]
    assert told == {"waiting": 1, "lag_seconds": 0.0, "dead": 0}


def test_with_dead_events_it_is_ready_and_degraded(client: Client, world: World) -> None:
    entry = {"seq": 1, "at": world.now(), "deed": "edit", "task": "x"}
    dead_events.bury(world.store, "x", entry, step="index", fault="KeyError")
    reply = client.get("/api/health/ready")
    assert (reply.status, reply.json["status"], reply.json["dead_events"]) == (200, "degraded", 1)


def test_without_a_database_it_is_live_and_not_ready(dead: Client) -> None:
    assert dead.get("/api/health/live").status == 200
    reply = dead.get("/api/health/ready")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "2")


def test_without_a_database_a_login_gets_503(dead: Client) -> None:
    reply = dead.post("/api/auth/login", {"email": "ann@example.com", "password": "x"})
    assert (reply.status, reply.headers["Content-Type"]) == (503, "application/problem+json")


def test_a_database_that_is_down_is_told_within_the_deadline(config: Config) -> None:
    """A real driver against a port where nobody listens."""
    with closing(connect(replace(config, mongodb_uri="mongodb://127.0.0.1:1/tracker"))) as store:
        client = Client(create_app(config, real(store)))
        assert client.get("/api/health/ready").status == 503
        assert client.get("/api/health/live").status == 200
