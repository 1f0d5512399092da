"""/metrics: what the service counts, for Prometheus. No part of the API: text, no tokens of users,
free of limits.

With a token set, it is asked for; without one, only development answers.
"""

from hmac import compare_digest

from flask import Blueprint, Flask, Response, request

from tracker.errors import NotFound, Unauthenticated
from tracker.metrics import CONTENT_TYPE
from tracker.services import measuring
from tracker.web import world
from tracker.web.limits import free


def init_app(app: Flask, *, token: str, production: bool) -> None:
    """Serve the metrics to whoever has the token, or in development to everybody without one."""
    door = Blueprint("metrics", __name__)

    @door.get("/metrics")
    @free
    def show() -> Response:
        if production and not token:
            raise NotFound
        if token:
            _require(token)
        text = world().metrics.scrape(measuring.readings(world()))
        return Response(text, content_type=CONTENT_TYPE)

    app.register_blueprint(door)


def _require(token: str) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
        raise Unauthenticated
