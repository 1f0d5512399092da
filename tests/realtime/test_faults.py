"""What goes wrong around live events: a Redis that ends, a process that ends, Ctrl-C."""

import json
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection

from tests.processes import PROCFILE, redis_server, run
from tests.realtime.served import (
    SOON,
    Person,
    Service,
    apart,
    closed,
    embedded,
    heard,
    realtime,
    rest_of,
)


@contextmanager
def stream(person: Person, live: str, after: str = "") -> Iterator[Iterator[dict[str, Any]]]:
    """The messages that the stream of a process brings, from behind one of them."""
    address = live.replace("ws://", "http://").removesuffix("/ws") + "/api/events"
    headers = {"Authorization": f"Bearer {person.token}"} | (
        {"Last-Event-ID": after} if after else {}
    )
    asked = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(asked, timeout=SOON) as answer:
        yield (json.loads(line[6:]) for line in answer if line.startswith(b"data: "))


def test_events_come_without_redis_and_from_process_to_process(
    wire_client: Any, tmp_path: Path
) -> None:
    """Who comes back to another process hears all that they missed."""
    with (
        redis_server() as (redis, server),
        apart(tmp_path, wire_client, redis, LOG_LEVEL="info") as service,
    ):
        ann = service.person()
        with stream(ann, service.live) as messages:
            ann.make("with")
            first = next(messages)
        with ann.watch() as ws:
            server.process.terminate()
            server.process.wait()
            ann.make("without")
            assert heard(ws) == ["task_created without"]
            _ends_with_a_word_and_tells_no_token(service, ann, ws)
        ann.make("meanwhile")
        with (
            realtime(service.settings) as (live, process),
            stream(ann, live, after=first["id"]) as messages,
        ):
            told = [next(messages)["data"]["title"] for _ in range(3)]
            assert told == ["with", "without", "meanwhile"]
            ann.make("then")
            assert next(messages)["data"]["title"] == "then"
            process.process.send_signal(signal.SIGINT)
            assert "Traceback" not in rest_of(process)


def test_the_web_process_ends_with_a_word_as_well(tmp_path: Path) -> None:
    with embedded(tmp_path, LOG_LEVEL="info") as service:
        ann = service.person()
        with ann.watch() as ws:
            _ends_with_a_word_and_tells_no_token(service, ann, ws)


def test_ctrl_c_ends_a_service_that_people_watch(tmp_path: Path) -> None:
    with embedded(tmp_path) as service:
        ann = service.person()
        (web,) = service.processes
        with ann.watch() as ws:
            ann.make("x")
            assert heard(ws) == ["task_created x"]
            web.process.send_signal(signal.SIGINT)
            said = rest_of(web)
    assert web.process.returncode == 0
    assert "Traceback" not in said


def test_realtime_does_not_start_without_a_database_that_others_share(tmp_path: Path) -> None:
    ended = run(PROCFILE["realtime"], DATA=str(tmp_path))
    assert ended.returncode == 3
    assert ended.stderr.startswith("tracker: realtime needs MONGODB_URI")
    assert ended.stderr.count("\n") == 1


def test_realtime_refuses_a_bad_setting_as_all_else_does(tmp_path: Path) -> None:
    ended = run(PROCFILE["realtime"], DATA=str(tmp_path), LIVE_SOCKETS="many")
    assert ended.returncode == 3
    assert ended.stderr.startswith("tracker: LIVE_SOCKETS: takes a whole number")


def _ends_with_a_word_and_tells_no_token(
    service: Service, person: Person, ws: ClientConnection
) -> None:
    """Asks whichever process holds the sockets to end; what it has said must open no session."""
    live = service.processes[-1]
    ticket = person.ask("POST", "/api/auth/ticket")["ticket"]
    with person.watch(f"?ticket={ticket}"):
        pass
    _ask_badly(service, person.token)
    live.process.terminate()
    assert closed(ws) == 1012
    said = rest_of(live)
    assert live.process.returncode == 0
    assert '"route":"/ws/<token>"' in said
    assert said.count("/ws/*") == 1
    assert person.token not in said
    assert ticket not in said
    assert "Traceback" not in said


def _ask_badly(service: Service, token: str) -> None:
    """A line that is none of HTTP, of which a server complains by telling it."""
    parts = urlsplit(service.live)
    with socket.create_connection((parts.hostname, parts.port), timeout=SOON) as connection:
        connection.sendall(f"GET /ws/{token}\r\n\r\n".encode())
        assert b" 400 " in connection.recv(1024)
