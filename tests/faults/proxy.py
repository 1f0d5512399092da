"""A proxy that lets a request through and may cut its answer: the deed is done, and nobody hears.

For clients that ask one thing a connection and say `Connection: close`.
"""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HANGS_AFTER = 30.0
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: end the connection by a reset


class Proxy(socketserver.ThreadingTCPServer):
    """Listens on loopback before a service; `cut` says how much of an answer goes through.

    None lets it all through. `cut_off` holds the whole answers that were cut, in their order.
    """

    daemon_threads = True

    def __init__(self, service: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.service = service
        self.cut: Callable[[bytes], int] | None = None
        self.cut_off: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.server_address[:2]
        return str(host), port


@contextmanager
def proxy(service: tuple[str, int]) -> Iterator[Proxy]:
    """A proxy in a thread of its own."""
    with Proxy(service) as standing:
        thread = threading.Thread(target=standing.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield standing
        finally:
            standing.shutdown()
            thread.join()


class _Connection(socketserver.BaseRequestHandler):
    server: Proxy
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(HANGS_AFTER)
        asked = _request(self.request)
        with socket.create_connection(self.server.service, HANGS_AFTER) as service:
            service.sendall(asked)
            answer = b"".join(iter(lambda: service.recv(65536), b""))
        cut = self.server.cut
        if cut is None:
            self.request.sendall(answer)
            return
        self.server.cut_off.append(answer)
        self.request.sendall(answer[: cut(answer)])
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _request(client: socket.socket) -> bytes:
    """A whole request: its head and as much body as that announces."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += client.recv(65536)
    head, _, body = asked.partition(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    missing = int(lines.get(b"content-length", 0)) - len(body)
    while missing > 0:
        more = client.recv(missing)
        asked, missing = asked + more, missing - len(more)
    return asked
