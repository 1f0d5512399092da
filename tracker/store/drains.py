"""What follows from a commit: rows, history, notifications, and the ack that forgets the outbox.
Database to database only.

The order and the guards are those that the model checks in tests/models prove; each plausible
variant of them loses or doubles something.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from tracker.core import commits, notices, rows
from tracker.core.commits import Commit, Entry
from tracker.core.rows import Row
from tracker.core.trees import Tree

from . import attached, idem, notifications, poison, pomodoros, trees

log = structlog.get_logger()

DUPLICATE_KEY = 11000
STALE_SECONDS = 300.0
FEW = 50


def settle(store: Any, commit: Commit) -> None:
    """Drain what a commit left, before its answer. A fault undoes nothing: the write stands."""
    if commit.was_clean:
        _left_to_sweep(commit.after, lambda: drain(store, commit.after))
    else:
        _left_to_sweep(commit.after, lambda: drain_now(store, commit.after["_id"]))


def settle_new(store: Any, tree: Tree) -> None:
    """The same for a tree that was just inserted."""
    _left_to_sweep(tree, lambda: drain(store, tree))


def drain(store: Any, snapshot: Tree, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Write every row that the entries of a snapshot name, also those that look right, then
    history, then what people are to be told, then the answers of keys, then ack.
    """
    taken = clock()
    for step in (*_effects(), _remember, ack):
        if clock() - taken > STALE_SECONDS:
            return  # paused so long that the tombstones that hold it back may be gone
        try:
            step(store, snapshot)
        except Exception as fault:
            if step not in _effects():
                raise
            poison.go_round(store, snapshot, step, fault)


def again(store: Any, tree: Tree, entry: Entry) -> None:
    """Write the effects of an entry that was given up, from its tree as it stands now."""
    for step in _effects():
        step(store, {**tree, "outbox": [entry]})


def drain_now(store: Any, tree: str) -> bool:
    """Drain a tree as it stands; False where nothing waited."""
    snapshot = trees.load(store, tree)
    if snapshot is None or not snapshot.get("dirty"):
        return False
    drain(store, snapshot)
    return True


def put(store: Any, new: list[Row], *, again: bool = False) -> int:
    """Write rows whole. A row only ever gives way to a higher (hops, rev); a late one is dropped by
    that. Returns how many were not late.

    With `again` also to one of the same rev, which mends a wrong row.
    """
    inserted, left = _insert_many(store, new) if len(new) > FEW else (0, new)
    writes = [
        ReplaceOne({"_id": row["_id"], **_older(row, again=again)}, row, upsert=True)
        for row in left
    ]
    return inserted + _written(store.db.task_paths, writes)


def ack(store: Any, snapshot: Tree) -> None:
    """Forget what was drained. Whoever appended meanwhile keeps theirs, and `dirty` stays for
    them.
    """
    guard = {"_id": snapshot["_id"], "owner": snapshot["owner"], "rev": snapshot["rev"]}
    clear = {"$set": {"outbox": [], "ops": []}, "$unset": {"dirty": ""}}
    if store.db.trees.update_one(guard, clear).matched_count:
        return
    drained = [entry["seq"] for entry in snapshot["outbox"]]
    moved = [op["id"] for op in snapshot["ops"]]
    exactly = {"outbox": {"seq": {"$in": drained}}, "ops": {"id": {"$in": moved}}}
    mine = {"_id": snapshot["_id"], "owner": snapshot["owner"]}
    store.db.trees.update_one(mine, {"$pull": exactly})


def _effects() -> tuple[poison.Step, ...]:
    """What an entry brings about; the rest of a drain is of the tree as a whole."""
    return (_index, _tell, _notify)


def _index(store: Any, snapshot: Tree) -> None:
    named = {task for entry in snapshot["outbox"] for task in entry["rows"]}
    live = rows.project(snapshot, store.space_of(snapshot["owner"]), named)
    put(store, [*live.values(), *_gone(snapshot)])


def _insert_many(store: Any, new: list[Row]) -> tuple[int, list[Row]]:
    """Of many rows, insert those that are not there, which is far cheaper than to look for an older
    one of each; how many that were, and the rows still to write: all of them where somebody else
    inserted one meanwhile.
    """
    ids = [row["_id"] for row in new]
    known = {row["_id"] for row in store.db.task_paths.find({"_id": {"$in": ids}}, {"_id": 1})}
    fresh = [InsertOne(row) for row in new if row["_id"] not in known]
    if fresh and _written(store.db.task_paths, fresh) < len(fresh):
        return 0, new
    return len(fresh), [row for row in new if row["_id"] in known]


def _gone(snapshot: Tree) -> list[Row]:
    return [
        rows.tombstone(task, hops=hops, rev=snapshot["rev"], root=snapshot["_id"], at=entry["at"])
        for entry in snapshot["outbox"]
        for task, hops in entry["gone"].items()
    ]


def _remember(store: Any, snapshot: Tree) -> None:
    """The stored answers of keys, as rows of their own before the ack removes them from the
    tree.
    """
    writes = [ReplaceOne({"_id": op["id"]}, idem.row(op), upsert=True) for op in snapshot["ops"]]
    _written(store.db.idem, writes)


def _tell(store: Any, snapshot: Tree) -> None:
    """What hangs on tasks, then one history row a commit: who hears of it finds it there."""
    attached.settle(store, snapshot)
    pomodoros.settle(store, snapshot)
    told = [commits.history(snapshot, entry) for entry in snapshot["outbox"]]
    _written(store.db.history, [InsertOne(row) for row in told])


def _notify(store: Any, snapshot: Tree) -> None:
    """Notifications and the jobs of letters, under ids that come out alike in every drain."""
    told = [
        notice
        for entry in snapshot["outbox"]
        for notice in notices.of_entry(snapshot, entry, open_workspace=store.open_workspace)
    ]
    if told:
        shown, mailed = notifications.written(store, told)
        _written(store.db.notifications, [InsertOne(row) for row in shown])
        _written(store.db.jobs, [InsertOne(job) for job in mailed])


def _written(collection: Any, writes: list[Any]) -> int:
    """Do a bulk and return how many documents it found or made. A duplicate key is no fault: what
    is there came from somebody who was first, or is newer.
    """
    if not writes:
        return 0
    try:
        done = collection.bulk_write(writes, ordered=False)
    except BulkWriteError as fault:
        told = fault.details
        if told["writeConcernErrors"] or any(
            error["code"] != DUPLICATE_KEY for error in told["writeErrors"]
        ):
            raise
        return int(told["nInserted"] + told["nMatched"] + told["nUpserted"])
    return int(done.inserted_count + done.matched_count + done.upserted_count)


def _older(row: Row, *, again: bool) -> dict[str, Any]:
    until = "$lte" if again else "$lt"
    return {
        "$or": [{"hops": {"$lt": row["hops"]}}, {"hops": row["hops"], "rev": {until: row["rev"]}}]
    }


def _left_to_sweep(tree: Tree, work: Callable[[], object]) -> None:
    """The tree stays dirty after a fault here, and the next reader or sweep goes on."""
    try:
        work()
    except Exception as fault:
        log.warning("drain_left_to_sweep", tree=tree["_id"], fault=type(fault).__name__)
