"""What people are told in the application: once, whatever dies; as they wish; while they may see
it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo import InsertOne
from pymongo.errors import AutoReconnect

from tests.conftest import Clock
from tests.core.forest import at, node
from tests.services import telling
from tests.services.telling import ANN, BOB, ZOE, prefer, shown, stored
from tests.services.test_writing import with_around
from tests.store.staging import commit, load, plant
from tests.store.wrapped import Around, Call, wrap
from tracker.core import life, members, schedule
from tracker.core.terms import Key, Terms
from tracker.errors import Conflict, NotFound, NotOverdue
from tracker.services import editing, firing, making, moves, notifying, sharing, sweeping, trashing
from tracker.services.notifying import Mark
from tracker.services.world import World
from tracker.store import drains

TOLD = [("task_assigned", "b")]


@pytest.fixture(autouse=True)
def stage(world: World) -> None:
    telling.people(world.store)
    telling.planted(world.store)


def give(task: str = "b", user: str = "bob") -> Any:
    return lambda tree: life.change(tree, at(tree, task), {"assigned_to": user}, at=telling.NOON)


def assign(world: World, task: str = "b", user: str | None = "bob") -> None:
    editing.change(world, ANN, task, {"assigned_to": user})


# once


def test_who_is_given_a_task_is_told(world: World) -> None:
    assign(world)
    (row,) = stored(world)
    assert {name: row[name] for name in ("user", "kind", "task", "tree", "title", "message")} == {
        "user": "bob",
        "kind": "task_assigned",
        "task": "b",
        "tree": "r",
        "title": "Task Assigned: b",
        "message": "You have been assigned to 'b'.",
    }
    assert (row["is_read"], row["created_at"]) == (False, world.now())
    assert (shown(world, BOB), shown(world, ANN)) == (TOLD, [])


def test_who_dies_after_the_commit_leaves_it_to_the_sweep(world: World) -> None:
    commit(world.store, "r", give())
    assert stored(world) == []
    for _ in range(2):
        sweeping.sweep(world)
        assert shown(world, BOB) == TOLD


@pytest.mark.parametrize(
    "step", ["users.find", "notifications.bulk_write", "jobs.bulk_write", "trees.update_one"]
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_drain_that_dies_at_any_step_tells_once(world: World, step: str, after: bool) -> None:
    prefer(world, "bob", "task_assigned", mail=True)
    snapshot = commit(world.store, "r", give())
    with pytest.raises(AutoReconnect):
        drains.drain(wrap(world.store, _dying(step, after=after)), snapshot)
    for _ in range(2):
        sweeping.sweep(replace(world, post=None))
    assert (len(stored(world)), len(telling.letters(world))) == (1, 1)


def _dying(name: str, *, after: bool) -> Around:
    def around(call: Call) -> Any:
        if call.name != name:
            return call.run()
        if after:
            call.run()
        raise AutoReconnect("gone")

    return around


def paused_drainer(world: World) -> None:
    """A drainer pauses with its snapshot until another has drained and bob has read."""
    paused = commit(world.store, "r", give())
    drains.drain_now(world.store, "r")
    notifying.read(world, BOB, stored(world)[0]["_id"])
    drains.drain(world.store, paused)


def test_a_drainer_that_was_paused_tells_nothing_anew(world: World) -> None:
    paused_drainer(world)
    assert [row["is_read"] for row in stored(world)] == [True]


def test_without_ids_of_their_own_it_would(world: World) -> None:
    paused_drainer(with_around(world, _ids_not_unique))
    assert [row["is_read"] for row in stored(world)] == [True, False]


def _ids_not_unique(call: Call) -> Any:
    if call.name != "notifications.bulk_write":
        return call.run()
    return call.with_args(
        [InsertOne({**w._doc, "_id": str(ObjectId())}) for w in call.args[0]]
    ).run()


def test_a_paused_drainer_brings_nothing_back_that_was_removed(world: World) -> None:
    paused = commit(world.store, "r", give())
    drains.drain_now(world.store, "r")
    notifying.remove(world, BOB, stored(world)[0]["_id"])
    drains.drain(world.store, paused)
    assert shown(world, BOB) == []
    (row,) = stored(world)
    assert "b" not in str(row.get("title")) + str(row.get("message"))


def test_what_waits_in_one_outbox_is_told_of_all(world: World) -> None:
    commit(world.store, "r", give())
    commit(world.store, "r", give("c", "zoe"))
    editing.change(world, ANN, "r", {"title": "R"})
    assert (shown(world, BOB), shown(world, ZOE)) == (TOLD, [("task_assigned", "c")])


def test_a_replayed_request_tells_nothing_anew(world: World) -> None:
    keyed = Terms(key=Key("k", "request"))
    for _ in range(2):
        editing.change(world, ANN, "b", {"assigned_to": "bob"}, keyed)
    assert len(stored(world)) == 1


def test_all_of_a_nested_task_are_told(world: World) -> None:
    below = {"title": "x", "subtasks": [{"title": "y", "assigned_to": "zoe"}]}
    draft = {"title": "new", "assigned_to": "bob", "subtasks": [below]}
    making.create(world, ANN, draft)
    making.create(world, ANN, {**draft, "parent_id": "c"})
    assert [row["title"] for row in stored(world, user="zoe")] == ["Task Assigned: y"] * 2
    assert [row["kind"] for row in stored(world, user="bob")] == ["task_assigned"] * 2


def test_a_task_that_moves_lets_its_assignee_into_the_tree_and_says_so(world: World) -> None:
    plant(world.store, node("q"))
    assign(world)
    moves.move(world, ANN, "b", "q")
    assert sorted(shown(world, BOB)) == [("member_added", "q"), *TOLD]


# to whom, and as they wish


@pytest.mark.parametrize("state", ["disabled", "unconfirmed", "deleting", "deleted"])
def test_who_may_not_come_in_is_told_nothing(world: World, state: str) -> None:
    commit(world.store, "r", give())
    world.store.db.users.update_one({"_id": "bob"}, {"$set": {"state": state}})
    sweeping.sweep(world)
    assert (stored(world), telling.letters(world)) == ([], [])


def test_who_is_not_there_is_told_nothing(world: World) -> None:
    world.store.db.users.delete_one({"_id": "bob"})
    assign(world, user="zoe")
    commit(world.store, "r", give("c"))
    sweeping.sweep(world)
    assert {row["user"] for row in stored(world)} == {"zoe"}


@pytest.mark.parametrize("in_app", [False, True])
@pytest.mark.parametrize("mail", [False, True])
def test_each_kind_comes_by_the_ways_that_one_wishes(
    world: World, in_app: bool, mail: bool
) -> None:
    prefer(world, "bob", "task_assigned", in_app=in_app, mail=mail)
    assign(world)
    assert (len(stored(world)), len(telling.letters(world))) == (in_app, mail)
    sharing.put(world, ANN, "r", "zoe@example.com", "owner")
    assert [row["kind"] for row in stored(world, user="zoe")] == ["member_added"]


def test_wishes_are_kept_one_by_one(world: World) -> None:
    prefer(world, "bob", "reminder", mail=False)
    found = notifying.prefer(world, BOB, {"reminder": {"in_app": False}, "comment_added": {}})
    assert found["reminder"] == {"in_app": False, "mail": False}
    user = world.store.db.users.find_one({"_id": "bob"})
    assert user["notify"] == {"reminder": {"in_app": False, "mail": False}}
    assert notifying.prefer(world, user, {}) == found


# while they may see it


def test_who_may_no_longer_see_a_task_is_shown_nothing_of_it(world: World) -> None:
    assign(world)
    (row,) = stored(world)
    sharing.remove(world, ANN, "r", "bob")
    assert shown(world, BOB) == []
    for deed in (notifying.read, notifying.remove):
        with pytest.raises(NotFound, match="Notification not found"):
            deed(world, BOB, row["_id"])
    commit(world.store, "r", lambda tree: members.put(tree, "bob", "viewer"))
    sweeping.sweep(world)
    assert TOLD[0] in shown(world, BOB)


def test_what_lies_in_the_trash_is_not_shown_until_it_is_back(world: World) -> None:
    assign(world)
    trashing.delete(world, ANN, "a")
    assert shown(world, BOB) == []
    trashing.restore(world, ANN, "a")
    assert shown(world, BOB) == TOLD
    trashing.purge(world, ANN, "b")
    assert shown(world, BOB) == []


def test_a_task_is_looked_for_where_it_stands_now(world: World) -> None:
    """It goes into a tree of ann's that zoe may not see; bob is let in with it."""
    assign(world, "a", "bob")
    assign(world, "b", "zoe")
    assign(world, "b", None)
    plant(world.store, node("q"))
    moves.move(world, ANN, "a", "q")
    assert shown(world, ZOE) == []
    assert ("task_assigned", "a") in shown(world, BOB)


