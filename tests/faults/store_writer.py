"""Writes to an embedded store until it is killed: `python -m tests.faults.store_writer FOLDER`.

Each of four threads has documents of its own and goes from step to step. A line `<thread> <step>`
goes out when the step has been acknowledged, and not before.
"""

import os
import sys
import threading
from pathlib import Path

from pymongo import ReplaceOne, UpdateOne

from tracker.store.embedded import Database, open_store

THREADS = 4
KEPT = 10  # steps for which a single row stays before it is deleted


def write(db: Database, thread: int) -> None:
    """One write a step, in turn: edit a tree, two rows in one bulk, insert a row, delete one."""
    step = last_step(db, thread)
    while True:
        step += 1
        mine = {"_id": f"tree-{thread}"}
        edit = {"$set": {f"root.{step}": {"title": "x" * 500}, "rev": step}, "$push": {"log": step}}
        both = {"$set": {"step": step}}
        if step % 4 == 0:
            db.trees.update_one(mine, edit, upsert=True)
        elif step % 4 == 1:
            left, right = ({"_id": f"{side}-{thread}"} for side in ("left", "right"))
            row = {**right, "step": step}
            db.rows.bulk_write(
                [UpdateOne(left, both, upsert=True), ReplaceOne(right, row, upsert=True)]
            )
        elif step % 4 == 2:
            db.rows.insert_one({"_id": f"{thread}-{step}", "thread": thread, "step": step})
        else:
            db.rows.delete_one({"_id": f"{thread}-{step - 1 - KEPT * 4}"})
        os.write(1, f"{thread} {step}\n".encode())


def last_step(db: Database, thread: int) -> int:
    """The last step that left a trace, rounded up to the end of its round of four."""
    tree = db.trees.find_one({"_id": f"tree-{thread}"}) or {"rev": 0}
    pair = db.rows.find_one({"_id": f"left-{thread}"}) or {"step": 0}
    rows = [row["step"] for row in db.rows.find({"thread": thread})]
    last = max(tree["rev"], pair["step"], *rows, 0)
    return int(last + -last % 4) + 3  # the next step edits the tree


if __name__ == "__main__":
    store = open_store(Path(sys.argv[1]))
    for number in range(THREADS):
        threading.Thread(target=write, args=(store, number)).start()
