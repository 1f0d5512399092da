"""Kills a writer of the embedded store again and again: `python -m tests.faults.kill_store [N]`.

After each SIGKILL the store must open, hold every acknowledged write, and no half of any.
"""

import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.store_writer import KEPT, THREADS
from tracker.store.embedded import Database, open_store

ROOT = Path(__file__).parents[2]


def main(kills: int) -> None:
    chance = random.Random(kills)
    with tempfile.TemporaryDirectory() as folder:
        total = sum(kill_once(Path(folder), chance.randint(1, 400)) for _ in range(kills))
    print(f"{kills} kills, {total} acknowledged writes, none missing")


def kill_once(folder: Path, acknowledged: int) -> int:
    """Kill a writer after so many acknowledged writes, and check; how many they were at last."""
    command = [sys.executable, "-m", "tests.faults.store_writer", str(folder)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    with writer.stdout as lines:
        heard = [next(lines, "") for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        heard += list(lines)
    assert writer.wait() == -signal.SIGKILL
    acks = [tuple(map(int, line.split())) for line in heard if line.endswith("\n")]
    with open_store(folder, wait=0) as db:
        for thread in range(THREADS):
            check(db, thread, [step for who, step in acks if who == thread])
    return len(acks)


def check(db: Database, thread: int, steps: list[int]) -> None:
    """Every step heard of has left its trace; one more may have, whole."""
    tree = db.trees.find_one({"_id": f"tree-{thread}"}) or {"rev": 0, "log": [], "root": {}}
    assert (tree["log"] or [0])[-1] == tree["rev"] >= last(steps, 0)
    assert set(tree["root"]) == {str(step) for step in tree["log"]}
    pair = [db.rows.find_one({"_id": f"{side}-{thread}"}) or {} for side in ("left", "right")]
    assert pair[0].get("step", 0) == pair[1].get("step", 0) >= last(steps, 1)
    rows = {row["step"] for row in db.rows.find({"thread": thread})}
    deleted = {step - 1 - KEPT * 4 for step in steps if step % 4 == 3}
    inserted = {step for step in steps if step % 4 == 2}
    maybe_deleted = {max(steps, default=0) - KEPT * 4}
    assert inserted - deleted - maybe_deleted <= rows
    assert not rows & deleted


def last(steps: list[int], kind: int) -> int:
    return max((step for step in steps if step % 4 == kind), default=0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