def test_a_loss_of_rights_acts_before_it_is_drained(world: World) -> None:
    assign(world)
    commit(world.store, "r", lambda tree: members.remove(tree, "bob"))
    assert notifying.unread(world, BOB) == 0
    sweeping.sweep(world)


def test_a_page_goes_on_behind_what_is_hidden(world: World, clock: Clock) -> None:
    plant(world.store, node("q"), members=list(telling.EDITORS))
    for tree, count in (("r", 3), ("q", 250), ("r", 3)):
        _fill(world, clock, tree, count)
    sharing.remove(world, ANN, "q", "bob")
    first = notifying.listing(world, BOB, after=None, unread=False, limit=2)
    assert (len(first.rows), first.unread) == (2, 6)
    found, after = list(first.rows), first.further
    while after:
        page = notifying.listing(world, BOB, after=after, unread=False, limit=2)
        found, after = [*found, *page.rows], page.further
    assert [row["tree"] for row in found] == ["r"] * 6
    assert [row["created_at"] for row in found] == sorted(
        (row["created_at"] for row in found), reverse=True
    )


def _fill(world: World, clock: Clock, tree: str, count: int) -> None:
    row = {"user": "bob", "kind": "task_assigned", "task": tree, "tree": tree, "title": "t"}
    rows = []
    for _ in range(count):
        clock.advance(seconds=1)
        named = {"_id": world.new_id(), "message": "m", "is_read": False, "gone": False}
        kept = {"created_at": clock.now, "expires_at": clock.now + timedelta(days=90)}
        rows.append({**row, **named, **kept})
    world.store.db.notifications.insert_many(rows)


