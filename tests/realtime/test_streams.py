"""Server-Sent Events: each event once and in order, also for who was away for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest
from flask import Flask

from tests.api.asking import TASKS, make, refused
from tests.api.table import later, share
from tests.conftest import Clock
from tests.people import Client
from tests.store.wrapped import Call, wrap
from tracker import create_app
from tracker.services.world import World
from tracker.store import live

Event = dict[str, Any]


class Stream:
    """What a client of the stream reads."""

    def __init__(self, response: Any) -> None:
        self.headers, self._chunks = response.headers, response.iter_encoded()
        self._blocks: list[str] = []
        self.place = self._block()["id"]

    def next(self, count: int = 1) -> list[str]:
        """What the next messages are, as `type title`; fails where a heartbeat comes first."""
        return [f"{e['type']} {e['data'].get('title')}" for e in self.events(count)]

    def events(self, count: int) -> list[Event]:
        return [self._event() for _ in range(count)]

    def rest(self) -> bytes:
        """All that comes until it ends."""
        return b"".join(self._chunks)

    def _event(self) -> Event:
        block = self._block()
        assert "data" in block, block
        event: Event = orjson.loads(block["data"])
        assert event["id"] == block["id"]
        self.place = event["id"]
        return event

    def _block(self) -> dict[str, str]:
        """The next block that is more than a comment."""
        while True:
            while not self._blocks:
                self._blocks = next(self._chunks).decode().split("\n\n")[:-1]
            block = self._blocks.pop(0)
            assert not block.startswith(": ka"), "nothing came before the heartbeat"
            if block != ":":
                return dict(line.split(": ", 1) for line in block.splitlines())


@pytest.fixture
def meanwhile() -> list[Callable[[], object]]:
    """What is done once it is known what somebody who comes back has missed."""
    return []


@pytest.fixture
def app(config: Any, world: World, log: Any, meanwhile: list[Callable[[], object]]) -> Flask:
    """An application whose world sends its hints to it."""

    def around(call: Call) -> Any:
        result = call.run()
        if call.name == "trees.find" and call.args[1:] == (live.HEAD,) and meanwhile:
            meanwhile.pop()()
        return result

    def hint(text: str) -> None:
        app.extensions["events"].publish(text)

    app = create_app(config, replace(world, store=wrap(world.store, around), hint=hint), log_to=log)
    return app


@contextmanager
def stream(client: Client, after: str = "", **headers: str) -> Iterator[Stream]:
    sent = {"Authorization": f"Bearer {client.token}", **headers}
    if after:
        sent["Last-Event-ID"] = after
    with client.app.test_client(use_cookies=False).get("/api/events", headers=sent) as response:
        assert response.status_code == 200, response.get_data()
        yield Stream(response)


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def test_no_proxy_and_no_browser_may_keep_it(ann: Client) -> None:
    with stream(ann) as events:
        assert events.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert events.headers["X-Accel-Buffering"] == "no"
        assert events.headers["Cache-Control"] == "no-store"


def test_what_happens_is_told_in_order(ann: Client) -> None:
    with stream(ann) as events:
        task = make(ann, "a")["id"]
        ann.patch(f"{TASKS}/{task}", {"title": "b"})
        ann.post(f"{TASKS}/{task}/complete")
        ann.delete(f"{TASKS}/{task}")
        told = events.events(4)
    assert [event["type"] for event in told] == [
        "task_created",
        "task_updated",
        "task_updated",
        "task_deleted",
    ]
    assert told[0]["data"] == {"task_id": task, "title": "a"}
    assert told[3]["data"] == {"task_id": task}


def test_a_stranger_is_told_nothing(ann: Client) -> None:
    with stream(ann.as_("bob")) as events:
        make(ann, "hers")
        make(ann.as_("bob"), "his")
        assert events.next() == ["task_created his"]


def test_who_comes_back_hears_what_was_missed_and_then_what_comes(
    ann: Client, clock: Clock
) -> None:
    task = make(ann, "1")["id"]
    with stream(ann) as events:
        ann.patch(f"{TASKS}/{task}", {"title": "2"})
        assert events.next() == ["task_updated 2"]
    clock.advance(minutes=2)
    ann.patch(f"{TASKS}/{task}", {"title": "3"})
    with stream(ann, after=events.place) as again:
        ann.patch(f"{TASKS}/{task}", {"title": "4"})
        # the minute before is told again: clients tell doubles by their ids
        assert again.next(4) == [
            f"task_{w}" for w in ("created 1", *(f"updated {n}" for n in (2, 3, 4)))
        ]


def test_who_comes_back_without_having_heard_anything_hears_all_since(
    ann: Client, clock: Clock
) -> None:
    with stream(ann) as events:
        pass
    clock.advance(minutes=5)
    make(ann, "missed")
    with stream(ann, after=events.place) as again:
        assert again.next() == ["task_created missed"]


def test_the_query_says_it_as_well_and_the_header_goes_before_it(ann: Client, clock: Clock) -> None:
    with stream(ann) as events:
        make(ann, "1")
        (first,) = events.events(1)
    clock.advance(minutes=5)
    make(ann, "2")
    asked = ann.app.test_client(use_cookies=False)
    bearer = {"Authorization": f"Bearer {ann.token}"}
    with asked.get(f"/api/events?after={first['id']}", headers=bearer) as response:
        assert Stream(response).next(2) == ["task_created 1", "task_created 2"]
    with stream(ann, after=f"{round(clock.now.timestamp() * 1000)}-") as events:
        assert events.next() == ["task_created 2"]


def test_no_event_is_lost_between_what_was_missed_and_what_comes(
    ann: Client, meanwhile: list[Callable[[], object]]
) -> None:
    """What happens in between has been told to all others before they are there for it."""
    with stream(ann) as other:
        make(ann, "1")
        other.next()
        place = other.place
        meanwhile.append(lambda: (make(ann, "2"), other.next()))
        with stream(ann, after=place) as again:
            assert again.next(2) == ["task_created 1", "task_created 2"]
            make(ann, "3")
            assert again.next() == ["task_created 3"]
    assert meanwhile == []


def test_what_is_too_old_is_gone(ann: Client, clock: Clock) -> None:
    with stream(ann) as events:
        make(ann, "1")
        events.next()
    clock.advance(hours=25)
    ann = later(ann, "ann")
    problem = refused(ann.get("/api/events", headers={"Last-Event-ID": events.place}), 410)
    assert "too old" in problem["detail"]
    assert ann.app.extensions["live"].count == 0


@pytest.mark.parametrize("text", ["x", "1", "-", "999999999999999-x", "17-<script>"])
def test_an_id_that_is_none_of_ours_is_refused(ann: Client, text: str) -> None:
    refused(ann.get("/api/events", headers={"Last-Event-ID": text}), 400)
    refused(ann.get("/api/events", query_string={"after": text}), 400)


def test_who_was_removed_meanwhile_hears_nothing_of_it(ann: Client, clock: Clock) -> None:
    task = make(ann, "1")["id"]
    share(ann, task, "bob", "viewer")
    bob = ann.as_("bob")
    with stream(bob) as events:
        ann.patch(f"{TASKS}/{task}", {"title": "2"})
        assert events.next() == ["task_updated 2"]
        assert bob.delete(f"{TASKS}/{task}/members").status == 200
        ann.patch(f"{TASKS}/{task}", {"title": "3"})
        make(bob, "his")
        assert events.next() == ["task_created his"]
    clock.advance(seconds=1)
    with stream(bob, after=events.place) as again:
        assert again.next() == ["task_created his"]


def test_the_stream_ends_with_the_session(ann: Client) -> None:
    with stream(ann) as events:
        assert ann.post("/api/auth/logout").status == 204
        assert events.rest() == b""
    assert ann.app.extensions["live"].count == 0


def test_the_stream_ends_with_the_process(ann: Client) -> None:
    with stream(ann) as events:
        ann.app.extensions["live"].close()
        assert events.rest() == b""
    refused(ann.get("/api/events"), 503)
