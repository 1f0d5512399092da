"""Pomodoros over HTTP: planned, run one at a time, counted, logged, summed up."""

from typing import Any

import pytest

from tests.api.asking import OPERATORS, TASKS, make, plant, read, refused, tree, unchanged
from tests.api.table import done, later, share
from tests.conftest import Clock
from tests.people import Client
from tracker.store import Store

LOG = "/api/pomodoros"
TOTALS = f"{LOG}/totals"


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def start(client: Client, task: str, **body: Any) -> Any:
    reply = client.post(f"{TASKS}/{task}/pomodoros", body or None)
    assert reply.status == 201, reply
    return reply.json


def stop(client: Client, task: str, how: str = "stop") -> Any:
    return done(client.post(f"{TASKS}/{task}/pomodoros/{how}"))


def run(client: Client, clock: Clock, task: str, **by: float) -> Any:
    start(client, task)
    clock.advance(**(by or {"minutes": 25}))
    return stop(client, task)


def test_a_plan_stands_on_the_task(ann: Client) -> None:
    made = make(ann, pomodoros={"planned": 4}, subtasks=[{"title": "s"}])
    path = f"{TASKS}/{made['id']}"
    assert made["pomodoros"] == {"planned": 4, "done": 0}
    assert tree(ann, made["id"])["subtasks"][0]["pomodoros"] == {"planned": None, "done": 0}
    for body, planned in (({"planned": 2}, 2), ({}, 2), ({"planned": None}, None),
                          ({"planned": 0}, 0), (None, None)):  # fmt: skip
        assert done(ann.patch(path, {"pomodoros": body}))["pomodoros"]["planned"] == planned
    done(ann.put(path, {"pomodoros": {"planned": 3, "done": 9}}))
    assert read(ann, made["id"])["pomodoros"] == {"planned": 3, "done": 0}
    done(ann.put(path, {"pomodoros": {"planned": None}}))
    done(ann.put(path, read(ann, made["id"])))
    assert read(ann, made["id"])["pomodoros"] == {"planned": 3, "done": 0}


def test_a_finished_one_counts_and_an_interrupted_one_does_not(ann: Client, clock: Clock) -> None:
    task = make(ann, "write")["id"]
    begun = start(ann, task)
    assert (begun["state"], begun["minutes"], begun["ended_at"]) == ("running", 25, None)
    assert (begun["task_id"], begun["task_title"]) == (task, "write")
    clock.advance(minutes=25)
    ended = stop(ann, task)
    assert ended == {**begun, "state": "done", "seconds": 1500, "ended_at": ended["ended_at"]}
    start(ann, task, minutes=10)
    clock.advance(seconds=90)
    assert stop(ann, task, "interrupt")["seconds"] == 90
    assert read(ann, task)["pomodoros"] == {"planned": None, "done": 1}
    log = done(ann.get(LOG))
    assert [one["state"] for one in log["pomodoros"]] == ["interrupted", "done"]
    assert (log["total"], log["running"]) == (2, None)


def test_the_clock_is_ours_and_nobody_works_longer_than_planned(ann: Client, clock: Clock) -> None:
    task = make(ann)["id"]
    assert run(ann, clock, task, hours=10)["seconds"] == 25 * 60
    assert run(ann, clock, task, hours=-3)["seconds"] == 0
    refused(ann.post(f"{TASKS}/{task}/pomodoros", {"started_at": "2020-01-01"}), 422)


def test_one_runs_at_a_time(ann: Client) -> None:
    a, b = make(ann, "a")["id"], make(ann, "b")["id"]
    begun = start(ann, a)
    for task in (a, b):
        problem = refused(ann.post(f"{TASKS}/{task}/pomodoros"), 409)
        assert problem["running"] == {"id": begun["id"], "task_id": a}
    refused(ann.post(f"{TASKS}/{b}/pomodoros/stop"), 409)
    refused(ann.post(f"{TASKS}/{b}/pomodoros/interrupt"), 409)
    assert done(ann.get(LOG))["running"] == begun
    stop(ann, a)
    refused(ann.post(f"{TASKS}/{a}/pomodoros/stop"), 409)
    start(ann, b)
    share(ann, a, "bob", "editor")
    start(ann.as_("bob"), a)


