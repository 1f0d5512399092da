"""A line to a server of any protocol, on which each answer may take its time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536


class Line:
    """Listens on loopback before a service; what that answers is handed on after `delay` seconds.

    Who connects while the service is away is hung up on.
    """

    def __init__(self, service: tuple[str, int]) -> None:
        self.service, self.delay, self.port = service, 0.0, 0
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self, listening: threading.Event, over: asyncio.Event) -> None:
        """Hands on until it is over; says when it listens."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await over.wait()
        server.close()
        for end in self._ends:
            end.transport.abort()
        self.delay = 0.0
        await asyncio.gather(*self._tasks)

    async def _connected(self, asking: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._tasks.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            answering, on = await asyncio.open_connection(*self.service)
        except OSError:
            back.transport.abort()
            return
        self._ends += [back, on]
        pumps = [self._pump(asking, on, slowly=False), self._pump(answering, back, slowly=True)]
        await asyncio.gather(*pumps)

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, slowly: bool
    ) -> None:
        with suppress(OSError):
            while some := await source.read(CHUNK):
                if slowly and self.delay:
                    await asyncio.sleep(self.delay)
                target.write(some)
                await target.drain()
        target.close()


@contextmanager
def line(service: tuple[str, int]) -> Iterator[Line]:
    """A line in a thread of its own."""
    standing, listening = Line(service), threading.Event()
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    run = threading.Thread(target=lambda: loop.run_until_complete(standing.serve(listening, over)))
    run.start()
    try:
        assert listening.wait(10)
        yield standing
    finally:
        loop.call_soon_threadsafe(over.set)
        run.join()
        loop.close()
