"""Live events as they are really served: the commands that serve them, and people who watch."""

import itertools
import json
import os
import socket
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymongo
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.people import PASSWORD
from tests.processes import KEY, PROCFILE, Running, run, running

SOON = 20.0
SETTINGS = {
    "SECRET_KEY": KEY,
    "PORT": "0",
    "REALTIME_PORT": "0",
    "PASSWORD_COST": "cheap",
    "RATE_LIMIT_ANONYMOUS": "0",
    "RATE_LIMIT_USER": "0",
    "TRUSTED_PROXIES": "1",
    # what nobody reads must not fill the pipe
    "LOG_LEVEL": "warning",
}
_numbers = itertools.count(1)


@dataclass
class Service:
    """Where the API and the live events are, and the processes behind them."""

    web: str
    live: str
    processes: list[Running]
    settings: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **head: str) -> Any:
        """The body of a good answer."""
        sent = {"Content-Type": "application/json", **head}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.web + path, data, sent, method=method)
        with urllib.request.urlopen(asked, timeout=SOON) as answer:
            read = answer.read()
        return json.loads(read) if read else None

    def person(self) -> "Person":
        """Somebody new, from an address of their own: one may not register many."""
        number = next(_numbers)
        name = f"person{number}"
        body = {"email": f"{name}@example.com", "username": name, "full_name": name}
        source = {"X-Forwarded-For": f"10.2.{number // 250}.{number % 250}"}
        shown = self.ask("POST", "/api/auth/register", {**body, "password": PASSWORD}, **source)
        return Person(self, name, shown["user"]["id"], shown["access_token"])


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    service: Service
    name: str
    id: str
    token: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.service.ask(method, path, body, self.token)

    def make(self, title: str, **rest: Any) -> str:
        """The id of a new task."""
        made: str = self.ask("POST", "/api/tasks", {"title": title, **rest})["id"]
        return made

    def watch(self, path: str = "", **options: Any) -> ClientConnection:
        """A WebSocket, as a TaskHub client opens it unless a path is given."""
        return connect(self.service.live + (path or f"/{self.token}"), **options)


def heard(ws: ClientConnection, count: int = 1) -> list[str]:
    """What comes next, as `type title`."""
    told = [json.loads(ws.recv(timeout=SOON)) for _ in range(count)]
    return [f"{one['type']} {one['data'].get('title')}" for one in told]


def closed(ws: ClientConnection) -> int:
    """The code by which the server closes; 0 where it hangs up."""
    try:
        while True:
            ws.recv(timeout=SOON)
    except ConnectionClosed as end:
        return int(end.rcvd.code) if end.rcvd else 0


def small_window(service: Service) -> socket.socket:
    """A connection whose owner's machine takes little that is not read."""
    parts = urlsplit(service.live)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect((parts.hostname, parts.port))
    return sock


def rest_of(running: Running) -> str:
    """All that a command says until it ends; it must have been told to end."""
    watchdog = threading.Timer(SOON, running.process.kill)
    watchdog.start()
    assert running.process.stdout
    said = "".join(running.heard) + running.process.stdout.read()
    running.process.wait()
    watchdog.cancel()
    return said


@contextmanager
def embedded(data: Path, **more: str) -> Iterator[Service]:
    """As `make run` starts it: one process, one file."""
    settings = {**SETTINGS, "DATA": str(data), **more}
    with running(PROCFILE["web"], **settings) as web:
        address = web.line(r"serves on (http://\S+)")[1]
        live = address.replace("http://", "ws://") + "/ws"
        yield Service(address, live, [web], settings)


@contextmanager
def apart(data: Path, client: Any, redis: str, **more: str) -> Iterator[Service]:
    """As production does: web and realtime beside each other, on MongoDB's protocol and Redis."""
    settings = {**on_servers(data, client, redis), **more}
    assert run(PROCFILE["release"], **settings).returncode == 0
    with running(PROCFILE["web"], **settings) as web, realtime(settings) as (live, process):
        address = web.line(r"serves on (http://\S+)")[1]
        yield Service(address, live, [web, process], settings)
    client.drop_database(settings["MONGODB_DATABASE"])


@contextmanager
def realtime(settings: dict[str, str]) -> Iterator[tuple[str, Running]]:
    """One more realtime process: where it listens."""
    with running(PROCFILE["realtime"], **settings) as process:
        yield process.line(r"live events on (ws://\S+)")[1], process


def on_servers(
    data: Path, client: "pymongo.MongoClient[dict[str, Any]]", redis: str
) -> dict[str, str]:
    assert client.address
    host, port = client.address
    name = f"live_{uuid.uuid4().hex}"
    return {
        **SETTINGS,
        "DATA": str(data),
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        "REDIS_URL": redis,
        "MONGODB_URI": os.environ.get("TEST_MONGODB_URI") or f"mongodb://{host}:{port}",
        "MONGODB_DATABASE": name,
        "TASK_SERVICE_QUEUE": name,
    }
