"""Server-Sent Events (HTML, 9.2): the same messages over plain HTTP, and for who comes back what
they missed.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask import Response, request
from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.core import live
from tracker.services import watching
from tracker.services.world import World
from tracker.web import principal, world
from tracker.web.operations import operation

from . import doors, wires
from .hub import frames, hub
from .lines import Frame, Line

MEDIA = "text/event-stream"
BEAT_SECONDS = 15.0
RETRY = b"retry: 3000\n"
_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


class EventsQuery(Schema):
    """By what, and from when on."""

    ticket = fields.String(
        validate=validate.Length(1, 100),
        metadata={"description": "Of POST /api/auth/ticket, in place of header and cookie"},
    )
    after = fields.String(
        validate=validate.Length(1, 150),
        metadata={"description": "As the header Last-Event-ID, which goes before it"},
    )


STREAM = {
    "type": "string",
    "description": "Each with an `id`, its `data` JSON `{type, data, id}`; a comment every 15 s",
}
EVENTS = EventsQuery()


class Events(Resource):
    @operation(
        "Watch what happens, as it happens; with Last-Event-ID also what was missed",
        query=EVENTS, media=MEDIA, answers={200: STREAM}, errors=(400, 403, 410),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> Response:
        doors.require_known_page()
        if request.method == "HEAD":
            return Response(mimetype=MEDIA, headers=_HEADERS)
        line = hub().join(principal.proof(), wires.Cord(request.environ, is_silent=True))
        try:
            missed = _missed(line, request.headers.get("Last-Event-ID") or query.get("after"))
        except BaseException:
            hub().leave(line)
            raise
        response = Response(_written(world(), line, missed), mimetype=MEDIA, headers=_HEADERS)
        response.call_on_close(partial(hub().leave, line))
        return response


def _missed(line: Line, after: str | None) -> list[Frame]:
    """Read once the line stands: what happens meanwhile comes twice, and goes out once."""
    return frames(watching.missed(world(), line.proof.user, after)) if after else []


def _written(world: World, line: Line, missed: Sequence[Frame]) -> Iterator[bytes]:
    told = {frame.id for frame in missed}
    yield RETRY + _place(world)
    yield from map(_event, missed)
    while line.ending is None:
        waiting = line.take(BEAT_SECONDS)
        if waiting:
            yield b"".join(_event(frame) for frame in waiting if frame.id not in told) or b":\n\n"
        elif line.ending is None:
            told = set()
            yield b": ka\n" + _place(world)


def _event(frame: Frame) -> bytes:
    return f"id: {frame.id}\ndata: {frame.text}\n\n".encode()


def _place(world: World) -> bytes:
    """Where to go on from if nothing happens: a client notes an id, and tells nobody of it."""
    return f"id: {live.moment(world.now() - watching.AGAIN)}\n\n".encode()
