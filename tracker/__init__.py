"""tracker: task trees over REST. This file only assembles; `wsgi.py` and tests alone import it."""

from collections.abc import Callable
from typing import Any, BinaryIO

from flask import Flask

from tracker import api, cli, dialects, events, files, mail, realtime, store, web
from tracker.mail import Post
from tracker.metrics import Metrics
from tracker.services.world import World, real


def create_app(config: Any, world: World | None = None, *, log_to: BinaryIO | None = None) -> Flask:
    """The application for these settings; tests may hand in its world and where its log goes."""
    app = Flask(__name__, static_folder=None)
    post = mail.init_app(app, config)
    hints = events.init_app(app, config)
    app.extensions["world"] = world or _world(config, post, hints.publish)
    web.init_app(app, config, log_to=log_to)
    api.init_app(app, config)
    realtime.init_app(app, config)
    dialects.init_app(app, config)
    cli.init_app(app)
    return app


def _world(config: Any, post: Post, hint: Callable[[str], None]) -> World:
    metrics = Metrics()
    kept = store.connect(config, metrics.sent)
    return real(kept, post, hint, metrics, files.connect(config, kept.db))
