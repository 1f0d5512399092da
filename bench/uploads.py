"""python -m bench.uploads [--short] [--check] [--on grid|s3]: is memory flat while files come in?

A service as the Procfile starts it; 8 clients, each a process of its own, send a file of 25 MB at
once, then read it back at once. Prints how far the memory of the service's process rose over what
it held before (VmHWM over VmRSS, as Linux counts), and how fast it went; --check ends with 1 where
it rose by 60 MB or more. Files go to a folder, to the tests' MongoDB server, or to moto's S3.
"""

import argparse
import http.client
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson

from tests import buckets, wire
from tests.processes import KEY, PROCFILE, running

from . import services

CLIENTS, SIZE, MOST = 8, 25 * 1024 * 1024, 60.0
ROUNDS, MB = 3, 1024 * 1024
HANGS_AFTER = 120.0
FORKING = multiprocessing.get_context("fork")

_BOUNDARY = "----uploads"
_HEAD = (
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
    "Content-Type: image/png\r\n\r\n"
).encode()
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()
_PNG = b"\x89PNG\r\n\x1a\n"

Deed = Callable[[int], None]


class Client:
    """Somebody who has a task; a connection of its own for each request."""

    def __init__(self, address: str) -> None:
        self.address, self.token = address, ""
        person = {"username": "ann", "full_name": "Ann", **services.credentials("ann")}
        self.token = self.ask("POST", "/api/auth/register", orjson.dumps(person))["access_token"]
        task = self.ask("POST", "/api/tasks", orjson.dumps({"title": "t"}))["id"]
        self.path = f"/api/tasks/{task}/files"

    def ask(self, method: str, path: str, body: bytes, kind: str = "application/json") -> Any:
        connection = self._connection()
        connection.request(method, path, body, self._headers(kind))
        return orjson.loads(_good(connection).read())

    def send(self, size: int) -> None:
        """One file, made on its way."""
        connection = self._connection()
        headers = self._headers(f"multipart/form-data; boundary={_BOUNDARY}")
        headers["Content-Length"] = str(len(_HEAD) + size + len(_END))
        connection.request("POST", self.path, _form(size), headers)
        _good(connection).read()

    def read(self, file: str) -> None:
        connection = self._connection()
        connection.request("GET", f"{self.path}/{file}", headers=self._headers("text/plain"))
        answer = _good(connection)
        while answer.read(64 * 1024):
            pass

    def files(self) -> list[str]:
        return [one["id"] for one in self.ask("GET", self.path, b"")]

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, timeout=HANGS_AFTER)

    def _headers(self, kind: str) -> dict[str, str]:
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Content-Type": kind, **known}


def main() -> None:
    asked = _arguments()
    with _service(asked.on) as (address, process):
        client = Client(address)
        _together(client.send, [1000] * CLIENTS)  # what is made once is there before
        rose = 0.0
        for _ in range(1 if asked.short else ROUNDS):
            rose = max(rose, _measured("came in", process, client.send, [SIZE] * CLIENTS))
            rose = max(rose, _measured("read", process, client.read, client.files()[:CLIENTS]))
    print(f"\n{CLIENTS} × {SIZE // MB} MB at once: memory rose by {rose:.1f} MB at most.")
    if asked.check and rose >= MOST:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.uploads", description="Measure.")
    parser.add_argument("--short", action="store_true", help=f"one round instead of {ROUNDS}")
    parser.add_argument("--check", action="store_true", help=f"end with 1 from {MOST:.0f} MB on")
    parser.add_argument("--on", choices=["folder", "grid", "s3"], default="folder")
    return parser.parse_args()


@contextmanager
def _service(storage: str) -> Iterator[tuple[str, int]]:
    """Where it listens, and the number of the process that answers."""
    settings = {"PORT": "0", "SECRET_KEY": KEY, "LOG_LEVEL": "error", "FILE_QUOTA": "0"}
    settings |= {"MAX_FILE_SIZE": str(SIZE), "WEB_CONCURRENCY": "1"}
    settings |= {"RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_USER": "0"}
    with ExitStack() as around:
        folder = around.enter_context(tempfile.TemporaryDirectory(prefix="tracker-bench-"))
        if storage == "s3":
            settings |= buckets.fresh(around.enter_context(buckets.server())).settings
        if storage == "grid":
            uri = around.enter_context(wire.server())
            if uri is None:
                raise SystemExit("there is no server of the tests")
            settings |= {"MONGODB_URI": uri, "MONGODB_DATABASE": "uploads"}
        web = around.enter_context(running(PROCFILE["web"], DATA=folder, **settings))
        address = web.line(r"serves on http://(\S+)")[1]
        yield address, _worker_of(web.process.pid)


def _worker_of(master: int) -> int:
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(worker)


def _measured(name: str, process: int, deed: Deed, on: list[Any]) -> float:
    """How far the memory of a process rose while so many did something to it, in MB."""
    Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak begins anew
    before, began = _memory(process, "VmRSS"), time.perf_counter()
    _together(deed, on)
    seconds = time.perf_counter() - began
    rose = _memory(process, "VmHWM") - before
    speed = CLIENTS * SIZE / MB / seconds
    print(f"  {name:<8} {before:6.1f} MB before   + {rose:5.1f} MB   {speed:6.1f} MB/s")
    return rose


def _together(deed: Deed, on: list[Any]) -> None:
    """Each in a process of its own, which holds nothing of the service's."""
    clients = [FORKING.Process(target=deed, args=(one,)) for one in on]
    for client in clients:
        client.start()
    for client in clients:
        client.join(HANGS_AFTER)
    if any(client.exitcode for client in clients):
        raise RuntimeError("a client was refused")


def _memory(process: int, what: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def _form(size: int) -> Iterator[bytes]:
    yield _HEAD + _PNG
    block, left = os.urandom(64 * 1024), size - len(_PNG)
    while left:
        yield block[:left]
        left -= len(block[:left])
    yield _END


def _good(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    answer = connection.getresponse()
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status} {answer.read()[:300]!r}")
    return answer


if __name__ == "__main__":
    main()
