"""What it costs the database to say something, and to show tasks with people, comments and files,
counted by the driver's own ear; and an index for every query of it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import START
from tests.people import Client
from tests.store.serving import is_served, queries
from tests.store.test_round_trips import Count
from tests.wire import Ear
from tracker.core.select import Query
from tracker.services import commenting, reading
from tracker.services.world import World

TASKS, COMMENTS, FILES = 100, 50, 10
TEN = [f"0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b{number}" for number in range(10, 20)]


@pytest.fixture
def count(ear: Ear) -> Count:
    return Count(ear)


@pytest.fixture
def ann(ann_over_the_wire: Client) -> Client:
    return ann_over_the_wire


@pytest.fixture
def user(ann: Client, over_the_wire: World) -> dict[str, Any]:
    """ann, as services know her."""
    found: dict[str, Any] = over_the_wire.store.db.users.find_one({"username": "ann"})
    return found


@pytest.fixture
def task(ann: Client, over_the_wire: World) -> str:
    """A task of ann's with fifty comments of fifty people and ten files, put there as they lie."""
    made = str(ann.post("/api/tasks", {"title": "t", "tags": ["red"]}).json["id"])
    hang(over_the_wire, made, comments=COMMENTS, files=FILES)
    return made


def hang(world: World, task: str, *, comments: int, files: int) -> None:
    db = world.store.db
    common = {"task": task, "created_at": START, "updated_at": START}
    said = [
        {"_id": f"{task}-{n:03}", "user": f"{task}-{n}", "content": "x", "html": "x", **common}
        for n in range(comments)
    ]
    kept = [
        {"_id": f"{task}-{n:03}", "key": f"{task}{n}", "name": "n", "type": "text/plain", "size": 1,
         "user": "ann", **common}
        for n in range(files)
    ]  # fmt: skip
    people = [
        {"_id": one["user"], "number": -hash(one["user"]), "full_name": "x", "state": "active",
         "created_at": START}
        for one in said
    ]  # fmt: skip
    for name, documents in (("comments", said), ("files", kept), ("users", people)):
        db[name].insert_many(documents)
    tally = {
        "comments_count": comments,
        "comments_newest": [one["_id"] for one in said[-10:]],
        "files_count": files,
        "files_newest": [one["_id"] for one in kept[-10:]],
    }
    db.task_paths.update_one({"_id": task}, {"$set": tally})


def test_a_task_with_people_comments_and_files_takes_five(
    over_the_wire: World, user: dict[str, Any], task: str, count: Count
) -> None:
    assert count(lambda: reading.task(over_the_wire, user, task)) == 5, count.names
    found = reading.task(over_the_wire, user, task)
    assert found.hung
    assert (len(found.hung.comments[task]), len(found.hung.files[task])) == (COMMENTS, FILES)
    assert len(found.people) == COMMENTS + 1


def test_by_http_it_takes_the_session_more(ann: Client, task: str, count: Count) -> None:
    assert count(lambda: ann.get(f"/api/tasks/{task}")) == 5 + 1, count.names
    shown = ann.get(f"/api/tasks/{task}").json
    assert (len(shown["comments"]), len(shown["files"])) == (COMMENTS, FILES)
    assert all(one["author"] for one in shown["comments"])


def test_a_list_of_a_hundred_takes_six_and_unexpanded_four(
    ann: Client, over_the_wire: World, user: dict[str, Any], count: Count
) -> None:
    drafts = [{"title": str(number)} for number in range(TASKS)]
    for made in ann.post("/api/tasks/bulk", {"tasks": drafts}).json:
        hang(over_the_wire, made["id"], comments=10, files=10)
        elsewhere = {"$set": {"created_by": f"{made['id']}-0", "assigned_to": f"{made['id']}-1"}}
        over_the_wire.store.db.task_paths.update_one({"_id": made["id"]}, elsewhere)

    def listing(**how: Any) -> Callable[[], object]:
        query = Query(over_the_wire.now(), page_size=TASKS, **how)
        return lambda: reading.listing(over_the_wire, user, query)

    assert count(listing()) == 6, count.names
    assert count(listing(expanded=False)) == 4, count.names
    assert count(lambda: ann.get("/api/tasks?page_size=100")) == 6 + 1, count.names
    assert count(lambda: ann.get("/api/tasks?page_size=100&expand=none")) == 4 + 1, count.names
    shown = ann.get("/api/tasks?page_size=100").json["tasks"]
    assert {(len(one["comments"]), len(one["files"])) for one in shown} == {(10, 10)}
    assert all(one["creator"] and one["assignee"] for one in shown)


