"""Hints after a commit: sent once it stands, and no more than hints."""

from dataclasses import replace
from typing import Any

import pytest

from tests.store.staging import commit, retitle
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.services import editing, making, sharing, sweep_parts, telling, writing
from tracker.services.telling import Hints
from tracker.services.world import World
from tracker.store import histories

ANN = {"_id": "ann"}


@pytest.fixture
def hints(world: World) -> list[str]:
    return []


@pytest.fixture
def told(world: World, tree: str, hints: list[str]) -> World:
    """A world whose hints are kept."""
    return replace(world, hint=hints.append)


def test_a_write_hints_at_its_row_of_history(told: World, hints: list[str]) -> None:
    editing.change(told, ANN, "b", {"title": "B"})
    assert hints == ["r:2"]
    assert histories.of_tree(told.store, "r", None, 1)[0]["_id"] == "r:2"


def test_a_new_tree_hints_at_its_first_row(told: World, hints: list[str]) -> None:
    made = making.create(told, ANN, {"title": "x"}).row["_id"]
    assert hints == [f"{made}:1"]


def test_the_hint_is_sent_when_the_row_stands(told: World) -> None:
    found: list[Any] = []
    after = replace(told, hint=lambda _: found.extend(told.store.db.history.find({"_id": "r:2"})))
    editing.change(after, ANN, "b", {"title": "B"})
    assert len(found) == 1


def test_what_people_are_told_of_is_hinted_at_as_well(told: World, hints: list[str]) -> None:
    told.due.clear()
    editing.change(told, ANN, "b", {"title": "B"})
    assert not told.due.is_set()
    sharing.put(told, ANN, "r", "bob", "viewer")
    editing.change(told, ANN, "b", {"assigned_to": "bob"})
    assert hints[-1].endswith("!")
    assert told.due.is_set()
    assert telling.read(hints[-1:]) == Hints({hints[-1][:-1]}, True, False)


def test_a_hidden_step_is_not_hinted_at(told: World, hints: list[str]) -> None:
    act = Act("system", "forget", "r", told.now(), is_hidden=True)
    assert writing.commit_alone(told, "r", act, lambda tree: Edit({"size": tree["size"]}))
    assert hints == []


def test_what_a_sweep_drained_is_to_be_looked_for(told: World, hints: list[str]) -> None:
    commit(told.store, "r", retitle("b", "B"))
    for _ in sweep_parts.PARTS["drained"](told):
        pass
    assert telling.read(hints) == Hints(set(), False, True)


def test_many_hints_are_read_as_one() -> None:
    assert telling.read(["r:1", "r:2!", "r:1"]) == Hints({"r:1", "r:2"}, True, False)
    assert telling.read(["", "r:1"]) == Hints({"r:1"}, False, True)
    assert telling.read([]) == Hints(set(), False, False)
