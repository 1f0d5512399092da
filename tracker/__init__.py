"""tracker: task trees over REST. This file only assembles; `wsgi.py` and tests alone import it."""

from typing import Any, BinaryIO

from flask import Flask

from tracker import api, cli, mail, store, web
from tracker.services.world import World, real


def create_app(config: Any, world: World | None = None, *, log_to: BinaryIO | None = None) -> Flask:
    """The application for these settings; tests may hand in its world and where its log goes."""
    app = Flask(__name__, static_folder=None)
    post = mail.init_app(app, config)
    app.extensions["world"] = world or real(store.connect(config), post)
    web.init_app(app, config, log_to=log_to)
    api.init_app(app, config)
    cli.init_app(app)
    return app
