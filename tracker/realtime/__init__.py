"""The door of those who watch: WebSockets and Server-Sent Events. Translates; no rule and no query.

    gunicorn -c gunicorn.realtime.py wsgi:app

Every process has these routes, and `LIVE_SOCKETS` says how many connections each may hold.

lines    one connection: what waits for it, and how it ends
hub      all connections of this process, and who is handed what
watch    the threads behind the hub: what is new, who may stay
sockets  WebSockets                      wires    what lies between them and their socket
streams  Server-Sent Events              doors    who is let in
"""

from typing import Any

from flask import Flask

from tracker.web.rest import mount

from . import doors, sockets, streams
from .hub import Hub, Limits

# as in `tracker.api`
TABLE = {"events": ("/api/events", (("", streams.Events),))}
SOCKETS = {"by_ticket": "/ws", "by_token": "/ws/<token>"}

# of one person, in one process
MOST_OF_ONE = 10


def init_app(app: Flask, config: Any) -> None:
    """Serve live events; needs the world, the log and the way for hints in `app.extensions`."""
    parts = app.extensions
    limits = Limits(config.sockets, MOST_OF_ONE)
    parts["live"] = Hub(parts["world"], parts["events"], parts["log"], limits)
    sockets.init_app(app, SOCKETS)
    for name, (prefix, routes) in TABLE.items():
        known_by = doors.identify
        mount(app, name, prefix, routes, area=doors.AREA, media=streams.MEDIA, identify=known_by)
