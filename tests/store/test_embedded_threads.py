"""Many threads on one embedded store: nothing is lost, nothing is seen half done."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import UpdateOne

from tracker.store.embedded import Database, open_store


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path) as found:
        yield found


def test_one_of_many_claims_a_job(db: Database) -> None:
    db.jobs.insert_many([{"_id": n, "at": -n, "state": "waiting"} for n in range(5)])
    claimed: list[int] = []

    def claim() -> None:
        change = {"$set": {"state": "taken"}}
        while job := db.jobs.find_one_and_update({"state": "waiting"}, change, sort=[("at", 1)]):
            claimed.append(job["_id"])

    in_threads(4, claim)
    assert sorted(claimed) == list(range(5))


def test_increments_of_eight_threads_all_count(db: Database) -> None:
    db.c.insert_one({"_id": 1, "n": 0, "log": []})

    def work() -> None:
        for i in range(200):
            db.c.update_one({"_id": 1}, {"$inc": {"n": 1}, "$push": {"log": i}})

    in_threads(8, work)
    found = db.c.find_one({"_id": 1})
    assert found
    assert (found["n"], len(found["log"])) == (1600, 1600)


def test_reader_never_sees_half_a_bulk(db: Database) -> None:
    db.c.insert_many([{"_id": "left", "n": 0}, {"_id": "right", "n": 0}])
    done, torn = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            pair = [row["n"] for row in db.c.find({"n": {"$gte": 0}})]
            if pair[0] != pair[1]:
                torn.append(pair)

    def write() -> None:
        for n in range(300):
            change = {"$set": {"n": n}}
            db.c.bulk_write(
                [UpdateOne({"_id": "left"}, change), UpdateOne({"_id": "right"}, change)]
            )
        done.set()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    write()
    for thread in readers:
        thread.join()
    assert torn == []


def in_threads(number: int, work: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def watched() -> None:
        try:
            work()
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=watched) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
