"""Bugs to plant in a process: each takes one guard of moves or keys away.

Each is made anew for a process, for it may remember what it saw. The tree S is `s`, T is `t`.
"""

from typing import Any

from pymongo.errors import AutoReconnect

from tests.conftest import START
from tests.store.wrapped import Around, Call
from tracker.core import rows, trees
from tracker.store import Store, drains


def no_freeze() -> Around:
    """Intents are not seen: what is on its way is written to."""

    def around(call: Call) -> Any:
        found = call.run()
        if call.name == "trees.find_one" and found:
            found.pop("moving", None)
        return found

    return around


def no_freeze_in_t() -> Around:
    """What is on its way out of the target is not seen."""

    def around(call: Call) -> Any:
        found = call.run()
        if _loads(call, "t") and found:
            found.pop("moving", None)
        return found

    return around


def source_not_drained() -> Around:
    """The arrival does not wait for what is left in the source; and its first drain fails."""
    left = ["drain", "wait"]

    def around(call: Call) -> Any:
        if call.name == "task_paths.bulk_write" and "drain" in left:
            left.remove("drain")
            raise AutoReconnect
        found = call.run()
        if _loads(call, "s") and "drain" not in left and "wait" in left:
            left.remove("wait")
            return {**found, "outbox": [], "ops": []}
        return found

    return around


def refusal_in_memory() -> Around:
    """The refusal of a target is known to the mover alone."""

    unsaid = False

    def around(call: Call) -> Any:
        nonlocal unsaid
        moves = _set(call).get("moves")
        unsaid = unsaid or bool(moves and moves[-1]["outcome"] != "in")
        unsaid = unsaid and not _loads(call, "s")  # it goes on with the source
        return _Done() if unsaid and call.writes else call.run()

    return around


def source_read_first() -> Around:
    """The mover reads the source, then the target."""
    read: dict[str, Any] = {}

    def around(call: Call) -> Any:
        if _loads(call, "t"):
            read["s"] = call.real({"_id": "s"})
        if _loads(call, "s") and "s" in read:
            return read.pop("s")
        return call.run()

    return around


def op_with_the_removal() -> Around:
    """The key of a move is stored when the subtree leaves the source, not when it arrives."""
    held: list[Any] = []

    def around(call: Call) -> Any:
        if call.name == "idem.bulk_write":
            held.append(call)
            return _Done()
        if call.name == "trees.update_one" and "ops" in call.args[1].get("$push", {}):
            pushed = {"outbox": call.args[1]["$push"]["outbox"]}
            return call.with_args(call.args[0], {**call.args[1], "$push": pushed}).run()
        done = call.run()
        if call.name == "trees.update_one" and "moving" in call.args[1].get("$unset", {}):
            for late in held:
                late.run()
        return done

    return around


def row_read_before_document(store: Store, key: str) -> Around:
    """A retry looks for its key in the row first, and in the document second."""
    read: list[Any] = []

    def around(call: Call) -> Any:
        if _loads(call, "s"):
            read.append(store.db.idem.find_one({"_id": key}))
        return read.pop() if call.name == "idem.find_one" and read else call.run()

    return around


def ops_removed_before_their_rows() -> Around:
    """A drain acknowledges first, and writes the rows of keys second."""
    held: list[Call] = []

    def around(call: Call) -> Any:
        if call.name == "idem.bulk_write":
            held.append(call)
            return _Done()
        done = call.run()
        if held and call.name == "trees.update_one" and "$push" not in call.args[1]:
            held.pop().run()
        return done

    return around


def claim_after_the_insert() -> Around:
    """The id of a new root is claimed when its tree is there."""
    held: list[Call] = []

    def around(call: Call) -> Any:
        if call.name == "idem.insert_one":
            held.append(call)
            return _Done()
        done = call.run()
        if held and call.name == "trees.insert_one":
            held.pop().run()
        return done

    return around


def purge_by_query(store: Store) -> Around:
    """A purge of a tree that is not drained; the rows to bury are those that the index has."""

    def around(call: Call) -> Any:
        if _loads(call, "s"):
            return {**call.run(), "outbox": [], "ops": []}
        if call.name == "task_paths.bulk_write":
            left = [write for write in call.args[0] if not write._doc["gone"]]
            return call.with_args(left).run() if left else _Done()
        if call.name != "trees.update_one":
            return call.run()
        guard, update = call.args
        if "$push" not in update:
            return _Done()  # no ack: it would clear what others left, which was not drained
        outbox = {**update["$push"]["outbox"], "gone": {}}
        done = call.with_args(guard, {**update, "$push": {"outbox": outbox}}).run()
        tree = store.db.trees.find_one(guard | {"rev": guard["rev"] + 1})
        standing = {place.node["id"] for place in trees.walk(tree["root"])} if tree else set()
        lost = store.db.task_paths.find({"root": "s", "_id": {"$nin": list(standing)}})
        graves = [
            rows.tombstone(row["_id"], hops=row["hops"], rev=guard["rev"] + 1, root="s", at=START)
            for row in lost
        ]
        drains.put(store, graves)
        return done

    return around


def removed_at_once(store: Store) -> Around:
    """A tree that ends is removed, and begins anew when its root comes back."""

    def around(call: Call) -> Any:
        if call.name == "history.count_documents":
            return 0
        if _set(call).get("root", "") is None:
            store.db.trees.delete_one(call.args[0])
            return _Done()
        return call.run()

    return around


class _Done:
    """What a write answers that was only said to be done."""

    matched_count = 1
    inserted_count = upserted_count = 0


def _loads(call: Call, tree: str) -> bool:
    return call.name == "trees.find_one" and call.args == ({"_id": tree},)


def _set(call: Call) -> dict[str, Any]:
    if call.name != "trees.update_one":
        return {}
    found: dict[str, Any] = call.args[1].get("$set", {})
    return found
