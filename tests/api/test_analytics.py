"""Analytics: of all that one may see, right at any hour, and never older than the last write."""

from typing import Any

import pytest

from tests.api.asking import TASKS, make, plant, refused
from tests.api.table import done, later, share
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

PATH = "/api/analytics"
NOTHING = {"todo": 0, "in_progress": 0, "completed": 0, "overdue": 0}


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def overview(client: Client) -> Any:
    return done(client.get(f"{PATH}/overview"))


def trends(client: Client, query: str = "days=7") -> list[tuple[int, int]]:
    found = done(client.get(f"{PATH}/trends?{query}"))
    return [(day["created"], day["completed"]) for day in found]


def performance(client: Client) -> dict[str, tuple[int, int, int, float]]:
    names = ("total_assigned", "completed", "in_progress", "completion_rate")
    found = done(client.get(f"{PATH}/performance"))
    return {one["username"]: tuple(one[name] for name in names) for one in found}


def test_an_overview_counts_by_what_shows(ann: Client) -> None:
    empty = overview(ann)
    assert empty == {"total_tasks": 0, **NOTHING, "by_priority": {}, "by_status": NOTHING}
    plant(ann, ["a", ["b"], ["c"]], priority="urgent")
    make(ann, status="in_progress", due_date="2099-01-01", priority="low")
    make(ann, status="in_progress", due_date="2020-01-01")
    make(ann, status="completed", due_date="2020-01-01")
    done(ann.delete(f"{TASKS}/{make(ann)['id']}"))
    shown = overview(ann)
    statuses = {"todo": 3, "in_progress": 1, "completed": 1, "overdue": 1}
    assert shown == {
        "total_tasks": 6,
        **statuses,
        "by_status": statuses,
        "by_priority": {"low": 1, "medium": 4, "urgent": 1},
    }


def test_a_deadline_that_passes_shows_at_once(ann: Client, clock: Clock) -> None:
    """Nothing is written then, so that nothing that is kept may outlive it."""
    make(ann, due_date="2026-03-04T05:07:00Z")
    assert overview(ann)["overdue"] == 0
    clock.advance(seconds=52)
    assert overview(ann)["overdue"] == 0
    clock.advance(seconds=1)
    assert overview(ann)["by_status"] == {**NOTHING, "overdue": 1}


def test_every_write_shows_in_the_next_answer(ann: Client, clock: Clock) -> None:
    """Whoever writes, and whatever: what one sees depends on it."""
    task = make(ann, "a", assigned_to=None)
    bob, path = ann.as_("bob"), f"{TASKS}/{task['id']}"
    for read in (overview, trends, performance):
        read(ann)
    assert overview(bob)["total_tasks"] == 0
    share(ann, task["id"], "bob", "editor")
    assert overview(bob)["total_tasks"] == 1
    done(bob.post(f"{TASKS}", {"title": "b", "parent_id": task["id"]}))
    assert (overview(ann)["total_tasks"], trends(ann)[-1]) == (2, (2, 0))
    done(bob.post(f"{path}/complete?cascade=true"))
    assert (overview(ann)["completed"], trends(ann)[-1]) == (2, (2, 2))
    done(ann.patch(path, {"priority": "low"}))
    assert overview(bob)["by_priority"] == {"low": 1, "medium": 1}
    done(ann.delete(f"{path}/members?user={bob.me['id']}"))
    assert overview(bob)["total_tasks"] == 0
    done(ann.delete(path))
    assert (overview(ann)["total_tasks"], trends(ann)[-1]) == (0, (0, 0))


