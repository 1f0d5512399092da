"""Hints: heard where they should be, lost where they may be, and never in anybody's way."""

import signal
import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.processes import redis_server
from tracker.events import MISSED, MOST_KEPT, Ear, Here, Shared

SOON = 10.0
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as (address, _):
        yield address


def wait_until_it_hears(ear: Ear) -> None:
    """A connection begins with the word that something may have been missed."""
    assert ear.wait(SOON) == [MISSED]
    assert ear.hears


def test_hints_in_one_process_are_heard_by_all_who_listen() -> None:
    here = Here(alone=True)
    here.publish("before")
    ears = [here.listen(), here.listen()]
    here.publish("a")
    here.publish("b")
    assert [ear.wait(SOON) for ear in ears] == [["a", "b"], ["a", "b"]]
    assert ears[0].wait(0) == []


@pytest.mark.parametrize("alone", [True, False])
def test_it_is_known_whether_hints_can_come(alone: bool) -> None:
    assert Here(alone=alone).listen().hears == alone


def test_a_closed_ear_is_forgotten_and_does_not_wait() -> None:
    here = Here(alone=True)
    ear = here.listen()
    ear.close()
    assert ear.wait(SOON) == []
    other = here.listen()
    here.publish("a")
    assert (ear.wait(0), other.wait(SOON)) == ([], ["a"])


def test_of_too_many_some_are_missed_and_that_is_heard() -> None:
    ear = Here(alone=True).listen()
    for number in range(MOST_KEPT + 1):
        ear.put(str(number))
    heard = ear.wait(SOON)
    assert len(heard) == MOST_KEPT
    assert heard[-1] == MISSED


def test_who_waits_is_woken() -> None:
    here, heard = Here(alone=True), list[str]()
    ear = here.listen()
    waiting = threading.Thread(target=lambda: heard.extend(ear.wait(SOON)))
    waiting.start()
    here.publish("a")
    waiting.join(SOON)
    assert heard == ["a"]


def test_hints_go_from_process_to_process(redis: str) -> None:
    ear = Shared(redis, "ours").listen()
    wait_until_it_hears(ear)
    Shared(redis, "others").publish("x")
    Shared(redis, "ours").publish("a")
    assert ear.wait(SOON) == ["a"]
    ear.close()


def test_who_listens_hears_again_once_redis_is_back() -> None:
    with redis_server() as (address, _):
        ear = Shared(address, "ours").listen()
        wait_until_it_hears(ear)
    assert ear.wait(SOON) == [MISSED]  # so that who waits looks, and looks more often
    assert not ear.hears
    port = int(address.rpartition(":")[2].partition("/")[0])
    with redis_server(port) as (again, _):
        assert again == address
        assert ear.wait(SOON) == [MISSED]
        Shared(address, "ours").publish("a")
        assert ear.wait(SOON) == ["a"]
        ear.close()


def test_while_redis_is_away_nobody_hears_and_nobody_waits() -> None:
    now = [0.0]
    shared = Shared(NOBODY, "ours", lambda: now[0])
    with capture_logs() as lines:
        for _ in range(1_000):
            shared.publish("a")
        assert [line["event"] for line in lines] == ["hints_without_redis"]
        now[0] += 6
        shared.publish("a")
    assert len(lines) == 2
    ear = shared.listen()
    assert ear.wait(0.01) == []
    assert not ear.hears
    ear.close()


def test_a_redis_that_answers_nothing_holds_nobody_up() -> None:
    with redis_server() as (address, server):
        shared = Shared(address, "ours")
        shared.publish("a")
        server.process.send_signal(signal.SIGSTOP)  # it takes connections, and says no word
        try:
            publishing = threading.Thread(target=shared.publish, args=("a",), daemon=True)
            publishing.start()
            publishing.join(SOON)
            assert not publishing.is_alive()
        finally:
            server.process.send_signal(signal.SIGCONT)
