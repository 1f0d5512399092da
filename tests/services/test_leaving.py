"""Leaving: what is one's own goes, what is of others stays, and a crash anywhere is mended."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.faults.crashing import (
    at_gap,
    counted,
    crash_at,
    crash_within,
    crashes,
    process,
    undisturbed,
)
from tests.store.wrapped import Around
from tracker.core.select import Query
from tracker.errors import Conflict, NotFound, WrongPassword
from tracker.services import leaving, making, moves, reading, sharing, sweeping
from tracker.services.passwords import Passwords
from tracker.services.world import World
from tracker.store import Store, accounts

PASSWORDS = Passwords("cheap")
CANARY = "c4n4ry"

User = dict[str, Any]


def person(world: World, name: str, **fields: Any) -> User:
    user = {
        "_id": world.new_id(),
        "email": f"{name}@{CANARY}.example",
        "username": f"{name}-{CANARY}",
        "full_name": f"{name} {CANARY}",
        "role": "user",
        "state": "active",
        "password": PASSWORDS.hash("right"),
        "created_at": world.now(),
    }
    return accounts.insert(world.store, {**user, **fields})


@pytest.fixture
def ann(world: World) -> User:
    return person(world, "ann")


@pytest.fixture
def bob(world: World) -> User:
    return person(world, "bob")


def plant(world: World, owner: User, title: str = CANARY, **fields: Any) -> str:
    """A tree of a root and two below it; its id."""
    below = [{"title": f"{title} {n}", "subtasks": [{"title": title}]} for n in (1, 2)]
    draft = {"title": title, "subtasks": below, **fields}
    return str(making.create(world, owner, draft).row["_id"])


def leave(world: World, user: User) -> None:
    leaving.leave(world, PASSWORDS, user, "right")


def go(world: World, clock: Clock) -> None:
    """Both rounds, to their end."""
    sweeping.sweep(world)
    clock.advance(minutes=5)
    sweeping.sweep(world)


def everything(store: Store) -> str:
    return str([list(store.db[name].find({})) for name in store.db.list_collection_names()])


def test_the_account_is_shut_at_once_and_its_tokens_go(world: World, ann: User) -> None:
    for name in ("sessions", "api_tokens", "one_time_tokens"):
        world.store.db[name].insert_one({"_id": "x", "hash": "x", "user": ann["_id"]})
    leave(world, ann)
    assert accounts.find(world.store, ann["_id"])["state"] == "deleting"
    for name in ("sessions", "api_tokens", "one_time_tokens"):
        assert world.store.db[name].count_documents({}) == 0


def test_a_wrong_password_changes_nothing(world: World, ann: User) -> None:
    with pytest.raises(WrongPassword):
        leaving.leave(world, PASSWORDS, ann, "wrong")
    assert accounts.find(world.store, ann["_id"]) == ann


def test_nobody_leaves_twice(world: World, ann: User) -> None:
    leave(world, ann)
    with pytest.raises(Conflict):
        leave(world, ann)


def test_the_last_admin_stays(world: World) -> None:
    one, other = (person(world, name, role="admin") for name in ("one", "other"))
    leave(world, one)
    with pytest.raises(Conflict):
        leave(world, other)
    assert accounts.find(world.store, other["_id"]) == other


def test_own_trees_go_and_those_of_others_stay(
    world: World, clock: Clock, ann: User, bob: User
) -> None:
    mine, theirs = plant(world, ann), plant(world, bob, "theirs")
    sharing.put(world, ann, mine, bob["_id"], "editor")
    leave(world, ann)
    go(world, clock)
    with pytest.raises(NotFound):
        reading.subtree(world, bob, mine)
    assert reading.subtree(world, bob, theirs).tree["size"] == 5
    assert world.store.db.trees.find_one({"_id": mine})["members"] == []
    assert world.store.db.task_paths.count_documents({"gone": False}) == 5


def test_nothing_tells_any_more_who_it_was(world: World, clock: Clock, ann: User) -> None:
    root = plant(world, ann, description=CANARY)
    sharing.put(world, ann, root, person(world, "sam")["username"], "viewer")
    world.store.db.users.delete_many({"username": {"$regex": "^sam"}})
    leave(world, ann)
    go(world, clock)
    assert CANARY not in everything(world.store)
    grave = accounts.find(world.store, ann["_id"])
    assert set(grave) == {"_id", "number", "created_at", "full_name", "state"}
    assert (grave["full_name"], grave["state"]) == ("Deleted account", "deleted")


def test_the_names_are_free_again(world: World, clock: Clock, ann: User) -> None:
    leave(world, ann)
    sweeping.sweep(world)
    assert person(world, "ann")["number"] > ann["number"]


def test_in_trees_of_others_the_person_is_taken_off(
    world: World, clock: Clock, ann: User, bob: User
) -> None:
    tree = plant(world, bob, "theirs", assigned_to=None)
    sharing.put(world, bob, tree, ann["_id"], "editor")
    mine = making.create(
        world, ann, {"title": "x", "parent_id": tree, "assigned_to": ann["_id"]}
    ).row["_id"]
    leave(world, ann)
    go(world, clock)
    row = reading.task(world, bob, mine).row
    assert (row["assigned_to"], row["created_by"]) == (None, ann["_id"])
    assert [member.user["_id"] for member in sharing.listing(world, bob, tree)] == [bob["_id"]]


def test_a_tree_that_was_handed_over_stays(
    world: World, clock: Clock, ann: User, bob: User
) -> None:
    tree = plant(world, ann)
    sharing.put(world, ann, tree, bob["_id"], "owner")
    leave(world, ann)
    go(world, clock)
    assert reading.subtree(world, bob, tree).tree["members"] == []


def test_the_second_round_finds_what_was_under_way(world: World, clock: Clock, ann: User) -> None:
    leave(world, ann)
    sweeping.sweep(world)
    plant(world, ann)
    clock.advance(minutes=4)
    assert sweeping.sweep(world).left == 0
    clock.advance(minutes=1)
    assert sweeping.sweep(world).left == 1
    assert world.store.db.task_paths.count_documents({"gone": False}) == 0
    assert CANARY not in everything(world.store)
    assert sweeping.sweep(world).left == 0


def test_a_move_that_is_half_done_is_finished_first(
    world: World, clock: Clock, ann: User, bob: User
) -> None:
    """What has left the tree for another is not ended with it."""
    source, target = plant(world, ann), plant(world, bob, "theirs")
    sharing.put(world, bob, target, ann["_id"], "editor")
    task = reading.children(
        world, ann, source, Query(world.now(), sort_by="position", descending=False)
    ).answer.rows[0]["_id"]
    crashed = process(world.store, clock, crash_at(1))
    assert crashes(lambda: moves.move(crashed, ann, task, target))
    leave(world, ann)
    assert leaving.go_on(world, ann["_id"])
    assert reading.task(world, bob, task).row["root"] == target
    go(world, clock)


def test_more_trees_than_a_slice_go(world: World, clock: Clock, ann: User) -> None:
    for _ in range(leaving.SLICE + 3):
        making.create(world, ann, {"title": CANARY})
    leave(world, ann)
    go(world, clock)
    assert world.store.db.task_paths.count_documents({"gone": False}) == 0


class Stage:
    """Somebody with two trees, one of them shared, who is assigned a task in a tree of another."""

    def __init__(self, world: World, clock: Clock, name: str) -> None:
        self.world, self.clock = world, clock
        self.ann, self.bob = person(world, f"ann {name}"), person(world, f"bob {name}")
        self.own = [plant(world, self.ann), plant(world, self.ann)]
        sharing.put(world, self.ann, self.own[0], self.bob["_id"], "editor")
        self.others = plant(world, self.bob, "theirs")
        sharing.put(world, self.bob, self.others, self.ann["_id"], "editor")
        draft = {"title": "x", "parent_id": self.others, "assigned_to": self.ann["_id"]}
        making.create(world, self.ann, draft)
        leave(world, self.ann)

    def go_on(self, around: Around) -> None:
        """A whole round in a process of its own."""
        world = process(self.world.store, self.clock, around)
        while leaving.go_on(world, self.ann["_id"]):
            pass

    def check(self, state: str) -> None:
        """To be called when all has been swept; each round is whole."""
        db, ann = self.world.store.db, self.ann["_id"]
        user = db.users.find_one({"_id": ann})
        assert (user["state"], user["full_name"]) == (state, "Deleted account")
        assert db.trees.count_documents({"owner": ann, "size": {"$gt": 0}}) == 0
        assert db.trees.count_documents({"members.user": ann}) == 0
        assert db.task_paths.count_documents({"owner": ann}) == 0
        assert db.task_paths.count_documents({"assigned_to": ann}) == 0
        assert db.task_paths.count_documents({"root": self.others, "gone": False}) == 6
        for row in db.history.find({"tree": {"$in": self.own}}):
            assert row["changes"] == {}


def check_both_rounds(world: World, clock: Clock, stages: list[Stage]) -> None:
    for state in ("deleting", "deleted"):
        sweeping.sweep(world)
        for stage in stages:
            stage.check(state)
        clock.advance(minutes=5)


def test_a_crash_at_any_write_is_mended_by_the_sweep(world: World, clock: Clock) -> None:
    writes = counted(Stage(world, clock, "whole").go_on, writes_only=True)
    assert writes > 10
    stages = [Stage(world, clock, str(nth)) for nth in range(writes)]
    for nth, stage in enumerate(stages):
        assert crashes(lambda stage=stage, nth=nth: stage.go_on(crash_within(nth)))
    check_both_rounds(world, clock, stages)


def test_two_who_sweep_at_once_do_no_harm(world: World, clock: Clock) -> None:
    calls = counted(Stage(world, clock, "whole").go_on)
    stages = [Stage(world, clock, str(nth)) for nth in range(0, calls, 3)]
    for nth, stage in zip(range(0, calls, 3), stages, strict=True):
        stage.go_on(at_gap(nth, lambda stage=stage: stage.go_on(undisturbed)))
    check_both_rounds(world, clock, stages)
