"""Real sockets on both ways of serving: in the web process as `make run` starts it, and in a
realtime process beside it, where each event goes from process to process.
"""

import http.client
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from tests.processes import redis_server
from tests.realtime.served import (
    SOON,
    Person,
    Service,
    apart,
    closed,
    embedded,
    heard,
    small_window,
)


@pytest.fixture(scope="module", params=["embedded", "apart"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One for the whole module: each test has people of its own."""
    data = tmp_path_factory.mktemp("live")
    if request.param == "embedded":
        with embedded(data) as service:
            yield service
        return
    client = request.getfixturevalue("wire_client")
    with redis_server() as (redis, _), apart(data, client, redis) as service:
        yield service


@pytest.fixture
def ann(service: Service) -> Person:
    return service.person()


@pytest.fixture
def bob(service: Service) -> Person:
    return service.person()


def test_a_client_of_taskhub_hears_what_it_expects(ann: Person) -> None:
    with ann.watch() as ws:
        # a packed connection would take a quarter of a megabyte once something was told
        assert "Sec-WebSocket-Extensions" not in ws.response.headers
        task = ann.make("one")
        ann.ask("PUT", f"/api/tasks/{task}", {"title": "two"})
        ann.ask("DELETE", f"/api/tasks/{task}")
        told = [json.loads(ws.recv(timeout=SOON)) for _ in range(3)]
    assert [{name: message[name] for name in ("type", "data")} for message in told] == [
        {"type": "task_created", "data": {"task_id": task, "title": "one"}},
        {"type": "task_updated", "data": {"task_id": task, "title": "two"}},
        {"type": "task_deleted", "data": {"task_id": task}},
    ]
    assert len({message["id"] for message in told}) == 3


def test_a_page_comes_in_by_a_ticket_and_a_program_by_its_header(ann: Person) -> None:
    ticket = ann.ask("POST", "/api/auth/ticket")["ticket"]
    with (
        ann.watch(f"?ticket={ticket}") as page,
        ann.watch("?", additional_headers={"Authorization": f"Bearer {ann.token}"}) as program,
    ):
        ann.make("x")
        assert heard(page) == heard(program) == ["task_created x"]
    with pytest.raises(InvalidStatus) as refused, ann.watch(f"?ticket={ticket}"):
        pass
    assert refused.value.response.status_code == 403


def test_people_hear_of_what_they_may_see(ann: Person, bob: Person) -> None:
    with ann.watch() as hers, bob.watch() as his:
        shared = ann.make("shared")
        assert heard(hers) == ["task_created shared"]
        members = f"/api/tasks/{shared}/members"
        ann.ask("PUT", members, {"user": bob.name, "role": "viewer"})
        assert heard(hers) == ["task_updated shared"]
        assert sorted(heard(his, 2)) == [
            "notification Shared With You: shared",
            "task_updated shared",
        ]
        ann.ask("PATCH", f"/api/tasks/{shared}", {"assigned_to": bob.id})
        assert heard(hers) == ["task_updated shared"]
        assert sorted(heard(his, 2)) == [
            "notification Task Assigned: shared",
            "task_updated shared",
        ]
        ann.ask("DELETE", f"{members}?user={bob.id}")
        ann.ask("PATCH", f"/api/tasks/{shared}", {"title": "secret"})
        assert heard(hers, 2) == ["task_updated shared", "task_updated secret"]
        bob.make("his own")
        assert heard(his) == ["task_created his own"]


def test_what_a_client_says_is_ignored(ann: Person) -> None:
    with ann.watch() as ws:
        for said in ("hello", b"\x00" * 1000, json.dumps({"type": "task_deleted"})):
            ws.send(said)
        assert ws.ping().wait(SOON)
        ann.make("x")
        assert heard(ws) == ["task_created x"]


def test_who_says_too_much_at_once_is_closed(ann: Person) -> None:
    with ann.watch() as ws:
        ws.send("x" * 70_000)
        assert closed(ws) == 1009


def test_a_log_out_closes_the_socket(ann: Person) -> None:
    with ann.watch() as ws, ann.watch() as other:
        ann.ask("POST", "/api/auth/logout")
        assert closed(ws) == closed(other) == 4001


def test_a_slow_reader_is_dropped_and_nobody_waits_for_it(ann: Person) -> None:
    """Each of 300 subtasks is told of by a kilobyte; the slow one reads none of it at first."""
    title = "\U0001f600" * 250
    many = [{"title": title} for _ in range(300)]
    with (
        ann.watch(sock=small_window(ann.service), max_queue=1) as slow,
        ann.watch() as quick,
    ):
        root = ann.make("r", subtasks=many)
        assert heard(quick) == ["task_created r"]
        for _ in range(3):
            for deed in ("complete?cascade=true", "reopen"):
                ann.ask("POST", f"/api/tasks/{root}/{deed}")
                heard(quick, 301)
        assert closed(slow) == 1013
        ann.make("after")
        assert heard(quick) == ["task_created after"]


BAD = {
    "no key": {"Sec-WebSocket-Key": ""},
    "an old version": {"Sec-WebSocket-Version": "12"},
    "no version": {"Sec-WebSocket-Version": ""},
}


@pytest.mark.parametrize("bad", BAD)
def test_a_handshake_that_cannot_be_read_is_refused(ann: Person, bad: str) -> None:
    parts = urlsplit(ann.service.live)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Authorization": f"Bearer {ann.token}",
    }
    sent = {name: value for name, value in (headers | BAD[bad]).items() if value}
    connection = http.client.HTTPConnection(parts.netloc, timeout=SOON)
    connection.request("GET", "/ws", headers=sent)
    answer = connection.getresponse()
    assert answer.status in {400, 426}
    assert answer.headers["Content-Type"] == "application/problem+json"
    connection.close()


def test_the_stream_brings_the_same_over_http(ann: Person) -> None:
    base = ann.service.live.replace("ws://", "http://").removesuffix("/ws")
    bearer = {"Authorization": f"Bearer {ann.token}"}
    asked = urllib.request.Request(f"{base}/api/events", headers=bearer)
    with urllib.request.urlopen(asked, timeout=SOON) as stream, ann.watch() as ws:
        ann.make("x")
        lines = iter(stream.readline, b"")
        data = next(line for line in lines if line.startswith(b"data: "))
        message = ws.recv(timeout=SOON)
        assert json.loads(data.removeprefix(b"data: ")) == json.loads(message)
        ann.ask("POST", "/api/auth/logout")
        assert closed(ws) == 4001
        assert b"data" not in b"".join(lines)  # which ends


def test_a_page_that_is_loaded_again_and_again_finds_room(ann: Person) -> None:
    """A stream is known to be left before anything is sent on it."""
    base = ann.service.live.replace("ws://", "http://").removesuffix("/ws")
    asked = urllib.request.Request(
        f"{base}/api/events", headers={"Authorization": f"Bearer {ann.token}"}
    )
    for _ in range(10):
        urllib.request.urlopen(asked, timeout=SOON).close()
    ends = time.monotonic() + 10  # less than it takes until something is sent
    while (status := _status(asked)) == 429 and time.monotonic() < ends:
        pass
    assert status == 200


def test_sockets_take_no_thread_from_requests(service: Service) -> None:
    """As many as a process without settings holds: requests are answered, one more is refused."""
    people = [service.person() for _ in range(4)]
    with ExitStack() as opened:
        sockets: list[ClientConnection] = []
        while len(sockets) < 32 and (ws := _let_in(opened, people[len(sockets) % 4])):
            sockets.append(ws)
        assert len(sockets) > 20  # those of the tests before may not be closed yet
        assert people[0].ask("GET", "/api/auth/me")["id"] == people[0].id
        if len(service.processes) == 1:
            assert _let_in(opened, people[0]) is None
        people[1].make("x")
        for ws in sockets[1::4]:
            assert heard(ws) == ["task_created x"]


def _let_in(opened: ExitStack, person: Person) -> ClientConnection | None:
    """A socket, or None where there is no room for one more."""
    try:
        return opened.enter_context(person.watch())
    except InvalidStatus as refused:
        status, headers = refused.response.status_code, refused.response.headers
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    return None


def test_the_web_process_of_production_holds_none(service: Service, ann: Person) -> None:
    if len(service.processes) == 1:
        return
    with pytest.raises(HTTPError) as refused:
        ann.ask("GET", "/api/events")
    assert refused.value.code == 503
    assert "realtime" in json.loads(refused.value.read())["detail"]


def _status(asked: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(asked, timeout=SOON) as answer:
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code