def test_counts_are_no_change_of_the_task_and_stand_in_the_history(
    ann: Client, clock: Clock
) -> None:
    ids = plant(ann, ["a", ["b"]])
    path = f"{TASKS}/{ids['b']}"
    before = ann.get(path)
    ended = run(ann, clock, ids["b"])
    after = ann.get(path)
    assert after.etag.partition(".")[0] == before.etag.partition(".")[0]
    assert after.json == {**before.json, "pomodoros": {"planned": None, "done": 1}}
    told = done(ann.get(f"{path}/history"))["history"][0]
    assert (told["actor"], told["changes"][ids["b"]]) == (
        ann.seen,
        {"pomodoros": [None, {"planned": None, "done": 1}]},
    )
    assert told["at"] == ended["ended_at"]


def test_a_task_sums_up_what_stands_below_it(ann: Client, clock: Clock) -> None:
    ids = plant(ann, ["a", ["b", ["c"]], ["d"]])
    for title, planned in (("a", 1), ("c", 2), ("d", 4)):
        done(ann.patch(f"{TASKS}/{ids[title]}", {"pomodoros": {"planned": planned}}))
    for title in ("a", "c", "c", "d"):
        run(ann, clock, ids[title])
    done(ann.delete(f"{TASKS}/{ids['d']}"))
    shown = done(ann.get(f"{TASKS}/{ids['a']}/pomodoros"))
    assert shown["own"] == {"planned": 1, "done": 1}
    assert shown["together"] == {"planned": 3, "done": 3}
    assert shown["today"] == {"done": 3, "seconds": 4500}
    assert shown["week"] == {"week": "2026-W10", "monday": "2026-03-02", **shown["today"]}
    assert (shown["total"], len(shown["pomodoros"]), shown["running"]) == (1, 1, [])
    assert shown["pomodoros"][0]["user"] == ann.seen
    below = done(ann.get(f"{TASKS}/{ids['b']}/pomodoros?page_size=1"))
    assert (below["own"]["done"], below["together"]["done"], below["total"]) == (0, 2, 0)


def test_everybody_on_the_tree_sees_who_was_at_it(ann: Client, clock: Clock) -> None:
    task = make(ann)["id"]
    share(ann, task, "bob", "editor")
    bob = ann.as_("bob")
    run(bob, clock, task)
    start(bob, task)
    shown = done(ann.get(f"{TASKS}/{task}/pomodoros"))
    assert [one["user"] for one in (*shown["pomodoros"], *shown["running"])] == [bob.seen] * 2
    assert (shown["own"]["done"], done(ann.get(LOG))["total"]) == (1, 0)


def test_days_and_weeks_are_those_of_a_time_zone(ann: Client, clock: Clock) -> None:
    """It is Wednesday, 05:06 in UTC; in Los Angeles it is Tuesday still."""
    task = make(ann)["id"]
    run(ann, clock, task)
    found = done(ann.get(f"{TOTALS}?days=1"))
    assert (found["time_zone"], found["today"]) == ("UTC", {"done": 1, "seconds": 1500})
    assert [day["date"] for day in found["days"]] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert found["weeks"] == [
        {"week": "2026-W10", "monday": "2026-03-02", "done": 1, "seconds": 1500}
    ]
    west = done(ann.get(f"{TOTALS}?days=8&time_zone=America/Los_Angeles"))
    assert [day["done"] for day in west["days"]] == [0] * 8 + [1]
    assert [week["done"] for week in west["weeks"]] == [0, 1]
    clock.advance(days=7)
    found = done(later(ann, "ann").get(f"{TOTALS}?days=8"))
    assert [week["done"] for week in found["weeks"]] == [1, 0]


def test_the_log_is_filtered_and_paged(ann: Client, clock: Clock) -> None:
    a, b = make(ann, "a")["id"], make(ann, "b")["id"]
    for task in (a, a, b):
        run(ann, clock, task)
    assert done(ann.get(f"{LOG}?task={a}"))["total"] == 2
    page = done(ann.get(f"{LOG}?page=2&page_size=2"))
    assert (len(page["pomodoros"]), page["total"], page["total_pages"]) == (1, 3, 2)
    first = page["pomodoros"][0]["started_at"]
    assert done(ann.get(f"{LOG}?before={first}"))["total"] == 0
    assert done(ann.get(f"{LOG}?since={first}"))["total"] == 3


