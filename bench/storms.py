"""python -m bench.storms [--short] [--check] [--mongodb]: do others wait while many log in?

A service as the Procfile starts it, 16 connections that read as fast as they are answered, and
beside them two storms of 16 connections each that log in as fast: one with the right password, one
with a wrong one. Reads are timed before, during and after the storms, in one run. Prints the 99th
percentile beside the storms as a multiple of the lower of the two quiet ones; --check ends with 1
where that is 5 or more.

The storms come from many addresses (a trusted header says so), since one would be held back soon.
"""

import argparse
import http.client
import itertools
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import orjson

from tests import wire
from tests.processes import KEY, PROCFILE, running

from . import services

READERS = 16
STORMS, CONNECTIONS = ("correct horse", "wrong horse"), 16
MOST = 5.0
HANGS_AFTER = 30.0
# of one address at an account that is under attack: more are held back
TRIES = 3
FORKING = multiprocessing.get_context("fork")

Body = dict[str, Any]


class Phase(NamedTuple):
    """The times of the reads of a phase, in milliseconds."""

    name: str
    reads: list[float]

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.reads, n=100, method="inclusive")[98]


class Client:
    """One kept connection, whose requests may say that they come from somewhere else."""

    def __init__(self, address: str, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(address, timeout=HANGS_AFTER)
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def ask(
        self, method: str, path: str, body: Body | None = None, source: str = "10.0.0.1"
    ) -> tuple[int, bytes]:
        sent = orjson.dumps(body) if body else None
        self._connection.request(method, path, sent, {**self._headers, "X-Forwarded-For": source})
        response = self._connection.getresponse()
        return response.status, response.read()


def main() -> None:
    asked = _arguments()
    seconds = 2.0 if asked.short else 10.0
    with _service(on_server=asked.mongodb) as address:
        token = _registered(address)
        before = _phase("before", address, token, seconds)
        with _storms(address) as answers:
            during = _phase("during", address, token, seconds)
        after = _phase("after", address, token, seconds)
    ratio = during.p99 / min(before.p99, after.p99)
    print(f"  the storms were answered {dict(sorted(answers.items()))}")
    print(f"\n99th percentile of reads beside the storms: × {ratio:.2f} of their quiet value.")
    if asked.check and ratio >= MOST:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.storms", description="Measure.")
    parser.add_argument("--short", action="store_true", help="2 s a phase instead of 10")
    parser.add_argument("--check", action="store_true", help=f"end with 1 from × {MOST:.0f} on")
    parser.add_argument("--mongodb", action="store_true", help="two processes on the tests' server")
    return parser.parse_args()


@contextmanager
def _service(*, on_server: bool) -> Iterator[str]:
    """Where it listens; its log is thrown away but for errors."""
    settings = {"PORT": "0", "SECRET_KEY": KEY, "LOG_LEVEL": "error", "TRUSTED_PROXIES": "1"}
    settings |= {"RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_USER": "0"}
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder, wire.server() as uri:
        if on_server and uri:
            settings |= {"MONGODB_URI": uri, "MONGODB_DATABASE": "storms", "WEB_CONCURRENCY": "2"}
        with running(PROCFILE["web"], DATA=folder, **settings) as web:
            yield web.line(r"serves on http://(\S+)")[1]


def _registered(address: str) -> str:
    """The token of the person who reads and logs in."""
    person = {"username": "ann", "full_name": "Ann", **services.credentials("ann")}
    _, body = Client(address).ask("POST", "/api/auth/register", person)
    token: str = orjson.loads(body)["access_token"]
    return token


def _phase(name: str, address: str, token: str, seconds: float) -> Phase:
    reads: list[float] = []
    until = time.perf_counter() + seconds
    readers = [Client(address, token) for _ in range(READERS)]
    _together([_reading(reader, reads, until) for reader in readers])
    phase = Phase(name, reads)
    median = statistics.median(reads)
    print(f"  {name:<8}{len(reads):6} reads   median {median:7.2f} ms   p99 {phase.p99:8.2f} ms")
    return phase


def _reading(reader: Client, reads: list[float], until: float) -> Callable[[], None]:
    """One read after the other."""

    def read() -> None:
        while (began := time.perf_counter()) < until:
            status, body = reader.ask("GET", "/api/auth/me")
            if status != 200:
                raise RuntimeError(f"{status} {body[:200]!r}")
            reads.append((time.perf_counter() - began) * 1000)

    return read


@contextmanager
def _storms(address: str) -> Iterator["Counter[int]"]:
    """Each in a process of its own, so that the readers' times are the service's alone. What they
    were answered is known afterwards.
    """
    answers: Counter[int] = Counter()
    stopped, told = FORKING.Event(), FORKING.SimpleQueue()
    storms = [
        FORKING.Process(target=_rage, args=(address, number, stopped, told))
        for number in range(len(STORMS))
    ]
    for storm in storms:
        storm.start()
    yield answers
    stopped.set()
    for storm in storms:
        answers.update(told.get())
        storm.join(HANGS_AFTER)


def _rage(address: str, storm: int, stopped: Any, told: Any) -> None:
    answers: Counter[int] = Counter()
    body = {**services.credentials("ann"), "password": STORMS[storm]}

    def log_in(connection: int) -> None:
        client = Client(address)
        for number in itertools.count():
            if stopped.is_set():
                return
            source = f"10.{storm + 1}.{connection}.{number // TRIES % 256}"
            answers[client.ask("POST", "/api/auth/login", body, source)[0]] += 1

    _together([partial(log_in, connection) for connection in range(CONNECTIONS)])
    told.put(answers)


def _together(deeds: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
