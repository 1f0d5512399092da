"""Flask Task Tracker: alerts at a time, each a job that becomes a notification."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.dialects.flask_tracker.clients import BAD, BOTH, log_in, refused, sign_up
from tests.people import Client
from tracker.services import sweeping
from tracker.services.world import World

pytestmark = BOTH


@pytest.fixture
def notices(world: World) -> Callable[[Client], list[dict[str, Any]]]:
    """What somebody was notified of, once the jobs that are due are done."""

    def told(who: Client) -> list[dict[str, Any]]:
        sweeping.run_jobs(world)
        found: list[dict[str, Any]] = who.get("/api/notifications").json["notifications"]
        return found

    return told


def test_an_alert_becomes_a_notification_once(
    client: Client, base: str, clock: Clock, notices: Callable[[Client], list[dict[str, Any]]]
) -> None:
    ann, bob = sign_up(client, base), sign_up(client, base, "bob")
    path = f"{base}/scheduler"
    body = {"type": "once", "run_at": "2026-03-04T06:00:00"}
    reply = ann.post(f"{path}/scheduler_alert", body)
    assert (reply.status, reply.json["message"]) == (200, "Job scheduled successfully")
    waiting = [
        {"id": reply.json["job_id"], "next_run_time": "2026-03-04T06:00:00Z", "trigger": "once"}
    ]
    assert ann.get(f"{path}/scheduler_jobs").json == waiting
    assert bob.get(f"{path}/scheduler_jobs").json == []
    assert notices(ann) == []
    clock.advance(hours=1)
    for _ in range(2):
        (told,) = notices(ann)
        assert (told["title"], told["type"], told["task_id"]) == ("SEND_ALERT", "alert", None)
    assert ann.get("/api/notifications/unread-count").json == {"unread_count": 1}
    assert ann.put(f"/api/notifications/{told['id']}/read").status in {200, 405}
    assert notices(bob) == []
    assert ann.get(f"{path}/scheduler_jobs").json == []


def test_a_daily_alert_comes_at_nine_every_day(
    client: Client, base: str, clock: Clock, notices: Callable[[Client], list[dict[str, Any]]]
) -> None:
    ann = sign_up(client, base)
    assert ann.post(f"{base}/scheduler/scheduler_alert", {"type": "daily"}).status == 200
    for day, expected in enumerate(("04T09:00:00Z", "05T09:00:00Z", "06T09:00:00Z")):
        ann = log_in(client, base)
        assert len(notices(ann)) == day
        (job,) = ann.get(f"{base}/scheduler/scheduler_jobs").json
        assert (job["next_run_time"], job["trigger"]) == (f"2026-03-{expected}", "daily")
        clock.advance(days=1)


def test_now_is_in_ten_seconds(client: Client, base: str) -> None:
    ann = sign_up(client, base)
    assert ann.post(f"{base}/scheduler/scheduler_alert", {"type": "now"}).status == 200
    (job,) = ann.get(f"{base}/scheduler/scheduler_jobs").json
    assert job["next_run_time"] == "2026-03-04T05:06:17.891000Z"


def test_once_is_what_is_meant_where_nothing_is_said(client: Client, base: str) -> None:
    ann, path = sign_up(client, base), f"{base}/scheduler"
    reply = ann.post(f"{path}/scheduler_alert", {"run_at": "2026-03-05T10:00:00+02:00"})
    assert reply.status == 200
    (job,) = ann.get(f"{path}/scheduler_jobs").json
    assert (job["next_run_time"], job["trigger"]) == ("2026-03-05T08:00:00Z", "once")


def test_only_these_are_schedules(client: Client, base: str) -> None:
    ann, path = sign_up(client, base), f"{base}/scheduler/scheduler_alert"
    for value in ("weekly", "", *BAD):
        refused(
            ann.post(path, {"type": value}), 400, "Invalid schedule type. Use 'daily' or 'once'."
        )
    for body in ({}, {"type": "once"}, {"run_at": None}):
        refused(ann.post(path, body), 400, "run_at is required")
    for value in ("soon", 5, {}, []):
        refused(ann.post(path, {"run_at": value}), 400, "run_at is invalid")


def test_one_person_may_have_a_hundred(client: Client, base: str) -> None:
    ann, path = sign_up(client, base), f"{base}/scheduler/scheduler_alert"
    for _ in range(100):
        assert ann.post(path, {"type": "now"}).status == 200
    refused(ann.post(path, {"type": "now"}), 409)
