"""What every door that speaks HTTP shares. No route, and no rule of tasks.

rest                     resources under a prefix
principal, tokens        who asks
operations               what a method takes and answers, declared once
bodies, fields, etags    what is asked, as plain values
paging                   cursors
answers, headers         what goes out
requests                 ids, and the log
"""

from datetime import timedelta
from typing import Any, BinaryIO

from flask import Flask

from . import bodies, headers, requests, tokens
from .world import world as world


def init_app(app: Flask, config: Any, *, log_to: BinaryIO | None = None) -> None:
    """Give the application what its HTTP doors share; needs the world in `app.extensions`."""
    app.config["MAX_CONTENT_LENGTH"] = bodies.MB
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    requests.init_app(app, level=config.log_level, log_to=log_to)
    headers.init_app(app, cors_origins=config.cors_origins, production=config.production)
    lifetime = timedelta(minutes=config.access_token_minutes)
    clock = app.extensions["world"].clock
    tokens.init_app(app, key=config.secret_key, lifetime=lifetime, clock=clock)
