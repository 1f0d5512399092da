"""Kills the service again and again under load: `python -m tests.faults.kill_server [N]`.

It runs as in production but on the embedded store, with several clients that write over HTTP. After
a SIGKILL of its whole process group it must start again on what is in its folder, hold every
acknowledged write, and have no half of any.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import uuid_utils

from tests import invariants
from tests.conftest import Clock
from tests.faults.riders import Rider, Service
from tests.processes import KEY, Running, run, running
from tracker.services import sweeping
from tracker.services.world import World
from tracker.store import assemble, embedded

RIDERS = 4
MOST = 120  # acknowledged writes before a kill
SERVED = r"serves on (http://\S+)"


def main(kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        total = kill_again_and_again(Path(folder), kills)
    print(f"{kills} kills, {total} acknowledged writes, none missing")


def kill_again_and_again(folder: Path, kills: int) -> int:
    """Raises AssertionError at the first lost write; returns how many were acknowledged in all."""
    chance, riders = random.Random(kills), list[Rider]()
    token, total = "", 0
    data = folder / "data"
    for turn in range(kills + 1):
        with _serving(data) as service:
            line = Service(service.line(SERVED)[1], token)
            token = line.token = token or line.register("ann")
            try:
                for rider in riders:
                    rider.check(line)
            finally:
                line.close()
            last = turn == kills
            riders = [] if last else _load(line, turn, chance.randint(1, MOST), service)
        total += sum(rider.ledger.acknowledged for rider in riders)
        _look_into_a_copy(data, folder / "copy")
    verified = run("flask --app wsgi verify", DATA=str(data), SECRET_KEY=KEY)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return total


def _serving(data: Path) -> AbstractContextManager[Running]:
    settings = {"SECRET_KEY": KEY, "PASSWORD_COST": "cheap", "LOG_LEVEL": "error"}
    return running("gunicorn wsgi:app", DATA=str(data), PORT="0", **settings)


def _load(line: Service, turn: int, enough: int, service: Running) -> list[Rider]:
    """Let clients write until enough is acknowledged, then kill; the clients with their ledgers."""
    acknowledged = threading.Semaphore(0)
    riders = [
        Rider(Service(line.url, line.token), f"{turn}.{number}", acknowledged.release)
        for number in range(RIDERS)
    ]
    for rider in riders:
        rider.thread.start()
    for _ in range(enough):
        assert acknowledged.acquire(timeout=30), [rider.fault for rider in riders]
    os.killpg(service.process.pid, signal.SIGKILL)
    for rider in riders:
        rider.thread.join()
    return riders


def _look_into_a_copy(data: Path, copy: Path) -> None:
    """What the kill left opens, and one sweep makes it whole; the original is left as it is."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data, copy)
    store = assemble(embedded.open_store(copy, wait=0), prepare=True)
    try:
        sweeping.sweep(World(store, Clock(), lambda: str(uuid_utils.uuid7())))
        invariants.check(store)
    finally:
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
