"""Edits tasks of one tree from several threads: `python -m tests.faults.storm_writer URI EDITS
TASK...`.

One thread a task: it counts to EDITS in the description. Answers as one line of JSON how often it
was told to come back later.
"""

import json
import sys
import threading

import pymongo

from config import Config
from tracker.errors import Busy
from tracker.services import editing
from tracker.services.world import World, real
from tracker.store import connect

ANN = {"_id": "ann"}


def main(uri: str, edits: int, tasks: list[str]) -> None:
    database = pymongo.uri_parser.parse_uri(uri)["database"]
    world = real(connect(Config(mongodb_uri=uri, mongodb_database=database)))
    busy: list[int] = []
    start = threading.Barrier(len(tasks))

    def count(task: str) -> None:
        start.wait()
        busy.append(sum(edit(world, task, number) for number in range(1, edits + 1)))

    threads = [threading.Thread(target=count, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.store.close()
    print(json.dumps({"threads": len(busy), "busy": sum(busy)}))


def edit(world: World, task: str, number: int) -> int:
    """Count one further, however often it takes; returns how often it was too busy."""
    for refused in range(1000):
        try:
            editing.change(world, ANN, task, {"description": str(number)})
        except Busy:
            continue
        return refused
    raise Busy


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
