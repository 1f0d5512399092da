"""What every door that speaks HTTP shares. No route, and no rule of tasks.

rest, rules              resources under a prefix, and how their addresses match
principal, cookies       who asks, and by what
tokens, refresh_tokens   what tokens say, and signing, the keys behind them
grants                   what logging in hands out
operations               what a method takes and answers, declared once
bodies, fields, etags    what is asked, as plain values
paging                   cursors
answers, headers         what goes out
uploads, downloads       files on their way in and out
pages, forms             plain pages, and what they send back
proxies, limits, windows whose address, and how often one may ask
caching                  answers that are kept
marks                    what methods are marked as
requests, masks          ids, the log, and what it must not tell
documents                the OpenAPI documents of doors that have their own
hashing                  of passwords
"""

from datetime import timedelta
from typing import Any, BinaryIO

from flask import Flask

from tracker.core import sessions

from . import (
    bodies,
    caching,
    cookies,
    documents,
    headers,
    limits,
    proxies,
    requests,
    rules,
    signing,
    tokens,
)
from .world import world as world


def init_app(app: Flask, config: Any, *, log_to: BinaryIO | None = None) -> None:
    """Give the application what its HTTP doors share; needs the world in `app.extensions`."""
    app.config["MAX_CONTENT_LENGTH"] = bodies.MB
    rules.init_app(app)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    proxies.init_app(app, hops=config.trusted_proxies)
    requests.init_app(app, level=config.log_level, log_to=log_to)
    headers.init_app(app, cors_origins=config.cors_origins, production=config.production)
    pages = {*config.cors_origins, config.public_url} - {""}
    cookies.init_app(app, secure=config.production, origins=pages)
    _init_tokens(app, config)
    limits.init_app(app, config)
    caching.init_app(app, config)
    documents.init_app(app)


def _init_tokens(app: Flask, config: Any) -> None:
    access, refresh = config.access_token_minutes, timedelta(minutes=config.refresh_token_minutes)
    lifetimes = sessions.lifetimes(timedelta(minutes=access) if access else None, refresh)
    keys = signing.keys(config.secret_key, config.secret_key_previous)
    tokens.init_app(app, keys=keys, lifetimes=lifetimes, clock=app.extensions["world"].clock)
