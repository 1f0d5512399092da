"""Several processes of several threads write one tree at once, over the wire: nothing is lost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import uuid_utils

from tests import invariants
from tests.conftest import Clock
from tracker.core import trees
from tracker.services import making
from tracker.services.world import World
from tracker.store import Store
from tracker.store import trees as stored

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS, EDITS = 4, 5, 50
ANN = {"_id": "ann"}


@pytest.fixture
def tree(wire_store: Store, clock: Clock) -> str:
    """A tree with a task for each thread."""
    world = World(wire_store, clock, lambda: str(uuid_utils.uuid7()))
    below = [{"title": str(count)} for count in range(PROCESSES * THREADS)]
    root: str = making.create(world, ANN, {"title": "r", "subtasks": below}).row["_id"]
    return root


def storm(store: Store, tasks: list[str]) -> list[dict[str, int]]:
    """Let each process count in its share of the tasks, all at once; what they answered."""
    host, port = store.db.client.address
    uri = f"mongodb://{host}:{port}/{store.db.name}"
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.storm_writer", uri, str(EDITS), *share],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in (tasks[start::PROCESSES] for start in range(PROCESSES))
    ]
    return [_answer(writer) for writer in writers]


def _answer(writer: "subprocess.Popen[str]") -> dict[str, int]:
    said, _ = writer.communicate()
    assert writer.returncode == 0
    found: dict[str, int] = json.loads(said.splitlines()[-1])
    return found


def test_a_thousand_edits_of_one_tree_lose_none(
    wire_store: Store, tree: str, record_property: Any
) -> None:
    children = _load(wire_store, tree)["root"]["children"]
    answers = storm(wire_store, list(children))
    record_property("busy", sum(answer["busy"] for answer in answers))
    assert [answer["threads"] for answer in answers] == [THREADS] * PROCESSES
    after = _load(wire_store, tree)
    assert after["rev"] == 1 + PROCESSES * THREADS * EDITS
    assert {found["description"] for found in after["root"]["children"].values()} == {str(EDITS)}
    for task in children:
        assert _told(wire_store, task) == list(range(1, EDITS + 1))
    invariants.check(wire_store)


def _load(store: Store, tree: str) -> trees.Tree:
    found = stored.load(store, tree)
    assert found
    return found


def _told(store: Store, task: str) -> list[int]:
    """The numbers that a task was given, as its history tells them in the order of revs."""
    lines = store.db.history.find({"task": task}, sort=[("seq", 1)])
    return [int(line["changes"][task]["description"][1]) for line in lines]
