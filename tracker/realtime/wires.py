"""What lies between a WebSocket and its socket: whole sends, and no haste for those who talk.

simple-websocket sends what fits and forgets the rest, and reads for as long as there is anything.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# before each read: nothing that a client says counts, so whoever says much is heard slowly
BREATH_SECONDS = 0.1
# what the kernel keeps for somebody who does not read, which else grows to megabytes
KEPT_BYTES = 32 * 1024
# where servers put the socket of a request
_KEYS = ("gunicorn.socket", "werkzeug.socket")


class Wire:
    """A socket as simple-websocket uses it; `closed` is called once nobody reads it any more."""

    def __init__(self, sock: Any, closed: Callable[[], None]) -> None:
        self._socket, self._closed = sock, closed
        self._turn = threading.Lock()

    def fileno(self) -> int:
        return int(self._socket.fileno())

    def send(self, data: bytes) -> int:
        """All of it, and one after the other: answers to pings come from another thread."""
        with self._turn:
            self._socket.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        time.sleep(BREATH_SECONDS)
        return bytes(self._socket.recv(size))

    def close(self) -> None:
        """The socket itself is the server's, which closes it."""
        self._closed()


class Cord:
    """The connection of a request. From here on the kernel keeps little of what is sent on it."""

    def __init__(self, environ: dict[str, Any], *, is_silent: bool = False) -> None:
        self._socket: Any = next((environ[key] for key in _KEYS if key in environ), None)
        self._is_silent = is_silent
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT_BYTES)

    def hang_up(self) -> None:
        """Who waits to send or to read on it wakes up."""
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def has_left(self) -> bool:
        """Known of a client that is silent: there is something to read once it has gone."""
        if self._socket is None or not self._is_silent:
            return False
        end = select.poll()
        end.register(self._socket, select.POLLIN)
        return bool(end.poll(0))


def put(environ: dict[str, Any], closed: Callable[[], None]) -> None:
    """Put a wire in the place of the socket of a request."""
    for key in _KEYS:
        if key in environ:
            environ[key] = Wire(environ[key], closed)