def test_strangers_see_and_run_nothing(ann: Client, store: Store) -> None:
    task = make(ann)["id"]
    bob, vera = ann.as_("bob"), ann.as_("vera")
    share(ann, task, "vera", "viewer")
    with unchanged(store):
        for path in ("", "/stop", "/interrupt"):
            refused(bob.post(f"{TASKS}/{task}/pomodoros{path}"), 404)
            refused(vera.post(f"{TASKS}/{task}/pomodoros{path}"), 403)
        refused(bob.get(f"{TASKS}/{task}/pomodoros"), 404)
    done(vera.get(f"{TASKS}/{task}/pomodoros"))
    assert store.db.pomodoros.count_documents({}) == 0


def test_what_runs_on_a_task_that_is_none_of_mine_any_more_can_be_given_up(
    ann: Client, clock: Clock
) -> None:
    bob = ann.as_("bob")
    for end in ("leave", "delete"):
        task = make(ann)["id"]
        share(ann, task, "bob", "editor")
        start(bob, task)
        clock.advance(minutes=5)
        if end == "leave":
            done(bob.delete(f"{TASKS}/{task}/members"))
        else:
            done(ann.delete(f"{TASKS}/{task}"))
        refused(bob.post(f"{TASKS}/{task}/pomodoros/stop"), 404)
        assert stop(bob, task, "interrupt")["seconds"] == 300
        refused(bob.post(f"{TASKS}/{task}/pomodoros/interrupt"), 404)


def test_a_retry_under_its_key_gets_the_same_answer(ann: Client, clock: Clock) -> None:
    task = make(ann)["id"]
    path = f"{TASKS}/{task}/pomodoros"
    key = {"Idempotency-Key": "k"}
    begun = ann.post(path, {"minutes": 30}, headers=key)
    clock.advance(minutes=30)
    assert ann.post(path, {"minutes": 30}, headers=key).json == begun.json
    refused(ann.post(path, {"minutes": 31}, headers=key), 422)
    ended = ann.post(f"{path}/stop", headers=key)
    again = ann.post(path, {"minutes": 30}, headers=key)
    assert (again.status, again.json) == (201, begun.json)
    assert ann.post(f"{path}/stop", headers=key).json == ended.json
    assert read(ann, task)["pomodoros"]["done"] == 1
    start(ann, task)
    given_up = ann.post(f"{path}/interrupt", headers=key).json
    assert ann.post(f"{path}/interrupt", headers=key).json == given_up


def test_a_version_that_moved_on_starts_and_ends_nothing(ann: Client, store: Store) -> None:
    task = make(ann)["id"]
    path = f"{TASKS}/{task}/pomodoros"
    old = ann.get(f"{TASKS}/{task}").etag
    now = done(ann.patch(f"{TASKS}/{task}", {"title": "b"})) and ann.get(f"{TASKS}/{task}").etag
    refused(ann.post(path, headers={"If-Match": old}), 412)
    assert ann.post(path, headers={"If-Match": now}).status == 201
    for how in ("stop", "interrupt"):
        refused(ann.post(f"{path}/{how}", headers={"If-Match": old}), 412)
    assert ann.post(f"{path}/stop", headers={"If-Match": now}).status == 200


def test_what_makes_no_sense_is_refused(ann: Client, store: Store) -> None:
    task = make(ann)["id"]
    path = f"{TASKS}/{task}"
    with unchanged(store):
        for wrong in ("25", 0, 181, 2.5, True, None, *OPERATORS):
            refused(ann.post(f"{path}/pomodoros", {"minutes": wrong}), 422, "/minutes")
        for wrong in ("3", -1, 1001, 1.5, True, *OPERATORS):
            for ask in (ann.patch, ann.put):
                refused(ask(path, {"pomodoros": {"planned": wrong}}), 422, "/pomodoros/planned")
        for wrong in ("3", 3, [], ["x"], {"$ne": None}):
            refused(ann.patch(path, {"pomodoros": wrong}), 422)
        refused(ann.patch(path, {"pomodoros": {"done": 3}}), 422, "/pomodoros/done")
        refused(ann.post(TASKS, {"title": "x", "pomodoros": {"done": 3}}), 422)
        for query in ("days=0", "days=367", "days=x", "time_zone=Mars/Base", "time_zone=", "x=1",
                      "days[$ne]=1"):  # fmt: skip
            refused(ann.get(f"{TOTALS}?{query}"), 422)
        for query in ("page=0", "page_size=101", "task=x", "since=yesterday", "x=1"):
            refused(ann.get(f"{LOG}?{query}"), 422)
        refused(ann.get(f"{path}/pomodoros?time_zone=x"), 422, "/time_zone")
    assert store.db.pomodoros.count_documents({}) == 0
