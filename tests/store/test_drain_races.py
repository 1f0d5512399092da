"""Writers and drainers of several processes, put into the order that hurts.

Each staged scene ends with one sweep, after which all must be as the tree says. A scene counts only
because it turns red without a guard: `test_each_guard_is_needed_by_a_scene` takes each away.
"""

from collections.abc import Callable

import pytest

from tests import invariants
from tests.core.forest import at, node
from tests.store import bugs
from tests.store.staging import NOON, commit, end, load, plant, retitle, row
from tests.store.test_drains import garden, sweep
from tests.store.wrapped import Around, wrap
from tracker.core import life
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import Store, drains


def late_drainer(store: Store) -> None:
    """A first writer pauses before its drain, until a second one has committed and drained."""
    plant(store, garden())
    paused = commit(store, "r", retitle("a", "A"))
    drains.drain(store, commit(store, "r", retitle("a", "AA")))
    drains.drain(store, paused)


def value_that_comes_back(store: Store) -> None:
    """A first one completes a task and pauses, until a second one has reopened it: what stands
    above it has changed twice, and looks as before.
    """
    plant(store, garden())
    paused = commit(store, "r", lambda tree: life.complete(tree, at(tree, "a"), at=NOON))
    drains.drain(store, commit(store, "r", lambda t: life.reopen(t, at(t, "a"), at=NOON)))
    drains.drain(store, paused)


def late_drainer_of_an_ended_task(store: Store) -> None:
    """A writer pauses before its drain, until the task has ended."""
    plant(store, garden())
    paused = commit(store, "r", retitle("a", "A"))
    drains.drain(store, commit(store, "r", end("a")))
    drains.drain(store, paused)


def ack_after_an_append(store: Store) -> None:
    """A first drainer acks when a second writer has appended and died."""
    plant(store, garden())
    first = commit(store, "r", retitle("a", "A"))
    commit(store, "r", retitle("b", "B"))
    drains.drain(store, first)


def two_drainers_of_one_snapshot(store: Store) -> None:
    """A second drainer takes up the tree between the drain and the ack of the first one."""
    plant(store, garden())
    first = commit(store, "r", retitle("a", "A"))
    second = load(store, "r")
    drains.drain(store, first)
    drains.drain(store, second)


def drainer_of_half_the_outbox(store: Store) -> None:
    """Three commits wait; drainers of each snapshot finish, the oldest one last."""
    plant(store, garden())
    snapshots = [commit(store, "r", retitle("a", title)) for title in ("x", "y", "a")]
    for snapshot in reversed(snapshots):
        drains.drain(store, snapshot)


def move_into_a_tree_of_lower_revs(store: Store) -> None:
    """A task goes from a tree that has seen much into one that has seen little."""
    plant(store, garden())
    plant(store, node("t"))
    for title in "xyz":
        drains.drain(store, commit(store, "r", retitle("a", title)))
    moved = at(load(store, "r"), "a").node

    def arrive(tree: Tree) -> Edit:
        landed = {**moved, "hops": 1, "rev": tree["rev"] + 1}
        return Edit({"root.children.a": landed, "size": tree["size"] + 1})

    drains.drain(store, commit(store, "t", arrive))
    drains.drain(store, commit(store, "r", end("a"), moved_out=True))


Scene = Callable[[Store], None]
SCENES: list[Scene] = [
    late_drainer,
    value_that_comes_back,
    late_drainer_of_an_ended_task,
    ack_after_an_append,
    two_drainers_of_one_snapshot,
    drainer_of_half_the_outbox,
    move_into_a_tree_of_lower_revs,
]
NEEDED = {
    bugs.no_row_guard: late_drainer,
    bugs.no_hops_in_the_row_guard: move_into_a_tree_of_lower_revs,
    bugs.right_rows_skipped: value_that_comes_back,
    bugs.rows_removed: late_drainer_of_an_ended_task,
    bugs.unguarded_ack: ack_after_an_append,
    bugs.fallback_clears_dirty: ack_after_an_append,
    bugs.blind_ack: ack_after_an_append,
    bugs.no_outbox: ack_after_an_append,
    bugs.history_ids_not_unique: two_drainers_of_one_snapshot,
}


@pytest.mark.parametrize("scene", SCENES)
def test_after_every_scene_and_a_sweep_all_is_as_the_tree_says(store: Store, scene: Scene) -> None:
    scene(store)
    sweep(store)
    invariants.check(store)


@pytest.mark.parametrize("kind", ["embedded", "wire"])
@pytest.mark.parametrize("bug", NEEDED)
def test_each_guard_is_needed_by_a_scene(
    request: pytest.FixtureRequest, kind: str, bug: Around
) -> None:
    real: Store = request.getfixturevalue(f"{kind}_store")
    spoiled = wrap(real, bug)
    NEEDED[bug](spoiled)
    sweep(spoiled)
    with pytest.raises(AssertionError):
        invariants.check(real)


def test_the_row_that_came_late_is_the_older_one(wire_store: Store) -> None:
    """What the missing guard leaves behind for ever: the first writer's title."""
    late_drainer(wrap(wire_store, bugs.no_row_guard))
    assert row(wire_store, "a")["title"] == "A"
    assert at(load(wire_store, "r"), "a").node["title"] == "AA"
