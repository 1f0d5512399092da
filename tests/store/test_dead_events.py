"""An entry whose effects cannot be written is given up after a few tries; nothing else is lost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bson.errors import InvalidDocument
from click.testing import Result
from flask import Flask
from pymongo.errors import AutoReconnect, BulkWriteError

from tests.core.forest import node
from tests.store.staging import commit, load, plant, retitle, row
from tests.store.wrapped import Around, Call, wrap
from tracker.core.terms import Key, Terms
from tracker.errors import Unavailable
from tracker.services import editing, leaving, reviving, sweeping, trashing
from tracker.services.world import World
from tracker.store import Store, dead_events, drains, poison

ANN = {"_id": "ann"}


def poisoned(*tasks: str, fault: Exception | None = None) -> Around:
    """The rows of these tasks cannot be written, nor anything in the same bulk."""

    def around(call: Call) -> Any:
        rows = call.args[0] if call.name == "task_paths.bulk_write" else []
        if any(write._doc["_id"] in tasks for write in rows):
            raise fault or InvalidDocument("cannot encode object")
        return call.run()

    return around


def untold(seq: int) -> Around:
    """The history row of one commit cannot be written: the server says so."""

    def around(call: Call) -> Any:
        rows = call.args[0] if call.name == "history.bulk_write" else []
        if any(write._doc["seq"] == seq for write in rows):
            refused = {"writeErrors": [{"index": 0, "code": 121}], "writeConcernErrors": []}
            raise BulkWriteError(refused)
        return call.run()

    return around


def tries(store: Store, around: Around, times: int) -> int:
    """How many of so many drains of the tree r failed."""
    failed = 0
    for _ in range(times):
        try:
            drains.drain_now(wrap(store, around), "r")
        except (InvalidDocument, BulkWriteError, AutoReconnect, Unavailable):
            failed += 1
    return failed


def dead(store: Store) -> dict[str, dict[str, str]]:
    return {event["_id"]: event["faults"] for event in dead_events.listed(store, 100)}


@pytest.fixture
def waiting(store: Store) -> Store:
    """A tree r > (a > b, c) in which two commits wait, the first of them on b."""
    plant(store, node("r", node("a", node("b")), node("c")))
    commit(store, "r", retitle("b", "B"))
    commit(store, "r", retitle("c", "C"))
    return store


def heal(store: Store, world: World) -> None:
    for event in dead(store):
        assert reviving.retry(world, event)
    assert dead(store) == {}


def test_after_five_tries_the_tree_goes_on_without_it(waiting: Store, world: World) -> None:
    rev = load(waiting, "r")["rev"]
    assert tries(waiting, poisoned("b"), 4) == 4
    assert (dead(waiting), row(waiting, "c")["title"]) == ({}, "c")
    assert tries(waiting, poisoned("b"), 1) == 0
    assert dead(waiting) == {"r:2": {"index": "InvalidDocument"}}
    tree = load(waiting, "r")
    assert (tree["rev"], tree["outbox"], tree.get("dirty")) == (rev, [], None)
    assert (row(waiting, "b")["title"], row(waiting, "c")["title"]) == ("b", "C")
    assert waiting.db.history.count_documents({"tree": "r"}) == rev
    heal(waiting, world)
    assert row(waiting, "b")["title"] == "B"


def test_of_one_entry_the_rows_that_can_be_written_are(store: Store, world: World) -> None:
    names = [f"n{count}" for count in range(70)]
    plant(store, node("r", *(node(name) for name in names)))
    around = poisoned("n7", "n55")
    trashing.delete(replace(world, store=wrap(store, around)), ANN, "r")
    assert tries(store, around, 4) == 3  # the writer's own drain was the first
    late = [name for name in names if not row(store, name)["is_deleted"]]
    assert late == ["n7", "n55"]
    assert dead(store) == {"r:2": {"index": "InvalidDocument"}}
    heal(store, world)


def test_what_was_not_told_is_told_again(waiting: Store, world: World) -> None:
    assert tries(waiting, untold(2), 5) == 4
    assert dead(waiting) == {"r:2": {"tell": "BulkWriteError"}}
    assert row(waiting, "b")["title"] == "B"
    seqs = [told["seq"] for told in waiting.db.history.find({"tree": "r"})]
    assert sorted(seqs) == [1, 3]
    heal(waiting, world)
    assert waiting.db.history.count_documents({"tree": "r", "seq": 2}) == 1


@pytest.mark.parametrize("fault", [AutoReconnect("gone"), Unavailable()])
def test_a_database_that_is_down_kills_no_event(waiting: Store, fault: Exception) -> None:
    assert tries(waiting, poisoned("b", fault=fault), 12) == 12
    assert waiting.db.dead_events.count_documents({}) == 0
    assert load(waiting, "r")["dirty"]
    assert tries(waiting, poisoned(), 1) == 0


def test_a_fault_that_passes_kills_no_event(waiting: Store) -> None:
    assert tries(waiting, poisoned("b"), 4) == 4
    assert tries(waiting, poisoned(), 1) == 0
    assert dead(waiting) == {}
    commit(waiting, "r", retitle("b", "again"))
    assert tries(waiting, poisoned("b"), 1) == 1  # counted anew: it is another entry
    assert tries(waiting, poisoned(), 1) == 0


def test_where_nothing_can_be_written_it_is_not_looked_for_without_end(
    store: Store, world: World
) -> None:
    names = [f"n{count}" for count in range(150)]
    plant(store, node("r", *(node(name) for name in names)))
    bulks = 0

    def around(call: Call) -> Any:
        nonlocal bulks
        bulks += call.name == "task_paths.bulk_write"
        return poisoned("r", *names)(call)

    trashing.delete(replace(world, store=wrap(store, around)), ANN, "r")
    assert tries(store, around, 4) == 3
    assert bulks < 5 + 4 * poison.MOST_FOUND
    heal(store, world)


def test_two_who_give_it_up_bury_it_once(waiting: Store, world: World) -> None:
    entry = load(waiting, "r")["outbox"][0]
    for _ in range(2):
        dead_events.bury(waiting, "r", entry, step="index", fault="KeyError")
    assert dead_events.count(waiting, 10) == 1
    sweeping.sweep(world)
    heal(waiting, world)


def test_the_writer_is_answered_and_its_key_remembered(store: Store, world: World) -> None:
    plant(store, node("r", node("a", node("b"))))
    sick = replace(world, store=wrap(world.store, poisoned("b")))
    keyed = Terms(key=Key("k", "request"))
    answer = editing.change(sick, ANN, "b", {"title": "B"}, keyed)
    assert answer.row["title"] == "B"
    for _ in range(5):
        sweeping.sweep(sick)
    assert dead(store) == {"r:2": {"index": "InvalidDocument"}}
    assert editing.change(sick, ANN, "b", {"title": "B"}, keyed).row == answer.row
    assert load(store, "r")["rev"] == 2
    heal(store, world)


def test_nobody_revives_what_is_not_dead(waiting: Store, world: World) -> None:
    tries(waiting, poisoned("b"), 1)
    assert not reviving.retry(world, "r:2")
    sweeping.sweep(world)


def test_what_still_fails_stays_dead(waiting: Store, world: World) -> None:
    tries(waiting, poisoned("b"), 5)
    with pytest.raises(InvalidDocument):
        reviving.retry(replace(world, store=wrap(waiting, poisoned("b"))), "r:2")
    heal(waiting, world)


def test_nothing_is_kept_of_the_trees_of_who_left(waiting: Store, world: World) -> None:
    tries(waiting, poisoned("b"), 5)
    mark = {"round": 2, "at": world.now(), "after": ""}
    ann = {"_id": "ann", "number": 1, "created_at": world.now(), "state": "deleting"}
    waiting.db.users.insert_one({**ann, "leaving": mark})
    while leaving.go_on(world, "ann"):
        pass
    assert dead(waiting) == {}


@pytest.fixture
def flask(app: Flask) -> Callable[..., Result]:
    return lambda *words: app.test_cli_runner().invoke(args=["events", *words])


def test_commands_list_and_retry_dead_events(waiting: Store, flask: Callable[..., Result]) -> None:
    tries(waiting, poisoned("b"), 5)
    first, last = flask("list").output.splitlines()
    assert first.startswith("r:2  ")
    assert first.endswith("index: InvalidDocument")
    assert last == "1 events were given up."
    assert flask("retry", "r:2").output == "1 events are written.\n"
    assert flask("list").output == "0 events were given up.\n"
    refused = flask("retry", "r:2")
    assert (refused.exit_code, refused.output.splitlines()[0]) == (1, "r:2 was not given up.")
