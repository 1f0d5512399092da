"""The connections of a process: who may join, who is handed what, and how long it works."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from pymongo.errors import AutoReconnect

from tests.conftest import Clock
from tracker.core.live import Message
from tracker.errors import NoRoom, TooMany, Unavailable
from tracker.events import MISSED, Ear
from tracker.realtime.hub import Hub, Limits
from tracker.realtime.lines import LEFT, RESTART, SHUT, Ending, Line
from tracker.services import making
from tracker.services.watching import Proof, Told
from tracker.services.world import World
from tracker.store import Store, sessions

SOON = 10.0
ANN, BOB = {"_id": "ann"}, {"_id": "bob"}


class Channel:
    """Hints that a test sends; the ears that listen."""

    def __init__(self) -> None:
        self.ears: list[Ear] = []

    def publish(self, hint: str) -> None:
        for ear in self.ears:
            ear.put(hint)

    def listen(self) -> Ear:
        self.ears.append(Ear(hears=True))
        return self.ears[-1]


class Log:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()

    def warning(self, event: str, **_: Any) -> None:
        self.lines.put(event)


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def here(embedded_store: Store, clock: Clock, channel: Channel) -> World:
    """A world of ann and bob, who are logged in."""
    for number, user in enumerate(("ann", "bob")):
        person = {"_id": user, "state": "active", "number": number}
        embedded_store.db.users.insert_one(person)
        session = {"_id": f"{user}'s", "user": user, "expires_at": clock.now + timedelta(days=1)}
        sessions.insert(embedded_store, session)
    ids = iter(map(str, range(1_000)))
    return World(embedded_store, clock, lambda: next(ids), hint=channel.publish)


@pytest.fixture
def hub(here: World, channel: Channel, log: Log) -> Iterator[Hub]:
    hub = Hub(here, channel, log, Limits(all=5, of_one=3))
    yield hub
    for line in hub.lines():
        hub.leave(line)
    for ear in channel.ears:
        ear.close()


class Cord:
    """One that tells when it was hung up, and whose client may leave."""

    def __init__(self) -> None:
        self.hung_up, self.left = threading.Event(), False

    def hang_up(self) -> None:
        self.hung_up.set()

    def has_left(self) -> bool:
        return self.left


def join(hub: Hub, user: str, cord: Cord | None = None) -> Line:
    return hub.join(Proof(user, f"{user}'s", None, None), cord or Cord())


def told(user: str, number: int) -> Told:
    data = {"task_id": "x", "title": str(number)}
    return Told([user], [Message("task_updated", data, "1-x")])


def heard(line: Line) -> list[str]:
    """What the line brings next: the titles."""
    return [orjson.loads(frame.text)["data"].get("title") for frame in line.take(SOON)]


def test_a_write_reaches_every_connection_of_those_who_may_see_it(here: World, hub: Hub) -> None:
    first, second, stranger = join(hub, "ann"), join(hub, "ann"), join(hub, "bob")
    making.create(here, ANN, {"title": "ann's"})
    assert heard(first) == heard(second) == ["ann's"]
    making.create(here, BOB, {"title": "bob's"})
    assert heard(stranger) == ["bob's"]


def test_who_has_left_is_handed_nothing(here: World, hub: Hub) -> None:
    gone, here_still = join(hub, "ann"), join(hub, "ann")
    hub.leave(gone)
    making.create(here, ANN, {"title": "x"})
    assert heard(here_still) == ["x"]
    assert gone.take(0) == []
    assert hub.count == 1


def test_one_person_has_so_many_connections_and_no_more(hub: Hub) -> None:
    lines = [join(hub, "ann") for _ in range(3)]
    with pytest.raises(TooMany):
        join(hub, "ann")
    hub.leave(lines[0])
    join(hub, "ann")


def test_a_process_has_so_many_connections_and_no_more(hub: Hub) -> None:
    for user in ("ann", "ann", "bob", "bob", "bob"):
        join(hub, user)
    with pytest.raises(NoRoom) as refused:
        join(hub, "ann")
    assert refused.value.retry_after


def test_a_process_that_holds_none_says_who_does(here: World, channel: Channel, log: Log) -> None:
    with pytest.raises(NoRoom, match="realtime"):
        join(Hub(here, channel, log, Limits(all=0, of_one=3)), "ann")
    assert channel.ears == []


def test_one_slow_reader_is_dropped_and_the_others_are_not(here: World, hub: Hub) -> None:
    slow, quick = join(hub, "ann"), join(hub, "ann")
    for number in range(1_100):
        hub.deliver(told("ann", number))
        if number % 100 == 0:
            quick.take(0)
    assert slow.ending
    assert slow.ending.code == 1013
    assert quick.ending is None


def test_closing_ends_all_and_takes_no_more(hub: Hub) -> None:
    lines = [join(hub, "ann"), join(hub, "bob")]
    hub.close()
    assert [line.ending for line in lines] == [RESTART, RESTART]
    with pytest.raises(NoRoom):
        join(hub, "ann")


def test_it_closes_when_its_process_is_told_to_end(hub: Hub) -> None:
    is_over = threading.Event()
    line = join(hub, "ann")
    hub.close_when(is_over.is_set)
    is_over.set()
    assert line.take(SOON) == []
    assert line.ending == RESTART


def test_a_log_out_ends_the_connection(here: World, hub: Hub) -> None:
    line, other = join(hub, "ann"), join(hub, "bob")
    sessions.remove_all(here.store, "ann")
    assert line.take(SOON) == []
    assert line.ending == SHUT == Ending(4001, "The session has ended")
    assert other.ending is None


def test_who_is_stuck_is_hung_up_on(here: World, channel: Channel, log: Log) -> None:
    now, cord = [0.0], Cord()
    hub = Hub(here, channel, log, Limits(5, 5), lambda: now[0])
    line = join(hub, "ann", cord)
    hub.deliver(told("ann", 1))
    assert heard(line) == ["1"]  # and it is at sending from here on
    now[0] += 3600
    assert cord.hung_up.wait(SOON)
    hub.leave(line)


def test_a_client_that_is_known_to_have_left_makes_room(hub: Hub) -> None:
    cord = Cord()
    line = join(hub, "ann", cord)
    cord.left = True
    assert line.take(SOON) == []
    assert line.ending == LEFT


def test_it_works_while_somebody_is_there(hub: Hub, channel: Channel, here: World) -> None:
    """Nobody looks at the database for nobody; the next who comes finds it at work again."""
    hub.leave(join(hub, "ann"))
    assert channel.ears[0].closed.wait(SOON)
    making.create(here, ANN, {"title": "unseen"})
    line = join(hub, "ann")
    making.create(here, ANN, {"title": "seen"})
    assert heard(line) == ["seen"]
    assert len(channel.ears) == 2


class Away:
    """A database whose history answers while it is told to."""

    def __init__(self, db: Any) -> None:
        self.db, self.is_away = db, False

    @property
    def history(self) -> Any:
        if self.is_away:
            raise AutoReconnect("history is away")
        return self.db.history

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)


def test_a_fault_of_the_database_loses_no_event(here: World, channel: Channel, log: Log) -> None:
    away = Away(here.store.db)
    hub = Hub(replace(here, store=replace(here.store, db=away)), channel, log, Limits(5, 5))
    line = join(hub, "ann")
    away.is_away = True
    making.create(here, ANN, {"title": "meanwhile"})
    assert log.lines.get(timeout=SOON) == "live_feed_waits"
    channel.publish(MISSED)
    away.is_away = False
    assert heard(line) == ["meanwhile"]
    assert log.lines.empty()
    hub.leave(line)


def test_where_the_database_is_away_nobody_is_let_in(
    here: World, channel: Channel, log: Log
) -> None:
    away = Away(here.store.db)
    away.is_away = True
    hub = Hub(replace(here, store=replace(here.store, db=away)), channel, log, Limits(5, 5))
    with pytest.raises(Unavailable):
        join(hub, "ann")
    assert hub.count == 0
    assert channel.ears[0].closed.is_set()
    away.is_away = False
    hub.leave(join(hub, "ann"))
