"""A Redis that may be ill for a while: stopped, flushed, full, slow."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import redis

from tests.faults.lines import Line, line
from tests.processes import Running, redis_server

SLOW_SECONDS = 2.0


class Redis:
    """A server of our own; `address` leads there by a line that may be slow."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._port = stack, 0
        self.server, self.client = self._started()
        self.line: Line = stack.enter_context(line(("127.0.0.1", self._port)))
        self.address = f"redis://127.0.0.1:{self.line.port}/0"

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It ends, and another begins with nothing of what it held."""
        self.server.process.terminate()
        self.server.process.wait()
        yield
        self.server, self.client = self._started()

    @contextmanager
    def flushed(self) -> Iterator[None]:
        """It forgets everything, before and behind."""
        self.client.flushall()
        yield
        self.client.flushall()

    @contextmanager
    def full(self) -> Iterator[None]:
        """It takes nothing more."""
        self.client.config_set("maxmemory", "1mb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            self.client.set("more", "x" * 2**20)
        yield
        self.client.config_set("maxmemory", 0)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Each of its answers takes two seconds."""
        self.line.delay = SLOW_SECONDS
        yield
        self.line.delay = 0.0

    def _started(self) -> tuple[Running, Any]:
        address, server = self._stack.enter_context(redis_server(self._port))
        client = redis.Redis.from_url(address)
        self._stack.callback(client.close)
        self._port = client.connection_pool.connection_kwargs["port"]
        return server, client
