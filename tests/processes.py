"""The service as it is really started: commands in processes of their own.

They see no setting but those that a test gives.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
HANGS_AFTER = 60
KEY = "5d1f0c7be2a94638b0c1d2e3f4a5968778695a4b3c2d1e0f"


def run(command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """A command line to its end, in the root of the project."""
    process = _shell(command, settings, stderr=subprocess.PIPE)
    with process, _killed_when_it_hangs(process):
        out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


class Running:
    """A command under way; its output is read as far as a test has waited for it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.heard: list[str] = []

    def line(self, pattern: str) -> re.Match[str]:
        """The next line that matches; fails with all that was heard when the command ends first."""
        assert self.process.stdout
        with _killed_when_it_hangs(self.process):
            for text in self.process.stdout:
                self.heard.append(text)
                if found := re.search(pattern, text):
                    return found
        raise AssertionError(f"no {pattern!r} in:\n{''.join(self.heard)}")


@contextmanager
def running(command: str, **settings: str) -> Iterator[Running]:
    """Starts a command line; ends it, and all that it started, by SIGTERM."""
    process = _shell(f"exec env {command}", settings, stderr=subprocess.STDOUT)
    with process:
        try:
            yield Running(process)
        finally:
            process.terminate()
            with _killed_when_it_hangs(process):
                process.communicate()
            _kill_group(process.pid)


@contextmanager
def redis_server(port: int = 0) -> Iterator[tuple[str, Running]]:
    """A Redis of our own: its address, and the process. Skips the test where there is none."""
    if not shutil.which("redis-server"):
        (pytest.fail if os.environ.get("REQUIRE_WIRE") == "1" else pytest.skip)("no redis-server")
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    options = f"--port {port} --bind 127.0.0.1 --save '' --maxmemory-policy noeviction"
    with running(f"redis-server {options}") as server:
        server.line("Ready to accept connections")
        yield f"redis://127.0.0.1:{port}/0", server


def _shell(command: str, settings: dict[str, str], *, stderr: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        env=_environment(settings),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


@contextmanager
def _killed_when_it_hangs(process: "subprocess.Popen[str]") -> Iterator[None]:
    watchdog = threading.Timer(HANGS_AFTER, _kill_group, (process.pid,))
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _kill_group(group: int) -> None:
    """Kill the command and whatever it started; most often nothing is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "PYTHONUNBUFFERED": "1", **settings}