def test_what_has_nothing_asks_for_nothing(
    ann: Client, over_the_wire: World, user: dict[str, Any], count: Count
) -> None:
    task = ann.post("/api/tasks", {"title": "t"}).json["id"]
    assert count(lambda: reading.task(over_the_wire, user, task)) == 2
    assert count(lambda: reading.listing(over_the_wire, user, Query(over_the_wire.now()))) == 3


def test_the_answer_of_a_write_asks_for_what_hangs_there_after_it(
    ann: Client, task: str, count: Count
) -> None:
    path = f"/api/tasks/{task}"
    assert count(lambda: ann.patch(path, {"title": "bare by now"})) == 6 + 1, count.names
    made = ann.post("/api/tasks", {"title": "t"}).json["id"]
    ann.post(f"/api/tasks/{made}/comments", {"content": "x"})
    assert count(lambda: ann.patch(f"/api/tasks/{made}", {"title": "new"})) == 6 + 1 + 1


def test_comments_take_three_to_list_and_seven_or_eight_to_write(
    ann: Client, over_the_wire: World, user: dict[str, Any], count: Count
) -> None:
    world = over_the_wire
    task = ann.post("/api/tasks", {"title": "t"}).json["id"]
    assert count(lambda: commenting.add(world, user, task, "x")) == 8, count.names
    assert count(lambda: commenting.add(world, user, task, "@bob")) == 8 + 1, count.names
    made = commenting.listing(world, user, task).rows
    assert count(lambda: commenting.listing(world, user, task)) == 3
    assert count(lambda: commenting.change(world, user, task, made[0]["_id"], "y")) == 7
    assert count(lambda: commenting.delete(world, user, task, made[0]["_id"])) == 8, count.names
    for number in range(11):
        commenting.add(world, user, task, str(number))
    last = commenting.listing(world, user, task).rows[-1]["_id"]
    assert count(lambda: commenting.delete(world, user, task, last)) == 8 + 1, count.names


def test_a_key_adds_a_claim_beside_its_two(ann: Client, count: Count) -> None:
    task = ann.post("/api/tasks", {"title": "t"}).json["id"]

    def say() -> None:
        headers = {"Idempotency-Key": "k"}
        ann.post(f"/api/tasks/{task}/comments", {"content": "x"}, headers=headers)

    assert count(say) == 8 + 3 + 1, count.names
    assert count(say) == 3 + 1, count.names


def test_every_query_has_a_declared_index(ann: Client, over_the_wire: World, ear: Ear) -> None:
    made = ann.post("/api/tasks", {"title": "t"}).json["id"]
    path = f"/api/tasks/{made}/comments"
    ear.heard.clear()
    ids = [
        ann.post(path, {"content": "@bob"}, headers={"Idempotency-Key": str(n)}).json["id"]
        for n in range(12)
    ]
    assert ann.put(f"{path}/{ids[0]}", {"content": "y"}).status == 200
    assert ann.delete(f"{path}/{ids[-1]}").status == 204
    for where in (path, f"{path}?limit=2", f"/api/tasks/{made}", "/api/tasks"):
        assert ann.get(where).status == 200
    assert len(ann.get("/api/auth/me/export").json["comments"]) == 11
    over_the_wire.store.db.comments.update_one({"_id": ids[0]}, {"$set": {"pending": START}})
    late = World(over_the_wire.store, lambda: START.replace(year=2030), over_the_wire.new_id)
    for one in commenting.unfinished(late, 9):
        commenting.drop_unfinished(late, one)
    assert ann.delete(f"/api/tasks/{made}?permanent=true").status == 204
    asked = [query for command in ear.heard for query in queries(command)]
    assert {"comments", "files"} <= {name for name, _ in asked}
    assert [query for query in asked if not is_served(*query)] == []
