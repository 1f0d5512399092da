"""The file of the embedded store: private, for one process, all of a write in it or nothing."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError, InvalidOperation

from tracker.errors import StoreInUse, StoreUnreadable, Unavailable
from tracker.store.embedded import Database, open_store
from tracker.store.embedded.changes import Row
from tracker.store.embedded.files import DataFile
from tracker.store.embedded.transactions import Transactions

ROOT = Path(__file__).parents[2]


def test_reopened_store_is_equal(tmp_path: Path) -> None:
    now = datetime(2026, 3, 4, 5, 6, 7, 891_000, tzinfo=UTC)
    rows = [
        {"_id": "b", "t": now, "deep": {"a": [{"x": None}, 1.5, True]}},
        {"_id": 7, "big": 2**40, "bytes": b"\0\1"},
        {"_id": ObjectId(), "n": -1},
        {"_id": {"tree": "t", "seq": 1}},
    ]
    with open_store(tmp_path) as db:
        db.c.insert_many(rows)
        db.c.insert_one({"_id": "gone"})
        db.c.update_one({"_id": 7}, {"$set": {"big": 1}})
        db.c.delete_one({"_id": "gone"})
        db["with.dots"].insert_one({"_id": "b"})
        before = list(db.c.find({}))
    with open_store(tmp_path) as again:
        assert list(again.c.find({})) == before
        assert sorted(again.list_collection_names()) == ["c", "with.dots"]
        assert all(again.c.find_one({"_id": row["_id"]}) == row for row in before)


def test_second_process_is_refused_with_a_message_that_helps(tmp_path: Path) -> None:
    with (
        open_store(tmp_path),
        pytest.raises(
            StoreInUse, match="stop the server that serves it, or use its API"
        ) as refused,
    ):
        open_store(tmp_path, wait=0.05)
    assert str(tmp_path / "tracker.db") in refused.value.detail


def test_second_process_waits_for_the_first_one_to_leave(tmp_path: Path) -> None:
    first = open_store(tmp_path)
    first.c.insert_one({"_id": 1})
    seen: list[object] = []

    def wait() -> None:
        with open_store(tmp_path, wait=30) as second:
            seen.append(second.c.find_one())

    waiting = threading.Thread(target=wait)
    waiting.start()
    first.close()
    waiting.join()
    assert seen == [{"_id": 1}]


def test_folder_and_files_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / "tracker.db").touch(0o644)
    with open_store(folder) as db:
        db.c.insert_one({})
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    names = {"tracker.db", "tracker.db-wal", "tracker.db-shm", "tracker.lock"}
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version = 99", "schema version 99"),
        ("CREATE TABLE songs (x)", "schema version 0"),
    ],
)
def test_file_of_another_version_is_refused_untouched(
    tmp_path: Path, statement: str, said: str
) -> None:
    path = tmp_path / "tracker.db"
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable, match=said):
        open_store(tmp_path)
    assert path.read_bytes() == before


def test_damaged_file_is_refused_and_the_lock_let_go(tmp_path: Path) -> None:
    (tmp_path / "tracker.db").write_bytes(b"not a database, but long enough to be one" * 100)
    for _ in range(2):
        with pytest.raises(StoreUnreadable, match=r"tracker\.db cannot be opened"):
            open_store(tmp_path, wait=0)


def test_closed_store_says_so(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    assert db.command("ping") == {"ok": 1.0}
    db.close()
    db.close()
    for use in (lambda: db.command("ping"), lambda: db.c.find_one(), lambda: db.c.insert_one({})):
        with pytest.raises(InvalidOperation):
            use()


def test_forked_child_cannot_use_the_store_of_its_parent(tmp_path: Path) -> None:
    with open_store(tmp_path) as db:
        child = os.fork()
        if not child:
            try:
                db.c.insert_one({})
            except InvalidOperation:
                os._exit(0)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == 0


class Unlucky(DataFile):
    """A file that fails, or is interrupted right after the commit."""

    failure: BaseException | None = None

    def write(self, rows: Iterable[Row]) -> None:
        if isinstance(self.failure, KeyboardInterrupt):
            super().write(rows)
        if self.failure:
            raise self.failure
        super().write(rows)


@pytest.mark.parametrize(
    ("failure", "stands", "free"), [(Unavailable(), 1, 10), (KeyboardInterrupt(), 10, 1)]
)
def test_memory_follows_the_file_whatever_interrupts_a_write(
    tmp_path: Path, failure: BaseException, stands: int, free: int
) -> None:
    file = Unlucky(tmp_path, wait=0)
    with Database(Transactions(file, lambda: datetime.now(UTC), lambda _: None)) as db:
        db.c.create_index("n", unique=True)
        db.c.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])
        file.failure = failure
        with pytest.raises(type(failure)):
            db.c.update_one({"_id": 1}, {"$set": {"n": 10}})
        file.failure = None
        assert db.c.find_one({"_id": 1}) == {"_id": 1, "n": stands}
        with pytest.raises(DuplicateKeyError):
            db.c.insert_one({"_id": 3, "n": stands})
        db.c.insert_one({"_id": 3, "n": free})
        before = list(db.c.find({}))
    with open_store(tmp_path) as again:
        assert list(again.c.find({})) == before


def test_write_that_is_interrupted_leaves_no_transaction_open(tmp_path: Path) -> None:
    file = DataFile(tmp_path, wait=0)

    def rows() -> Iterator[Row]:
        yield "c", b"1", b"one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file.write(rows())
    assert file.read("c", b"1") is None
    file.write([("c", b"2", b"two")])
    assert list(file.load()) == [("c", b"2", b"two")]
    file.close()


FULL_DISK = """
import json, resource, sys
from pathlib import Path
from pymongo import InsertOne, UpdateOne
from tracker.errors import Unavailable
from tracker.store.embedded import open_store

folder = Path(sys.argv[1])
db = open_store(folder)
db.c.insert_one({"_id": 0, "n": 0})
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
log = (folder / "tracker.db-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (log + 200_000, hard))  # as if the disk were full there
kept, refused = [0], ""
for n in range(1, 20):
    both = [UpdateOne({"_id": 0}, {"$set": {"n": n}}), InsertOne({"_id": n, "fill": "x" * 40_000})]
    try:
        db.c.bulk_write(both)
        kept.append(n)
    except Unavailable as e:
        refused = refused or e.detail
shown = {"kept": kept, "refused": refused, "ids": db.c.distinct("_id")}
shown["n"] = db.c.find_one({"_id": 0})["n"]
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
db.c.insert_one({"_id": 99})
print(json.dumps(shown))
"""


def test_full_disk_is_unavailable_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["refused"].startswith("The data file cannot be written")
    assert 1 < len(shown["kept"]) < 20
    assert (shown["ids"], shown["n"]) == (shown["kept"], shown["kept"][-1])
    with open_store(tmp_path) as db:
        assert db.c.distinct("_id") == [*shown["kept"], 99]
        assert db.c.find_one({"_id": 0}) == {"_id": 0, "n": shown["n"]}
