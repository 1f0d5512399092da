"""Redis stopped, flushed, full, slow: writes are answered as ever, log-ins are limited as ever, and
what was to be done meanwhile is done from its rows.
"""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.faults.clockwork import Clockwork, clockwork, until
from tests.faults.redises import Redis
from tests.faults.riders import Service
from tests.faults.sinks import BEFORE

# A slow Redis that is waited for holds up each of the writes for two seconds or more
WRITES, DEADLINE = 8, 15.0
# So often a password may be guessed, and twice as many people may register from one place
GUESSES, TURNS = 10, 5
# What the worker says of a Redis that it has to leave or cannot come to, and of its work
LOST = "Connection to broker lost"
FULL = "Connection to broker lost.*OutOfMemory|Cannot connect.*used memory"
DONE = r"Task sweep\[\S+\] succeeded"

Answer = tuple[int, list[str]]


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with ExitStack() as stack:
        yield Redis(stack)


@pytest.fixture(scope="module")
def works(
    wire_client: Any, redis: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clockwork]:
    """Web, worker and beat on that Redis."""
    database, folder = wire_client[f"test_{uuid.uuid4().hex}"], tmp_path_factory.mktemp("redis")
    with clockwork(database, folder, redis.address, "web", "worker", "beat") as works:
        yield works


@pytest.mark.parametrize("fault", ["stopped", "flushed", "full", "slow"])
def test_the_service_goes_on_and_jobs_catch_up(
    works: Clockwork, redis: Redis, fault: str, is_long: bool
) -> None:
    for turn in range(TURNS if is_long else 1):
        fall_ill(works, redis, fault, turn)


def fall_ill(works: Clockwork, redis: Redis, fault: str, turn: int) -> None:
    """A letter is under way meanwhile, and a message for the worker in the queue."""
    worker, ann, bob = works.processes["worker"], f"ann-{fault}-{turn}", f"bob-{fault}-{turn}"
    lost, full, done = (len(worker.lines(pattern)) for pattern in (LOST, FULL, DONE))
    worker.wait_for(DONE, done + 1)
    with closing(Service(works.address)) as line, ExitStack() as letter, ExitStack() as ill:
        over = threading.Event()
        letter.callback(over.set)

        def begin(_: int) -> None:
            with works.paused("worker"):
                until(lambda: redis.client.llen(works.queue_name))
                ill.enter_context(getattr(redis, fault)())

        works.sink.set_trap(BEFORE, 1, begin, over)
        usual = written(line, ann)
        works.sink.wait_for_trap()
        end = time.monotonic() + DEADLINE
        assert written(line, bob) == usual
        assert time.monotonic() < end
        if not turn:
            assert guessed(line, bob) == [401] * GUESSES + [429]
        if fault == "full":
            letter.close()
            worker.wait_for(FULL, full + 1)
        ill.close()
        if fault == "stopped":
            worker.wait_for(LOST, lost + 1)
    works.sink.wait_for({f"{name}@example.com" for name in (ann, bob)})
    works.wait_until_open(waiting=0, leased=0)
    assert all(process.is_running for process in works.processes.values())


def written(line: Service, name: str) -> list[Answer]:
    """What somebody is told who registers, and then writes."""
    line.token = ""
    line.token = line.register(name)
    status, task = line.ask("POST", "/api/tasks", {"title": name})
    answers: list[Answer] = [(status, sorted(task))]
    for number in range(WRITES):
        change = {"description": f"{number}"}
        status, said = line.ask("PATCH", f"/api/tasks/{task['id']}", change)
        assert said["description"] == f"{number}"
        answers.append((status, sorted(said)))
    return answers


def guessed(line: Service, name: str) -> list[int]:
    """What somebody is told who guesses a password."""
    line.token = ""
    guess = {"email": f"{name}@example.com", "password": "not it"}
    return [line.ask("POST", "/api/auth/login", guess)[0] for _ in range(GUESSES + 1)]
