"""Files through the service: on each storage, when that is gone, and over real connections."""

import http.client
import io
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import uuid_utils

from config import Config, load
from tests import buckets
from tests.api.asking import TASKS, make, refused
from tests.api.sending import BOUNDARY, END, FORM, PNG, Sent, attach, form, part, send
from tests.conftest import Clock
from tests.people import PASSWORD, Client
from tests.processes import KEY, PROCFILE, running
from tests.swept import blobs_of, sweep_files
from tracker import create_app
from tracker.files import Blobs, s3
from tracker.files.grid import Grid
from tracker.services.world import World
from tracker.store import Store

MANY = PNG + bytes(range(1, 255)) * 4_000


@pytest.fixture
def store(embedded_store: Store) -> Store:
    return embedded_store


def ann_on(world: World, blobs: Blobs, config: Config) -> Client:
    return Client(create_app(config, replace(world, blobs=blobs))).as_("ann")


def test_a_file_comes_and_goes_on_each_storage(world: World, config: Config, blobs: Blobs) -> None:
    world = replace(world, blobs=blobs)
    ann = ann_on(world, blobs, config)
    task = make(ann)["id"]
    made = attach(ann, task, Sent(MANY, "a.png", "image/png"), Sent())
    path = f"{TASKS}/{task}/files/{made[0]['id']}"
    assert ann.get(path).body == MANY
    assert ann.get(path, headers={"Range": "bytes=300000-300009"}).body == MANY[300_000:300_010]
    assert blobs_of(world) == sorted(one["filename"] for one in made)
    assert ann.delete(path).status == 204
    sweep_files(world)
    assert blobs_of(world) == [made[1]["filename"]]
    assert ann.get(path).status == 404


def test_the_storage_itself_may_be_asked_for_five_minutes(
    world: World, config: Config, s3_blobs: s3.S3
) -> None:
    ann = ann_on(world, s3_blobs, config)
    task = make(ann)["id"]
    (made,) = attach(ann, task, Sent(name="отчёт.txt"))
    path = f"{TASKS}/{task}/files/{made['id']}"
    assert ann.get(path).status == 200
    reply = ann.get(f"{path}?redirect=true")
    assert (reply.status, reply.body) == (302, b"")
    address = reply.headers["Location"]
    assert int(parse_qs(urlsplit(address).query)["X-Amz-Expires"][0]) <= 300
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"hello\n"
        assert answer.headers["Content-Type"] == "text/plain"
        told = ann.get(path).headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"] == told
    sam = ann.as_("sam")
    refused(sam.get(f"{path}?redirect=true"), 404)


def test_while_the_storage_is_down_tasks_are_as_ever(
    world: World, config: Config, store: Store
) -> None:
    with buckets.server() as endpoint:
        settings = buckets.fresh(endpoint).settings
        bucket = s3.connect(load({"SECRET_KEY": KEY, **settings}))
        ann = ann_on(world, bucket, config)
        task = make(ann)["id"]
        (made,) = attach(ann, task)
    path = f"{TASKS}/{task}/files"
    for reply in (send(ann, task, Sent(), Sent()), ann.get(f"{path}/{made['id']}")):
        refused(reply, 503)
        assert reply.headers["Retry-After"]
    assert [one["id"] for one in ann.get(path).json] == [made["id"]]
    assert ann.patch(f"{TASKS}/{task}", {"title": "still"}).status == 200
    assert ann.delete(f"{path}/{made['id']}").status == 204
    assert store.db.files.count_documents({"deleted_at": None}) == 0


class _Hasty(Store):
    """Gives a request a fifth of a second."""

    def deadline(self, seconds: float = 0.2) -> Any:
        return super().deadline(0.2)


class _Slow(io.BytesIO):
    """Comes in with a pause that is longer than a request has for its queries."""

    def read(self, size: int | None = -1) -> bytes:
        time.sleep(0.15 if self.tell() else 0.3)
        return super().read(size)


def test_a_slow_client_uses_up_nobodys_deadline(
    wire_store: Store, clock: Clock, config: Config
) -> None:
    hasty = _Hasty(wire_store.db, wire_store.queues, wire_store.numbers)
    new_id = lambda: str(uuid_utils.uuid7())  # noqa: E731
    world = World(hasty, clock, new_id, blobs=Grid(wire_store.db))
    ann = Client(create_app(config, world)).as_("ann")
    task = make(ann)["id"]
    sent = form(Sent())
    body = sent.pop("data")
    sent |= {"input_stream": _Slow(body), "content_length": len(body)}
    assert ann.post(f"{TASKS}/{task}/files", **sent).status == 201


class Line:
    """A connection to a service that runs, as ann who has a task there."""

    def __init__(self, address: str) -> None:
        self.host, _, port = address.partition(":")
        self.port = int(port)
        body = {"email": "ann@example.com", "username": "ann", "full_name": "Ann"}
        self.token = ""
        said = self.ask("POST", "/api/auth/register", {**body, "password": PASSWORD})
        self.token = said["access_token"]
        self.task = self.ask("POST", TASKS, {"title": "t"})["id"]
        self.path = f"{TASKS}/{self.task}/files"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as connection:
            connection.request(method, path, orjson.dumps(body) if body else None, headers)
            return orjson.loads(connection.getresponse().read())

    @contextmanager
    def opened(self, *headers: str) -> Iterator[socket.socket]:
        """A socket on which an upload has begun."""
        head = [f"POST {self.path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}"]
        head += [f"Content-Type: {FORM}; boundary={BOUNDARY}", *headers, "", ""]
        with socket.create_connection((self.host, self.port), timeout=30) as connection:
            connection.sendall("\r\n".join(head).encode())
            yield connection


def status_of(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


def kept_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_over_real_connections(tmp_path: Path) -> None:
    """In chunks, cut off at every stage, over the limit: one service for all of it."""
    settings = {"PORT": "0", "SECRET_KEY": KEY, "DATA": str(tmp_path), "LOG_LEVEL": "error"}
    with running(PROCFILE["web"], **settings, MAX_FILE_SIZE="1000000") as web:
        line = Line(web.line(r"serves on http://(\S+)")[1])
        whole = part(b"x" * 600_000) + part(b"y" * 600_000) + END
        _is_cut_off(line, whole)
        _is_over_the_limit(line)
        assert line.ask("GET", line.path) == []
        assert kept_in(tmp_path) == []
        _comes_in_chunks(line, whole)
        assert [one["size"] for one in line.ask("GET", line.path)] == [600_000, 600_000]
        assert sorted(path.stat().st_size for path in kept_in(tmp_path)) == [600_000, 600_000]


def _is_cut_off(line: Line, whole: bytes) -> None:
    for received in (0, 10, 200, 300_000, 700_000, len(whole) - 3):
        with line.opened(f"Content-Length: {len(whole)}") as connection:
            connection.sendall(whole[:received])
            connection.shutdown(socket.SHUT_WR)
            assert status_of(connection) == 400


def _is_over_the_limit(line: Line) -> None:
    """It is answered while most of it is still to come."""
    with line.opened("Content-Length: 9000000") as connection:
        connection.sendall(part(b"x" * 1_200_000)[:1_200_000])
        assert status_of(connection) == 400
    with line.opened("Content-Length: 900000000") as connection:
        assert status_of(connection) == 413


def _comes_in_chunks(line: Line, whole: bytes) -> None:
    with line.opened("Transfer-Encoding: chunked") as connection:
        for start in range(0, len(whole), 50_000):
            piece = whole[start : start + 50_000]
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        assert status_of(connection) == 201
