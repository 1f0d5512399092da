"""How often one may ask: 100 a minute an address, 1,000 a user, told in headers and shared."""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from config import Config
from tests.api.asking import refused
from tests.conftest import Clock
from tests.people import Client, Reply
from tests.processes import Running, redis_server
from tracker import create_app
from tracker.services.world import World
from tracker.web.limits import WITHOUT_REDIS_SECONDS

HOME, AWAY = "203.0.113.7", "198.51.100.9"
# sf-list members of one string with integer parameters (RFC 9651), as the draft writes them
POLICY, LIMIT = r'"default";q=(\d+);w=(\d+)', r'"default";r=(\d+);t=(\d+)'
NOWHERE = "redis://127.0.0.1:1/0"

Make = Callable[..., Client]


@pytest.fixture
def make(config: Config, world: World) -> Make:
    """An application with limits; two of them are two processes, but for their store."""

    def client(**settings: Any) -> Client:
        limits = {"rate_limit_anonymous": 5, "rate_limit_user": 8, **settings}
        return Client(create_app(replace(config, **limits), world))

    return client


@pytest.fixture
def redis() -> Iterator[tuple[str, Running]]:
    with redis_server() as found:
        yield found


def ask(client: Client, path: str = "/docs", *, at: str = HOME, **rest: Any) -> Reply:
    return client.get(path, environ_base={"REMOTE_ADDR": at}, **rest)


def told(reply: Reply) -> tuple[int, ...]:
    """q, w, r and t of an answer."""
    policy = re.fullmatch(POLICY, reply.headers["RateLimit-Policy"])
    limit = re.fullmatch(LIMIT, reply.headers["RateLimit"])
    assert policy
    assert limit
    return tuple(int(number) for number in (*policy.groups(), *limit.groups()))


def is_untold(reply: Reply) -> bool:
    return not {"RateLimit", "RateLimit-Policy"} & set(reply.headers.keys())


def test_the_promised_limits_are_the_defaults() -> None:
    assert (Config().rate_limit_anonymous, Config().rate_limit_user) == (100, 1_000)


def test_an_address_may_ask_so_often_and_is_told_so(make: Make) -> None:
    client = make()
    replies = [ask(client) for _ in range(7)]
    assert [reply.status for reply in replies] == [200] * 5 + [429] * 2
    assert [told(reply) for reply in replies] == [(5, 60, n, 60) for n in (4, 3, 2, 1, 0, 0, 0)]


def test_one_too_many_is_told_when_to_come_again(make: Make, clock: Clock) -> None:
    client = make(rate_limit_anonymous=1)
    ask(client)
    clock.advance(seconds=20.5)
    refusal = ask(client)
    refused(refusal, 429)
    assert refusal.headers["Retry-After"] == "40" == str(told(refusal)[3])
    assert refusal.headers["X-Content-Type-Options"] == "nosniff"
    clock.advance(seconds=39.5)
    assert ask(client).status == 200


def test_another_address_has_its_own(make: Make) -> None:
    client = make(rate_limit_anonymous=1)
    assert [ask(client, at=at).status for at in (HOME, HOME, AWAY)] == [200, 429, 200]


def test_the_addresses_of_one_network_count_as_one(make: Make) -> None:
    client = make(rate_limit_anonymous=1)
    asked = [
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::9",
        "2001:db8:1:3::1",
        "::ffff:203.0.113.7",
        HOME,
    ]
    assert [ask(client, at=at).status for at in asked] == [200, 429, 200, 200, 429]


def test_a_user_counts_apart_wherever_the_requests_come_from(make: Make) -> None:
    ann = make().as_("ann")
    for n in range(8):
        reply = ask(ann, "/api/auth/me", at=f"10.0.0.{n}")
        assert (reply.status, told(reply)) == (200, (8, 60, 7 - n, 60))
    refused(ask(ann, "/api/auth/me", at=AWAY), 429)
    assert ask(ann, "/docs", at=AWAY).status == 200
    assert ask(ann.as_("bob"), "/api/auth/me", at=AWAY).status == 200


