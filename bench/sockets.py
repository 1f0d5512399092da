"""python -m bench.sockets [--short] [--check]: what do idle sockets cost, and how soon do all hear?

Web and realtime as the Procfile starts them, on a Redis and the tests' server. A hundred people
hold 1,000 WebSockets (100 with --short) and may all see every task. Printed are the memory of the
realtime process for each socket that stands idle, which is what it shares with no other process,
once before and once after all have heard something; and the time from sending a write until the
last socket has heard of it. --check ends with 1 where a socket takes more than 60 KB, or a
broadcast more than a second.
"""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson
from websockets.asyncio.client import ClientConnection, connect

from tests import wire
from tests.processes import KEY, PROCFILE, redis_server, run, running

from . import services
from .storms import Client

OF_ONE = 10
BROADCASTS = 5
MOST_KB, MOST_SECONDS = 60.0, 1.0
AT_ONCE = 25


class Service(NamedTuple):
    """Where web and realtime listen, and the process that holds the sockets."""

    web: str
    live: str
    worker: int


def main() -> None:
    asked = _arguments()
    count = 100 if asked.short else 1_000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with _service() as service:
        tokens = [_registered(service.web, n) for n in range(count // OF_ONE)]
        kept = asyncio.run(_measured(service, tokens))
    if asked.check and not kept:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.sockets", description="Measure.")
    parser.add_argument("--short", action="store_true", help="100 sockets instead of 1,000")
    parser.add_argument("--check", action="store_true", help="end with 1 where a promise is broken")
    return parser.parse_args()


@contextmanager
def _service() -> Iterator[Service]:
    with redis_server() as (redis, _), wire.server() as uri, tempfile.TemporaryDirectory() as data:
        if uri is None:
            raise SystemExit(f"bench.sockets needs the tests' server: {wire.MISSING}")
        settings = {"PORT": "0", "REALTIME_PORT": "0", "SECRET_KEY": KEY, "DATA": data}
        settings |= {"MONGODB_URI": uri, "MONGODB_DATABASE": f"bench_{uuid.uuid4().hex}"}
        settings |= {"REDIS_URL": redis, "WEB_CONCURRENCY": "1", "OPEN_WORKSPACE": "true"}
        settings |= {"RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_USER": "0", "LOG_LEVEL": "error"}
        settings |= {"PASSWORD_COST": "cheap", "TRUSTED_PROXIES": "1"}
        run(PROCFILE["release"], **settings).check_returncode()
        with (
            running(PROCFILE["web"], **settings) as web,
            running(PROCFILE["realtime"], **settings) as realtime,
        ):
            address = web.line(r"serves on http://(\S+)")[1]
            live = realtime.line(r"live events on (ws://\S+)")[1]
            yield Service(address, live, _worker_of(realtime.process.pid))


def _worker_of(master: int) -> int:
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(worker)


def _registered(address: str, number: int) -> str:
    name = f"user{number}"
    person = {"username": name, "full_name": name, **services.credentials(name)}
    # from one address each, for one may not register many
    source = f"10.1.{number // 256}.{number % 256}"
    _, body = Client(address).ask("POST", "/api/auth/register", person, source)
    token: str = orjson.loads(body)["access_token"]
    return token


async def _measured(service: Service, tokens: list[str]) -> bool:
    """Whether what was promised was kept; one socket is opened beforehand, untold."""
    writer = Client(service.web, tokens[0])
    async with connect(f"{service.live}/{tokens[-1]}", compression=None) as first:
        await _broadcast(writer, [first])
    before = _unique_kb(service.worker)
    began = time.perf_counter()
    sockets = await _open(service, [token for token in tokens for _ in range(OF_ONE)])
    print(f"  {len(sockets)} sockets opened in {time.perf_counter() - began:.1f} s")
    idle = (_unique_kb(service.worker) - before) / len(sockets)
    seconds = [await _broadcast(writer, sockets) for _ in range(BROADCASTS)]
    told = (_unique_kb(service.worker) - before) / len(sockets)
    print(f"  {idle:.1f} KB a socket, {told:.1f} KB after {BROADCASTS} broadcasts")
    slowest = max(seconds)
    print(f"  a broadcast to all: median {statistics.median(seconds):.3f} s, slowest {slowest:.3f}")
    await asyncio.gather(*(socket.close() for socket in sockets))
    return max(idle, told) <= MOST_KB and slowest <= MOST_SECONDS


async def _open(service: Service, tokens: list[str]) -> list[ClientConnection]:
    sockets: list[ClientConnection] = []
    for start in range(0, len(tokens), AT_ONCE):
        some = tokens[start : start + AT_ONCE]
        opened = (
            connect(f"{service.live}/{t}", compression=None, ping_interval=None) for t in some
        )
        sockets += await asyncio.gather(*opened)
    return sockets


async def _broadcast(writer: Client, sockets: list[ClientConnection]) -> float:
    """Seconds from sending a write until the last socket has heard of it."""
    hearing = asyncio.gather(*(socket.recv() for socket in sockets))
    began = time.perf_counter()
    await asyncio.to_thread(writer.ask, "POST", "/api/tasks", {"title": "told to all"})
    await hearing
    return time.perf_counter() - began


def _unique_kb(process: int) -> int:
    """The memory of a process that no other shares (USS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


if __name__ == "__main__":
    main()
