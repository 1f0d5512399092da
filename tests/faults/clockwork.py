"""Worker, beat and web as the Procfile starts them, on a mail server of the tests: killed, and
started again.
"""

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uuid_utils

from tests import post
from tests.faults.sinks import Sink
from tests.processes import KEY, PROCFILE, running
from tracker.services import letters
from tracker.services.world import World
from tracker.store import Store, assemble

HANGS_AFTER = 60.0
READY = {"worker": "ready", "beat": "Sending due task sweep", "web": r"serves on (http://\S+)"}


class Process:
    """A command under way, whose output is kept as it comes."""

    def __init__(self, command: str, settings: dict[str, str]) -> None:
        self._stack, self._heard = ExitStack(), ""
        self._changed = threading.Condition()
        self._service = self._stack.enter_context(running(command, **settings)).process
        self.pid = self._service.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_running(self) -> bool:
        return self._service.poll() is None

    def lines(self, pattern: str) -> list[str]:
        """What matches so far: of each what stands in its group, if there is one."""
        return re.findall(pattern, self._heard)

    def wait_for(self, pattern: str, times: int = 1) -> None:
        """Returns when so much of it has come."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.lines(pattern)) >= times, HANGS_AFTER)
        assert came, f"no {pattern!r} in:\n{self._heard}"

    def end(self) -> None:
        """Kill -9 of the command and all that it started, if they still are."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._reader.join(HANGS_AFTER)
        self._stack.close()

    def _read(self) -> None:
        assert self._service.stdout
        for line in self._service.stdout:
            with self._changed:
                self._heard += line
                self._changed.notify_all()


class Clockwork:
    """What runs on one database, Redis and mail server."""

    def __init__(self, store: Store, sink: Sink, folder: Path, **settings: str) -> None:
        self.store, self.sink, self._folder, self._settings = store, sink, folder, settings
        self.world = World(store, lambda: datetime.now(UTC), lambda: str(uuid_utils.uuid7()))
        self.processes: dict[str, Process] = {}
        self._ended: list[Process] = []
        self._letters = 0

    def start(self, *names: str) -> None:
        """Start a worker, beats, a web; returns when they work."""
        for name in names:
            command = PROCFILE[name.partition("-")[0]].removeprefix("HOST=0.0.0.0 ")
            command = command.replace("/tmp/tracker-beat", f"{self._folder}/{name}")
            self.processes[name] = Process(command, self._settings)
        for name in names:
            self.processes[name].wait_for(READY[name.partition("-")[0]])

    def kill(self, name: str) -> None:
        """Kill -9 of a command and all that it started, from any thread."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """A command stands still, and what it started does not."""
        os.kill(self.processes[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.processes[name].pid, signal.SIGCONT)

    def end(self, name: str) -> None:
        self._ended.append(self.processes.pop(name))
        self._ended[-1].end()

    def lines(self, pattern: str) -> list[str]:
        """What matches in the output of all processes there ever were."""
        return [one for p in (*self._ended, *self.processes.values()) for one in p.lines(pattern)]

    def start_again(self, name: str) -> None:
        """Start what was killed, as whoever watches over it does."""
        self.end(name)
        self.start(name)

    def kill_child(self, port: int) -> None:
        """Kill -9 of the pool child that talks from this port, and of nothing else."""
        children = _children(self.processes["worker"].pid)
        os.kill(_holder(port, self.sink.port, children), signal.SIGKILL)

    def kill_children(self) -> None:
        """Kill -9 of all pool children, one after the other; the worker goes on."""
        for child in _children(self.processes["worker"].pid):
            os.kill(child, signal.SIGKILL)

    def stop(self) -> None:
        for process in self.processes.values():
            process.end()

    @property
    def address(self) -> str:
        """Where web is."""
        return self.processes["web"].lines(READY["web"])[0]

    @property
    def queue_name(self) -> str:
        return self._settings["TASK_SERVICE_QUEUE"]

    def queue(self, number: int) -> set[str]:
        """Queue letters to people whom nobody knows yet; who they are."""
        people = {f"p{self._letters + n}@example.com" for n in range(number)}
        self._letters += number
        for one in people:
            letters.tell(self.world, letters.PASSWORD_CHANGED, {"full_name": "Ann"}, one)
        return people

    def held(self) -> set[str]:
        """To whom the letters go that are under way, or were when their process died."""
        return {job["data"]["to"] for job in self.store.db.jobs.find({"state": "leased"})}

    def let_leases_end(self) -> None:
        """What five minutes do."""
        self.store.db.jobs.update_many(
            {"state": "leased"}, {"$set": {"lease_until": self.world.now()}}
        )

    def wait_until_open(self, **states: int) -> None:
        """Returns when just so many jobs wait and are leased."""
        jobs = self.store.db.jobs
        until(lambda: {s: jobs.count_documents({"state": s}) for s in states} == states)


@contextmanager
def clockwork(database: Any, folder: Path, redis: str, *names: str) -> Iterator[Clockwork]:
    """What is named of worker, beat and web, started on an empty database, which goes with it."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    certificate, sink = post.make_certificate(folder), Sink()
    store = assemble(database, prepare=True)
    with post.smtp_server(certificate, told=sink):
        works = Clockwork(store, sink, folder, **_settings(redis, store, sink, certificate))
        try:
            works.start(*names)
            yield works
        finally:
            works.stop()
            store.db.client.drop_database(store.db.name)


def until(holds: Callable[[], Any], *, pause: float = 0.02) -> None:
    """Returns when it holds: for what a database says, which nobody can wait for otherwise."""
    end = time.monotonic() + HANGS_AFTER
    while not holds():
        assert time.monotonic() < end
        time.sleep(pause)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _holder(port: int, server: int, pids: list[int]) -> int:
    """Which of these processes has the connection from one port of this machine to another."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    ends = f":{port:04X}", f":{server:04X}"
    (inode,) = [row[9] for row in rows if (row[1][8:], row[2][8:]) == ends]
    for pid in pids:
        for one in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                if os.readlink(one) == f"socket:[{inode}]":
                    return pid
    raise AssertionError(f"nobody holds port {port}")


def _settings(redis: str, store: Store, sink: Sink, certificate: Path) -> dict[str, str]:
    """Short turns, and a mail server that is trusted."""
    host, port = store.db.client.address
    return {
        "SECRET_KEY": KEY,
        "PASSWORD_COST": "cheap",
        "DATA": str(certificate.parent),
        "REDIS_URL": redis,
        "MONGODB_URI": os.environ.get("TEST_MONGODB_URI") or f"mongodb://{host}:{port}",
        "MONGODB_DATABASE": store.db.name,
        "TASK_SERVICE_QUEUE": store.db.name,
        "SWEEP_SECONDS": "1",
        "PORT": "0",
        "WEB_CONCURRENCY": "1",
        "LOG_LEVEL": "debug",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "SMTP_USER": post.USER,
        "SMTP_PASSWORD": post.PASSWORD,
        "SSL_CERT_FILE": str(certificate),
    }