@pytest.mark.parametrize(
    "path", ["/api/auth/me", "/api/nowhere", "/api/auth/register", "/openapi.json", "/api/tasks/x"]
)
def test_whatever_is_refused_counts_for_the_address(make: Make, path: str) -> None:
    client = make(rate_limit_anonymous=2).with_token("nonsense")
    found = [ask(client, path).status for _ in range(3)]
    assert found[:2].count(429) == 0
    assert found[2] == 429


def test_health_routes_are_free(make: Make) -> None:
    client = make(rate_limit_anonymous=1)
    for path in ("/api/health", "/api/health/live", "/api/health/ready") * 2:
        reply = ask(client, path)
        assert reply.status == 200
        assert is_untold(reply)


def test_preflights_are_free(make: Make) -> None:
    client = make(rate_limit_anonymous=1)
    asked = {"Origin": "https://good.example", "Access-Control-Request-Method": "PUT"}
    for _ in range(3):
        assert client.ask("OPTIONS", "/api/auth/me", headers=asked).status == 200


def test_a_page_of_a_listed_origin_may_read_the_headers(make: Make) -> None:
    shown = ask(make(), headers={"Origin": "https://good.example"}).headers
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(
        shown["Access-Control-Expose-Headers"].split(", ")
    )


def test_nought_is_no_limit(make: Make) -> None:
    client = make(rate_limit_anonymous=0, rate_limit_user=0)
    assert is_untold(ask(client))
    assert is_untold(ask(client.as_("ann"), "/api/auth/me"))


def test_two_processes_on_one_redis_tell_the_same_numbers(
    make: Make, redis: tuple[str, Running]
) -> None:
    one, other = (make(redis_url=redis[0]) for _ in range(2))
    replies = [ask(client) for client in (one, other) * 3]
    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert [told(reply)[2] for reply in replies] == [4, 3, 2, 1, 0, 0]
    assert all(0 < told(reply)[3] <= 60 for reply in replies)
    assert replies[-1].headers["Retry-After"] == str(told(replies[-1])[3])


def test_a_redis_that_dies_disturbs_nobody(make: Make, redis: tuple[str, Running]) -> None:
    """Reads go free, the rest counts in this process; back again, all counts there."""
    client = make(redis_url=redis[0])
    assert told(ask(client))[2] == 4
    redis[1].process.terminate()
    redis[1].process.wait()
    assert all(is_untold(reply) for reply in (ask(client) for _ in range(7)))
    found = [client.post("/api/auth/login", {}).status for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_a_redis_that_was_never_there_disturbs_nobody(make: Make) -> None:
    client = make(redis_url=NOWHERE)
    assert {ask(client).status for _ in range(7)} == {200}
    assert [client.delete("/docs").status for _ in range(6)] == [405] * 5 + [429]


def test_a_redis_that_is_late_is_not_waited_for(make: Make) -> None:
    """It takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = make(redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert is_untold(ask(client))


def test_a_redis_that_comes_back_is_asked_again(make: Make, clock: Clock) -> None:
    with redis_server() as (address, _):
        pass
    client = make(redis_url=address)
    assert is_untold(ask(client))
    with redis_server(int(address.split(":")[2][:-2])):
        assert is_untold(ask(client))
        clock.advance(seconds=WITHOUT_REDIS_SECONDS)
        assert told(ask(client))[2] == 4


def test_a_redis_that_was_started_anew_is_not_missed(
    make: Make, redis: tuple[str, Running]
) -> None:
    client = make(redis_url=redis[0])
    assert told(ask(client))[2] == 4
    redis[1].process.terminate()
    redis[1].process.wait()
    with redis_server(int(redis[0].split(":")[2][:-2])):
        assert told(ask(client))[2] == 4
