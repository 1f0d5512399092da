"""The walk of every write: a lost race is decided again on what stands then, and never twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.core.forest import at
from tests.store.staging import commit, end, load, row
from tests.store.test_queues import until_so_many_stand_in_line
from tests.store.wrapped import Around, Call, wrap
from tracker.core.terms import Terms
from tracker.errors import Busy, Conflict, Forbidden, NotFound, Stale
from tracker.services import editing, making, sharing, trashing, writing
from tracker.services.world import World

ANN, BOB, SAM = ({"_id": name} for name in ("ann", "bob", "sam"))


def meanwhile(world: World, deed: Callable[[], object], *, times: int = 1) -> World:
    """A world in which something else is done between the load of a write and its commit."""
    return with_around(world, _before_commits(deed, times))


def _before_commits(deed: Callable[[], object], times: int) -> Around:
    left = [times]

    def around(call: Call) -> Any:
        if call.name == "trees.update_one" and "$push" in call.args[1] and left[0]:
            left[0] -= 1
            deed()
        return call.run()

    return around


def with_around(world: World, around: Around) -> World:
    return replace(world, store=wrap(world.store, around))


def title(world: World, task: str) -> str:
    found: str = at(load(world.store, "r"), task).node["title"]
    return found


def test_a_write_is_answered_as_it_stands(world: World, tree: str) -> None:
    answer = editing.change(world, ANN, "b", {"title": "B"})
    assert (answer.row["title"], answer.row["rev"]) == ("B", 2)
    assert row(world.store, "b") == answer.row


def test_a_lost_race_is_decided_again_on_the_fresh_tree(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, BOB, "b", {"priority": "high"}))
    editing.change(slow, ANN, "b", {"title": "B"})
    found = at(load(world.store, tree), "b").node
    assert (found["title"], found["priority"], found["rev"]) == ("B", "high", 3)


def test_who_loses_every_race_is_told_busy_and_changes_nothing(world: World, tree: str) -> None:
    titles = iter("123456789")

    def overtake() -> None:
        editing.change(world, BOB, "b", {"title": next(titles)})

    with pytest.raises(Busy):
        editing.change(meanwhile(world, overtake, times=9), ANN, "c", {"title": "never"})
    assert (title(world, "b"), title(world, "c")) == (str(writing.ATTEMPTS), "c")


def test_a_condition_that_no_longer_fits_is_not_decided_again(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, BOB, "b", {"title": "first"}))
    with pytest.raises(Stale):
        editing.change(slow, ANN, "b", {"title": "late"}, Terms(if_match=("n0-1",)))
    assert title(world, "b") == "first"


def test_a_condition_still_fits_where_only_another_task_changed(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, BOB, "c", {"title": "C"}))
    editing.change(slow, ANN, "b", {"title": "B"}, Terms(if_match=("n0-1",)))
    assert (title(world, "b"), title(world, "c")) == ("B", "C")


def test_a_tree_s_condition_ends_with_any_change(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: editing.change(world, BOB, "c", {"title": "C"}))
    number = load(world.store, tree)["root"]["number"]
    with pytest.raises(Stale):
        editing.change(slow, ANN, "b", {"title": "B"}, Terms(if_match=(f"t{number}-1",)))


def test_a_right_withdrawn_meanwhile_is_gone(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: sharing.remove(world, ANN, "r", "bob"))
    with pytest.raises(NotFound):
        editing.change(slow, BOB, "b", {"title": "B"})
    assert title(world, "b") == "b"


def test_a_role_lowered_meanwhile_is_lower(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: sharing.put(world, ANN, "r", "bob", "viewer"))
    with pytest.raises(Forbidden):
        editing.change(slow, BOB, "b", {"title": "B"})


def test_a_parent_deleted_meanwhile_takes_no_child(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: trashing.delete(world, BOB, "a"))
    with pytest.raises(NotFound):
        making.create(slow, ANN, {"title": "x", "parent_id": "b"})
    assert load(world.store, tree)["size"] == 4


def test_a_parent_purged_meanwhile_takes_no_child(world: World, tree: str) -> None:
    slow = meanwhile(world, lambda: trashing.purge(world, ANN, "a"))
    with pytest.raises(NotFound):
        making.create(slow, ANN, {"title": "x", "parent_id": "b"})


def test_a_task_that_has_ended_is_not_found_also_before_its_row_says_so(
    world: World, tree: str
) -> None:
    commit(world.store, "r", end("a"))
    with pytest.raises(NotFound):
        editing.change(world, ANN, "b", {"title": "B"})


def test_a_child_made_meanwhile_keeps_its_parent_open(world: World, tree: str) -> None:
    below_c = {"title": "x", "parent_id": "c"}
    slow = meanwhile(world, lambda: making.create(world, BOB, below_c))
    with pytest.raises(Conflict, match="“x”"):
        editing.complete(slow, ANN, "c")


def test_a_change_to_what_stands_writes_nothing(world: World, tree: str) -> None:
    calls: list[Call] = []

    def around(call: Call) -> Any:
        calls.append(call)
        return call.run()

    answer = editing.change(with_around(world, around), ANN, "b", {"title": "b"})
    assert answer.row["task_rev"] == 1
    assert [call.name for call in calls if call.writes] == []
    assert load(world.store, tree)["rev"] == 1


@pytest.mark.parametrize("task", ["b", "nobody"])
def test_a_stranger_is_told_nothing_whatever_the_condition(
    world: World, tree: str, task: str
) -> None:
    with pytest.raises(NotFound):
        editing.change(world, SAM, task, {"title": "x"}, Terms(if_match=("n9-9",)))


def test_rights_come_before_the_condition(world: World, tree: str) -> None:
    sharing.put(world, ANN, "r", "bob", "viewer")
    with pytest.raises(Forbidden):
        editing.change(world, BOB, "b", {"title": "x"}, Terms(if_match=("n9-9",)))


def test_writers_that_meet_in_one_process_wait_for_each_other(world: World, tree: str) -> None:
    calls: list[str] = []

    def around(call: Call) -> Any:
        calls.append(call.name)
        return call.run()

    listening = with_around(world, around)
    queues = listening.store.queues
    with ThreadPoolExecutor(1) as pool:
        with queues.turn("r"):
            other = pool.submit(editing.change, listening, ANN, "b", {"title": "B"})
            until_so_many_stand_in_line(queues, "r", 2)
            assert calls == ["task_paths.find_one"]
        assert other.result().row["title"] == "B"