def test_people_are_told_by_what_they_were_given(ann: Client) -> None:
    bob, me = ann.as_("bob"), ann.me["id"]
    client_cyd = ann.as_("cyd")
    ids = [make(ann, f"t{n}", assigned_to=me)["id"] for n in range(3)]
    done(ann.post(f"{TASKS}/{ids[0]}/complete"))
    done(ann.patch(f"{TASKS}/{ids[1]}", {"status": "in_progress"}))
    done(ann.patch(f"{TASKS}/{ids[2]}", {"status": "in_progress", "due_date": "2020-01-01"}))
    share(ann, ids[0], "bob", "viewer")
    assert performance(ann) == {"ann": (3, 1, 1, 33.3), "bob": (0, 0, 0, 0)}
    assert performance(bob) == {"ann": (1, 1, 0, 100.0), "bob": (0, 0, 0, 0)}
    assert performance(client_cyd) == {"cyd": (0, 0, 0, 0)}
    assert set(done(ann.get(f"{PATH}/performance"))[0]) == {
        "user_id", "username", "full_name", "total_assigned", "completed", "in_progress",
        "completion_rate",
    }  # fmt: skip


def test_trends_end_today_and_count_completions_by_when_they_were(
    ann: Client, clock: Clock
) -> None:
    ids = [make(ann, f"t{n}")["id"] for n in range(3)]
    done(ann.post(f"{TASKS}/{ids[0]}/complete"))
    clock.advance(days=2)
    ann = later(ann, "ann")
    done(ann.patch(f"{TASKS}/{ids[0]}", {"title": "edited later"}))
    done(ann.post(f"{TASKS}/{ids[1]}/complete"))
    assert trends(ann) == [(0, 0)] * 4 + [(3, 1), (0, 0), (0, 1)]
    shown = done(ann.get(f"{PATH}/trends"))
    assert len(shown) == 30
    assert shown[-1] == {"date": "2026-03-06", "created": 0, "completed": 1}
    assert shown[-3]["date"] == "2026-03-04"
    assert len(done(ann.get(f"{PATH}/trends?days=365"))) == 365
    clock.advance(days=7)
    assert trends(later(ann, "ann")) == [(0, 0)] * 7


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", -1), ("America/Los_Angeles", -1), ("Pacific/Kiritimati", -1)]
)
def test_a_day_is_one_of_a_time_zone(ann: Client, clock: Clock, zone: str, day: int) -> None:
    """A task that was made today was made today wherever one is."""
    make(ann)
    assert trends(ann, f"days=7&time_zone={zone}")[day] == (1, 0)


def test_a_task_of_last_night_was_made_yesterday_where_it_is_tomorrow(
    ann: Client, clock: Clock
) -> None:
    """Made at 05:06 UTC: in Honolulu that is 19:06 of the day before."""
    make(ann)
    clock.advance(hours=8)
    assert trends(ann, "time_zone=Pacific/Honolulu&days=7")[-2:] == [(1, 0), (0, 0)]
    assert trends(ann, "days=7")[-1] == (1, 0)


def test_strangers_are_not_counted(ann: Client) -> None:
    make(ann, assigned_to=ann.me["id"])
    bob = ann.as_("bob")
    assert overview(bob)["total_tasks"] == 0
    assert trends(bob) == [(0, 0)] * 7
    assert list(performance(bob)) == ["bob"]


def test_who_is_disabled_is_not_told_of(ann: Client, store: Store) -> None:
    share(ann, make(ann)["id"], "bob", "viewer")
    store.db.users.update_one({"username": "bob"}, {"$set": {"state": "disabled"}})
    assert list(performance(ann)) == ["ann"]


def test_what_is_asked_wrong_is_refused(ann: Client) -> None:
    for query in ("days=1", "days=6", "days=366", "days=x", "days=", "time_zone=Mars", "x=1",
                  "days=7&days=8", "days[$gt]=1", "time_zone=../../etc/passwd"):  # fmt: skip
        refused(ann.get(f"{PATH}/trends?{query}"), 422)
    for path in ("overview", "performance"):
        refused(ann.get(f"{PATH}/{path}?x=1"), 422, "/x")
    refused(ann.get(f"{PATH}/export?format=pdf"), 422, "/format")
    refused(ann.get(f"{PATH}/export?x=1"), 422, "/x")
    refused(ann.get(f"{PATH}/nope"), 404)
