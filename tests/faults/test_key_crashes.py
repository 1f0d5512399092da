"""Writes under a key: whatever dies, moves or is drained in between, a retry has the one effect.

The stage is that of the moves, see `sagas`; nothing is moving there until a scene moves it.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests import invariants
from tests.conftest import Clock
from tests.faults import bugs
from tests.faults.crashing import (
    at_gap,
    counted,
    crash_at,
    crash_within,
    crashes,
    process,
    undisturbed,
)
from tests.faults.sagas import ANN, SAGAS, UNKEYED, Stage, setting
from tests.store.wrapped import Around
from tracker.core import trees
from tracker.core.terms import Key, Terms
from tracker.core.trees import Tree
from tracker.services import editing, making, moves, sharing, trashing
from tracker.services.world import World
from tracker.store import Store

Deed = Callable[[World, Terms], Any]
Setting = Callable[[], Stage]


class OneKey(Key):
    """A key whose items have no keys of their own: wrong."""

    def of_item(self, index: int) -> Key:
        return self


KEYED = Terms(key=Key("key", "request"))
BULK = [
    {"title": "one", "subtasks": [{"title": "below one"}]},
    {"title": "two", "parent_id": "a"},
    {"title": "three", "parent_id": "b"},
    {"title": "four"},
]


def edit(world: World, terms: Terms) -> Any:
    return editing.change(world, ANN, "z", {"description": "new"}, terms)


def complete(world: World, terms: Terms) -> Any:
    return editing.complete(world, ANN, "x", terms, cascade=True)


def delete(world: World, terms: Terms) -> Any:
    return trashing.delete(world, ANN, "x", terms)


def move_inside(world: World, terms: Terms) -> Any:
    return moves.move(world, ANN, "x", "q", terms=terms)


def share(world: World, terms: Terms) -> Any:
    return sharing.put(world, ANN, "x", "bob", "editor", terms)


def create_below(world: World, terms: Terms) -> Any:
    return making.create(world, ANN, {"title": "new", "parent_id": "x"}, terms)


def create_root(world: World, terms: Terms) -> Any:
    return making.create(world, ANN, BULK[0], terms)


def create_many(world: World, terms: Terms) -> Any:
    return making.create_many(world, ANN, BULK, terms)


def purge(world: World, terms: Terms) -> Any:
    return trashing.purge(world, ANN, "x", terms)


def purge_a_root(world: World, terms: Terms) -> Any:
    return trashing.purge(world, ANN, "s", terms)


NAMING_X = [edit, complete, delete, move_inside, share, create_below]
DEEDS = [*NAMING_X, create_root, create_many, purge, purge_a_root]


@pytest.fixture
def new(store: Store, clock: Clock) -> Setting:
    make = setting(store, clock)
    return lambda: make(SAGAS["subtask to another tree"])


@pytest.fixture
def new_embedded(embedded_store: Store, clock: Clock) -> Setting:
    make = setting(embedded_store, clock)
    return lambda: make(SAGAS["subtask to another tree"])


@pytest.mark.parametrize(
    ("deed", "crash"),
    [*((deed, crash_at) for deed in DEEDS), (edit, crash_within), (create_root, crash_within)],
)
def test_a_retry_after_a_crash_at_any_write_has_the_one_effect(
    new: Setting, deed: Deed, crash: Callable[[int], Around]
) -> None:
    crash_everywhere(new, deed, crash)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_twin_at_any_call_gets_the_same_answer(new_embedded: Setting, deed: Deed) -> None:
    wanted = done(new_embedded(), deed)
    for nth in range(counted(lambda around: deed(doomed(new_embedded(), around), KEYED))):
        stage, twins = new_embedded(), []
        gap = at_gap(nth, lambda stage=stage, twins=twins: twins.append(asked(stage, deed)))
        assert deed(doomed(stage, gap), KEYED) == twins[0]
        assert done(stage, deed) == wanted


@pytest.mark.parametrize("deed", NAMING_X)
def test_a_retry_gets_its_answer_though_the_task_is_on_its_way_or_gone(
    new_embedded: Setting, deed: Deed, is_long: bool
) -> None:
    _, wanted = done(new_embedded(), deed)
    for nth in range(writes_of(new_embedded, deed) + 1):
        for steps in range(12) if is_long else (4, 12):
            stage = new_embedded()
            crashes(lambda stage=stage, nth=nth: deed(doomed(stage, crash_at(nth)), KEYED))
            if not has_committed(stage):
                break
            crashes(lambda stage=stage, steps=steps: stage.ask(UNKEYED, crash_at(steps)))
            asked(stage, deed)
            _, told = done(stage, deed)
            assert told - Counter(move=told["move"] - wanted["move"]) == wanted


def test_without_the_claim_first_a_root_is_made_twice(new_embedded: Setting) -> None:
    with pytest.raises(AssertionError):
        crash_everywhere(new_embedded, create_root, crash_at, bugs.claim_after_the_insert)


def test_with_one_key_for_a_whole_bulk_items_are_lost(new_embedded: Setting) -> None:
    wanted = done(new_embedded(), create_many)
    stage = new_embedded()
    making.create_many(stage.process(), ANN, BULK, Terms(key=OneKey("key", "request")))
    stage.sweep()
    assert outlines(stage) != wanted[0]


def test_without_the_row_before_the_ack_a_retry_is_done_again(new_embedded: Setting) -> None:
    """A sweep that dies between them leaves the key nowhere."""
    assert not all(once_though_a_sweep_dies(new_embedded(), nth) for nth in range(9))


def test_without_the_document_before_the_row_a_retry_is_done_again(new_embedded: Setting) -> None:
    """A sweep between them moves the key behind the reader."""
    assert not all(once_though_swept_meanwhile(new_embedded(), nth) for nth in range(9))


def once_though_a_sweep_dies(stage: Stage, nth: int) -> bool:
    crashes(lambda: stage.sweep(bugs.ops_removed_before_their_rows(), crash_at(nth)))
    return edits_after(stage)


def once_though_swept_meanwhile(stage: Stage, nth: int) -> bool:
    gap = at_gap(nth, stage.sweep)
    stage.edit(doomed(stage, bugs.row_read_before_document(stage.store, "edit"), gap))
    return edits_after(stage)


def edits_after(stage: Stage) -> bool:
    """Whether the keyed edit, which the stage began with, was done once."""
    stage.edit(stage.process())
    stage.sweep()
    return stage.store.db.history.count_documents({"task": "y", "deed": "edit"}) == 1


def crash_everywhere(
    new: Setting,
    deed: Deed,
    crash: Callable[[int], Around],
    bug: Callable[[], Around] = lambda: undisturbed,
) -> None:
    """Raises AssertionError where a deed that died at any write and its retry are not one deed."""
    wanted = done(new(), deed)
    for nth, is_swept in itertools.product(range(writes_of(new, deed) + 1), (False, True)):
        stage = new()
        crashes(lambda stage=stage, nth=nth: deed(doomed(stage, bug(), crash(nth)), KEYED))
        if is_swept:
            stage.sweep()
        assert done(stage, deed) == wanted


def doomed(stage: Stage, *arounds: Around) -> World:
    return process(stage.store, stage.clock, *arounds)


def asked(stage: Stage, deed: Deed) -> Any:
    """What the deed answers under its key."""
    return deed(stage.process(), KEYED)


def done(stage: Stage, deed: Deed) -> tuple[Any, Counter[str]]:
    """The deed is asked for twice and answered alike; all trees then, and all that was told."""
    assert asked(stage, deed) == asked(stage, deed)
    stage.sweep()
    invariants.check(stage.store)
    assert stage.store.db.idem.count_documents({"result": {"$exists": False}}) == 0
    told = stage.store.db.history.find({"hidden": False})
    return outlines(stage), Counter(row["deed"] for row in told)


def outlines(stage: Stage) -> list[Any]:
    return sorted(map(outline, stage.trees()), key=repr)


def has_committed(stage: Stage) -> bool:
    return any(op["id"] == "key" for tree in stage.trees() for op in tree["ops"]) or bool(
        stage.store.db.idem.count_documents({"_id": "key"})
    )


def outline(tree: Tree) -> Any:
    """A tree by the titles and states of its tasks: ids differ from run to run."""
    found = [
        (len(place.path), node["title"], node["description"], node["status"],
         bool(node.get("deleted_at")), place.parent if node["title"] == "x" else None)
        for place in trees.walk(tree["root"]) for node in [place.node]
    ]  # fmt: skip
    return sorted(found, key=repr), tree["members"]


def writes_of(new: Setting, deed: Deed) -> int:
    return counted(lambda around: deed(doomed(new(), around), KEYED), writes_only=True)