def test_marks_go_on_exactly_where_one_stopped(world: World, clock: Clock) -> None:
    """Also among notices of one moment."""
    for task in "abc":
        assign(world, task)
    seen: list[str] = []
    after: Mark | None = None
    for _ in range(3):
        page = notifying.listing(world, BOB, after=after, unread=False, limit=1)
        seen, after = [*seen, *(row["task"] for row in page.rows)], page.further
    assert (sorted(seen), after) == (["a", "b", "c"], None)


def test_read_ones_are_kept_and_not_counted(world: World, clock: Clock) -> None:
    for task in "abc":
        clock.advance(seconds=1)
        assign(world, task)
    (row,) = stored(world, task="b")
    for _ in range(2):
        assert notifying.read(world, BOB, row["_id"])["is_read"]
    assert shown(world, BOB) == [("task_assigned", task) for task in "cba"]
    assert shown(world, BOB, unread=True) == [("task_assigned", task) for task in "ca"]
    notifying.read_all(world, BOB)
    assert (shown(world, BOB, unread=True), notifying.unread(world, BOB)) == ([], 0)


def test_after_ninety_days_it_is_forgotten(world: World, clock: Clock) -> None:
    assign(world)
    clock.advance(days=90, milliseconds=-1)
    assert shown(world, BOB) == TOLD
    clock.advance(milliseconds=1)
    assert shown(world, BOB) == []
    with pytest.raises(NotFound):
        notifying.read(world, BOB, "x")


# telling of an overdue task by hand


def test_who_answers_for_an_overdue_task_is_told_by_hand(world: World) -> None:
    telling.overdue(world.store, 1)
    told = notifying.tell_overdue(world, ZOE, "t0")
    assert stored(world) == [told]
    assert (told["user"], told["title"]) == ("bob", "Task Overdue: t0")
    assert load(world.store, "t")["root"]["children"]["t0"]["rev"] == 1
    assert len(telling.letters(world)) == 1


def test_what_was_told_by_hand_the_sweep_does_not_tell_again(world: World) -> None:
    telling.overdue(world.store, 1)
    notifying.tell_overdue(world, ZOE, "t0")
    firing.fire(world, "t")
    assert len(stored(world)) == 1


def test_by_hand_it_is_told_again_but_not_mailed_again(world: World) -> None:
    telling.overdue(world.store, 1)
    firing.fire(world, "t")
    notifying.tell_overdue(world, BOB, "t0")
    assert [row["user"] for row in stored(world)] == ["bob", "bob"]
    assert len(telling.letters(world)) == 1


@pytest.mark.parametrize(
    ("gone", "told"),
    [([], "zoe"), (["zoe"], "bob"), (["zoe", "bob"], "ann"), (["zoe", "bob", "ann"], "ann")],
)
def test_of_those_who_answer_the_first_who_is_active_is_told(
    world: World, gone: list[str], told: str
) -> None:
    telling.overdue(world.store, 1, "zoe", created_by="bob")
    for user in gone:
        world.store.db.users.update_one({"_id": user}, {"$set": {"state": "disabled"}})
    assert notifying.tell_overdue(world, ANN, "t0")["user"] == told


def test_a_task_in_time_is_no_news(world: World) -> None:
    telling.overdue(world.store, 2, status="completed")
    for task in ("t0", "a"):
        with pytest.raises(NotOverdue):
            notifying.tell_overdue(world, ANN, task)
    assert issubclass(NotOverdue, Conflict)
    assert stored(world) == []


def test_under_a_key_it_is_told_once(world: World) -> None:
    telling.overdue(world.store, 1)
    keyed = Terms(key=Key("k", "request"))
    first = notifying.tell_overdue(world, ANN, "t0", keyed)
    assert notifying.tell_overdue(world, ANN, "t0", keyed) == first
    assert len(stored(world)) == 1


def test_the_sweep_tells_of_each_deadline_once(world: World) -> None:
    telling.overdue(world.store, 2)
    for _ in range(2):
        firing.fire(world, "t")
    assert sorted(row["task"] for row in stored(world)) == ["t0", "t1"]
    assert not schedule.is_due(load(world.store, "t"), world.now())
