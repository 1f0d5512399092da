"""WebSockets (RFC 6455): `/ws/{token}` as in TaskHub, and `/ws` with a ticket, header or cookie.

Who may not come in is refused in the handshake. After it the server talks alone.
"""

import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from simple_websocket import ConnectionError as NotConnected
from wsproto.utilities import ProtocolError

from tracker.errors import Malformed
from tracker.web import principal
from tracker.web.limits import free

from . import doors, wires
from .hub import hub
from .lines import LEFT, Ending, Line

PING_SECONDS = 25
LONGEST_MESSAGE = 65_536
GOODBYE_SECONDS = 2.0
SWITCHED = 101
FAULTS = (ConnectionClosed, NotConnected, ProtocolError, OSError)


def init_app(app: Flask, rules: Mapping[str, str]) -> None:
    """Serve these addresses, each under its name."""
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": PING_SECONDS,
        "max_message_size": LONGEST_MESSAGE,
        "thread_class": partial(threading.Thread, daemon=True),
    }
    blueprint = Blueprint("sockets", __name__)
    blueprint.before_request(_admit)
    blueprint.after_request(_say_switched)
    blueprint.teardown_request(_leave)
    for fault in (ProtocolError, NotConnected):
        blueprint.register_error_handler(fault, _refuse)
    sock = Sock()
    for name, rule in rules.items():
        sock.route(rule, bp=blueprint, endpoint=name)(_serve)
    app.register_blueprint(blueprint)


@free  # counted where it becomes known who asks
def _serve(ws: Server, **_: str) -> None:
    """Send what the line brings until it ends; the client may say what it likes."""
    g.switched = True
    ws.input_buffer = deque(maxlen=0)  # what nobody reads must not pile up
    line: Line = g.line
    with suppress(*FAULTS):
        while line.ending is None:
            for frame in line.take():
                ws.send(frame.text)
    _say_goodbye(ws, line.ending or LEFT)
    line.cord.hang_up()


def _say_goodbye(ws: Server, ending: Ending) -> None:
    """Close with the reason, and wait a moment for the answer: a connection that is broken off with
    something unread loses what was sent last.
    """
    with suppress(*FAULTS):
        ws.close(ending.code, ending.reason)
    ws.thread.join(GOODBYE_SECONDS)


def _admit() -> None:
    doors.admit_socket()
    line = hub().join(principal.proof(), wires.Cord(request.environ))
    g.line = line
    wires.put(request.environ, partial(line.end, LEFT))
    # packed messages would cost each connection more memory than all else together
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


def _say_switched(response: Response) -> Response:
    if g.get("switched"):
        response.status_code = SWITCHED
    return response


def _leave(_: BaseException | None) -> None:
    line = g.pop("line", None)
    if line:
        hub().leave(line)


def _refuse(fault: Exception) -> Response:
    """A handshake that cannot be read, told as every error is."""
    told = current_app.handle_user_exception(Malformed("This is no handshake of a WebSocket"))
    return current_app.make_response(told)
