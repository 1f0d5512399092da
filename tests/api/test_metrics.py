"""What is told to Prometheus: to whom, that it moves, and that no label is ever an id."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from config import Config
from tests.api.test_health import Dead
from tests.conftest import Clock
from tests.core.forest import node
from tests.people import Client
from tests.store.staging import commit, plant, retitle
from tests.store.wrapped import when, wrap
from tracker import create_app
from tracker.services import sweeping, trashing
from tracker.services.world import World
from tracker.store import dead_events

TOKEN = "a token of the tests, longer than 32 bytes"
Served = Callable[..., Client]
Values = dict[tuple[str, ...], float]


@pytest.fixture
def served(config: Config, world: World) -> Served:
    """The service under other settings."""
    return lambda **settings: Client(create_app(replace(config, **settings), world))


def scrape(client: Client) -> Values:
    """Every sample by its name and the values of its labels, in the order of these."""
    text = client.get("/metrics").body.decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_development_shows_them_to_everybody(client: Client) -> None:
    reply = client.get("/metrics")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert client.get("/metrics", headers={"Accept": "text/html"}).status == 200


def test_production_without_a_token_has_none(served: Served) -> None:
    reply = served(environment="production").get("/metrics")
    assert (reply.status, reply.json["detail"]) == (404, "Not Found")


@pytest.mark.parametrize("environment", ["development", "production"])
def test_with_a_token_nobody_else_sees_them(served: Served, environment: str) -> None:
    client = served(environment=environment, metrics_token=TOKEN)
    assert client.get("/metrics", headers=bearer(TOKEN)).status == 200
    for headers in ({}, bearer(TOKEN[:-1]), bearer(""), bearer("ä"), {"Authorization": TOKEN}):
        refused = client.get("/metrics", headers=headers)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_user_is_nobody_here(served: Served) -> None:
    ann = served(metrics_token=TOKEN).as_("ann")
    assert ann.get("/metrics").status == 401


def test_they_are_free_of_limits(served: Served) -> None:
    client = served(rate_limit_anonymous=2)
    replies = [client.get("/metrics") for _ in range(5)]
    assert [reply.status for reply in replies] == [200] * 5
    assert "RateLimit" not in replies[0].headers


def test_requests_are_counted_by_route_and_status(client: Client) -> None:
    ann = client.as_("ann")
    task = ann.post("/api/tasks", {"title": "x"}).json["id"]
    before = scrape(client)
    for path in (task, task, "0190b5a0-0000-7000-8000-000000000000"):
        ann.get(f"/api/tasks/{path}")
    after = scrape(client)
    route = "/api/tasks/<task_id>"

    def grown(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert grown("tracker_requests_total", "GET", route, "200") == 2
    assert grown("tracker_requests_total", "GET", route, "404") == 1
    assert grown("tracker_request_seconds_count", "GET", route) == 3
    assert grown("tracker_request_seconds_bucket", "+Inf", "GET", route) == 3


def test_no_label_is_ever_what_somebody_sent(client: Client) -> None:
    """Neither ids nor paths nor methods: what anybody may choose would never end."""
    ann = client.as_("ann")
    task = ann.post("/api/tasks", {"title": "c4n4ry"}).json["id"]
    ann.patch(f"/api/tasks/{task}", {"title": "c4n4ry2"})
    ann.get(f"/c4n4ry/{task}")
    ann.get(f"/api/tasks/{task}/c4n4ry")
    ann.ask("C4N4RY", f"/api/tasks/{task}")
    ann.delete(f"/api/tasks/{task}")
    text = client.get("/metrics").body.decode()
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|c4n4ry", text, re.IGNORECASE)
    assert 'route="none"' in text
    assert 'method="other"' in text
    assert 'route="/api/tasks/<task_id>"' in text


def test_lost_races_are_counted(world: World, config: Config) -> None:
    plant(world.store, node("r", node("a")))
    around = when("trees.update_one", lambda: commit(world.store, "r", retitle("a", "x")), times=2)
    raced = replace(world, store=wrap(world.store, around))
    trashing.delete(raced, {"_id": "ann"}, "a")
    client = Client(create_app(config, raced))
    assert scrape(client)[("tracker_commit_retries_total",)] == 2


def test_what_waits_is_read_from_the_database(client: Client, world: World, clock: Clock) -> None:
    assert scrape(client)[("tracker_dirty_trees",)] == 0
    assert scrape(client)[("tracker_outbox_age_seconds",)] == 0
    plant(world.store, node("r", node("a")))
    entry = commit(world.store, "r", retitle("a", "x"))["outbox"][0]
    dead_events.bury(world.store, "r", entry, step="index", fault="KeyError")
    clock.now = entry["at"]
    clock.advance(seconds=90)
    found = scrape(client)
    assert found[("tracker_database_up",)] == 1
    assert found[("tracker_dirty_trees",)] == 1
    assert found[("tracker_outbox_age_seconds",)] == 90
    assert found[("tracker_dead_events",)] == 1
    sweeping.sweep(world)


def test_jobs_are_told_by_state(client: Client, world: World, clock: Clock) -> None:
    client.as_("ann")  # whose letter waits
    clock.advance(seconds=40)
    found = scrape(client)
    states = [found[("tracker_jobs", state)] for state in ("waiting", "leased", "dead")]
    assert states == [1, 0, 0]
    assert found[("tracker_job_lag_seconds",)] == 40


def test_sweeps_are_told_by_part_wherever_they_ran(
    client: Client, world: World, clock: Clock
) -> None:
    assert not [name for name, *_ in scrape(client) if name.startswith("tracker_sweep")]
    plant(world.store, node("r", node("a")))
    commit(world.store, "r", retitle("a", "x"))
    sweeping.sweep(replace(world))
    clock.advance(seconds=7)
    found = scrape(client)
    assert found[("tracker_sweep_done_total", "drained")] == 1
    assert found[("tracker_sweep_failed_total", "drained")] == 0
    assert found[("tracker_sweep_seconds_total", "drained")] > 0
    assert found[("tracker_sweep_age_seconds",)] == 7


def test_a_process_says_how_many_sockets_it_holds(client: Client, world: World) -> None:
    world.metrics.hold_sockets(3)
    assert scrape(client)[("tracker_sockets",)] == 3


def test_without_a_database_they_say_so(config: Config, world: World) -> None:
    client = Client(create_app(config, replace(world, store=Dead())))  # type: ignore[arg-type]
    found = scrape(client)
    assert found[("tracker_database_up",)] == 0
    assert ("tracker_dirty_trees",) not in found
    assert ("tracker_requests_total", "GET", "/metrics", "200") not in found
    assert scrape(client)[("tracker_requests_total", "GET", "/metrics", "200")] == 1


def test_each_application_counts_for_itself(config: Config, world: World) -> None:
    one, other = (create_app(config, replace(world, metrics=type(world.metrics)())) for _ in "ab")
    Client(one).get("/api/health")
    route = ("tracker_requests_total", "GET", "/api/health", "200")
    assert route in scrape(Client(one))
    assert route not in scrape(Client(other))


@pytest.mark.parametrize("kind", ["embedded", "wire"])
def test_round_trips_are_counted(kind: str, config: Config, request: Any, tmp_path: Any) -> None:
    """Of the store as the service really opens it."""
    settings = replace(config, data=tmp_path)
    if kind == "wire":
        host, port = request.getfixturevalue("wire_client").address
        settings = replace(settings, mongodb_uri=f"mongodb://{host}:{port}/test_metrics")
    app = create_app(settings)
    with closing(app.extensions["world"].store):
        found = scrape(Client(app))
        counted = {
            name: value
            for (what, *rest), value in found.items()
            if what == "tracker_database_commands_total"
            for name in rest
        }
        assert counted["find"] > 0
