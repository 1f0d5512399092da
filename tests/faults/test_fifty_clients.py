"""Fifty clients edit and move tasks of one tree of a thousand, through two web processes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import invariants
from tests.faults.lossy import Client
from tests.faults.proxy import proxy
from tests.faults.serving import on_server, serving
from tracker.core import trees
from tracker.core.trees import Place
from tracker.store import Store

ROOT = Path(__file__).parents[2]
CLIENTS, PROCESSES, TASKS = 50, 2, 1_000
DEEDS = 5
HANGS_AFTER = 120


def test_fifty_clients_lose_no_update_and_no_history(wire_store: Store, is_long: bool) -> None:
    with serving(**on_server(wire_store), WEB_CONCURRENCY="2") as address:
        order = planted(wire_store, address)
        told = storm({**order, "deeds": 20 if is_long else DEEDS})
    (tree,) = wire_store.db.trees.find({})
    invariants.check(wire_store)
    assert tree["rev"] == 1 + sum(said["commits"] for said in told.values())
    places = {place.node["id"]: place for place in trees.walk(tree["root"])}
    assert len(places) == TASKS
    for task, said in told.items():
        check_last_acknowledged(places[task], said)
    for place in places.values():
        below = [child["position"] for child in place.node["children"].values()]
        assert len(set(below)) == len(below)


def planted(store: Store, address: tuple[str, int]) -> dict[str, Any]:
    """A tree of a thousand tasks, and what a writer must know of it."""
    branch = {"title": "branch", "subtasks": [{"title": "leaf"}] * 36}
    arm = {"title": "arm", "subtasks": [branch] * 3}
    with proxy(address) as line:
        client = Client(line)
        client.register("ann")
        client.make(title="root", subtasks=[arm] * 8 + [{"title": "leaf"}] * (TASKS - 8 * 112 - 1))
    rows = list(store.db.task_paths.find({}))
    own = [row["_id"] for row in rows if row["title"] == "leaf"][:: len(rows) // 60][:CLIENTS]
    parents = [row["_id"] for row in rows if row["title"] != "leaf"] + own[:9]
    host, port = address
    return {"host": host, "port": port, "token": client.token, "tasks": own, "parents": parents}


def storm(order: dict[str, Any]) -> dict[str, Any]:
    """Let each process write with its share of the clients; what they were told, by task."""
    writers = [
        _writer({**order, "tasks": order["tasks"][nth::PROCESSES]}) for nth in range(PROCESSES)
    ]
    try:
        answers = [json.loads(writer.communicate(timeout=HANGS_AFTER)[0]) for writer in writers]
    finally:
        for writer in writers:
            writer.kill()
    assert [answer["faults"] for answer in answers] == [[]] * PROCESSES
    return {task: said for answer in answers for task, said in answer["told"].items()}


def _writer(order: dict[str, Any]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.fifty_writer"]
    pipe = subprocess.PIPE
    writer = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert writer.stdin
    writer.stdin.write(json.dumps(order) + "\n")
    writer.stdin.flush()
    return writer


def check_last_acknowledged(place: Place, said: dict[str, Any]) -> None:
    assert place.node["description"] == said.get("description")
    assert "parent_id" not in said or place.parent == said["parent_id"]
