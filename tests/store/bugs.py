"""Bugs to plant: each takes one guard of the protocol away, to see that the tests notice.

Each stands between the service and the database and spoils one call; see `wrapped`.
"""

from types import SimpleNamespace
from typing import Any

from bson import ObjectId
from pymongo import DeleteOne, InsertOne, ReplaceOne

from tests.store.wrapped import Around, Call
from tracker.core import rows


def no_row_guard(call: Call) -> Any:
    """A row gives way to any other, older ones too."""
    if call.name != "task_paths.bulk_write":
        return call.run()
    unguarded = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in _rows(call)]
    return call.with_args(unguarded).run()


def no_hops_in_the_row_guard(call: Call) -> Any:
    """A row gives way to a higher rev, of whatever tree."""
    if call.name != "task_paths.bulk_write":
        return call.run()
    by_rev = [
        ReplaceOne({"_id": row["_id"], "rev": {"$lt": row["rev"]}}, row, upsert=True)
        for row in _rows(call)
    ]
    return call.with_args(by_rev).run()


def right_rows_skipped(call: Call) -> Any:
    """Rows that look right already are not written."""
    if call.name != "task_paths.bulk_write":
        return call.run()
    found = call.real.__self__.find({"_id": {"$in": [row["_id"] for row in _rows(call)]}})
    known = {row["_id"]: row for row in found}
    other = [w for w in call.args[0] if not rows.same(w._doc, known.get(w._doc["_id"]))]
    nothing = SimpleNamespace(inserted_count=0, matched_count=0, upserted_count=0)
    return call.with_args(other).run() if other else nothing


def rows_removed(call: Call) -> Any:
    """The row of a task that ended is removed, and no tombstone stands in its place."""
    if call.name != "task_paths.bulk_write":
        return call.run()
    removed = [DeleteOne({"_id": w._doc["_id"]}) if w._doc["gone"] else w for w in call.args[0]]
    return call.with_args(removed).run()


def unguarded_ack(call: Call) -> Any:
    """The ack empties the outbox, whatever was appended since."""
    if not _is_ack(call):
        return call.run()
    return call.with_args({"_id": call.args[0]["_id"]}, call.args[1]).run()


def fallback_clears_dirty(call: Call) -> Any:
    """The pull of what was drained takes `dirty` away as well."""
    if call.name != "trees.update_one" or "$pull" not in call.args[1]:
        return call.run()
    return call.with_args(call.args[0], {**call.args[1], "$unset": {"dirty": ""}}).run()


def blind_ack(call: Call) -> Any:
    """The fallback empties the whole outbox instead of pulling what was drained."""
    if call.name != "trees.update_one" or "$pull" not in call.args[1]:
        return call.run()
    return call.with_args(call.args[0], {"$set": {"outbox": []}}).run()


def no_outbox(call: Call) -> Any:
    """A commit leaves no entry behind."""
    if call.name == "trees.insert_one":
        return call.with_args({**call.args[0], "outbox": []}).run()
    if call.name != "trees.update_one" or "$push" not in call.args[1]:
        return call.run()
    rest = {name: value for name, value in call.args[1].items() if name != "$push"}
    return call.with_args(call.args[0], rest).run()


def no_ops(call: Call) -> Any:
    """A commit does not remember its key."""
    if call.name == "trees.insert_one":
        return call.with_args({**call.args[0], "ops": []}).run()
    if call.name != "trees.update_one" or "$push" not in call.args[1]:
        return call.run()
    pushed = {name: value for name, value in call.args[1]["$push"].items() if name != "ops"}
    return call.with_args(call.args[0], {**call.args[1], "$push": pushed}).run()


def no_dirty(call: Call) -> Any:
    """A commit does not say that the tree waits."""
    if call.name == "trees.insert_one":
        clean = {name: value for name, value in call.args[0].items() if name != "dirty"}
        return call.with_args(clean).run()
    if call.name != "trees.update_one" or "$push" not in call.args[1]:
        return call.run()
    clean = {name: value for name, value in call.args[1]["$set"].items() if name != "dirty"}
    return call.with_args(call.args[0], {**call.args[1], "$set": clean}).run()


def history_ids_not_unique(call: Call) -> Any:
    """The same event may be told twice."""
    if call.name != "history.bulk_write":
        return call.run()
    return call.with_args([InsertOne({**row, "_id": ObjectId()}) for row in _rows(call)]).run()


def unguarded_commit(call: Call) -> Any:
    """A commit lands whatever the tree's rev is."""
    if call.name != "trees.update_one" or "$push" not in call.args[1]:
        return call.run()
    return call.with_args({"_id": call.args[0]["_id"]}, call.args[1]).run()


def no_bug(call: Call) -> Any:
    return call.run()


def named(*bugs: Around) -> dict[str, Around]:
    """Bugs by their names, to tell tests apart."""
    return {bug.__name__: bug for bug in bugs}


def _is_ack(call: Call) -> bool:
    return call.name == "trees.update_one" and call.args[1].get("$unset") == {"dirty": ""}


def _rows(call: Call) -> list[Any]:
    return [write._doc for write in call.args[0]]
