"""Why a service must not start on settings that can all be read. No value is ever shown.

What holds in production alone is what somebody could break in by.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET_BYTES = 32
# What a key packs into, in bytes: 16 random ones in hex need 35, a repeated phrase fewer than 25.
GUESSABLE_BELOW = 30
KNOWN_SECRET = re.compile(
    "change.?me|your.?secret|super.?secret|secret.?key|insecure|example", re.IGNORECASE
)


def refusals(config: Any) -> Iterator[str]:
    """Why a service with this `Config` must not start, the most important reason first."""
    if not config.secret_key:
        yield "SECRET_KEY: is missing, and production needs one"
    yield from _key_refusals("SECRET_KEY", config.secret_key, config.production)
    if config.secret_key_previous:
        yield from _key_refusals(
            "SECRET_KEY_PREVIOUS", config.secret_key_previous, config.production
        )
    if config.mytracker_bot_secret:
        yield from _bot_refusals(config)
    if config.metrics_token:
        yield from _key_refusals("METRICS_TOKEN", config.metrics_token, config.production)
    if config.refresh_cookie == "token" or config.refresh_cookie.startswith("tracker_"):
        yield "REFRESH_TOKEN_COOKIES_NAME: is the name of another cookie of ours"
    if config.production:
        yield from _production_refusals(config)


def doubts(config: Any) -> Iterator[str]:
    """What may be meant, and most likely is not: told at start."""
    if config.production and not config.posts_by_smtp:
        yield "SMTP_HOST, SMTP_USER, SMTP_PASSWORD: not all set; letters stay as files in DATA"
    if config.production and config.s3_endpoint.startswith("http://"):
        yield "CUSTOM_S3_ENDPOINT_URL: begins with http; files travel as anybody may read them"


def _key_refusals(variable: str, key: str, production: bool) -> Iterator[str]:
    """Also for a key that only verifies: whoever guesses it signs what they like, or reads."""
    if len(key.encode()) < SECRET_BYTES:
        yield f"{variable}: takes {SECRET_BYTES} bytes or more"
    if production and (KNOWN_SECRET.search(key) or _packed(key) < GUESSABLE_BELOW):
        yield f"{variable}: is a known or guessable one"


def _bot_refusals(config: Any) -> Iterator[str]:
    """Whoever runs the bot must not be able to sign as the service."""
    secret = config.mytracker_bot_secret
    yield from _key_refusals("MYTRACKER_BOT_SECRET", secret, config.production)
    if secret in {config.secret_key, config.secret_key_previous}:
        yield "MYTRACKER_BOT_SECRET: takes a key of its own, not that of the service"


def _packed(key: str) -> int:
    return len(zlib.compress(key.encode(), 9))


def _production_refusals(config: Any) -> Iterator[str]:
    if not config.auth_enabled:
        yield "AUTH_ENABLED: cannot be off in production"
    if "*" in config.cors_origins:
        yield "CORS_ORIGINS: `*` is refused in production"
    if config.debug:
        yield "DEBUG: is refused in production"
    if config.password_cost == "cheap":
        yield "PASSWORD_COST: `cheap` is refused in production"
    if not config.public_url.startswith("https://"):
        yield "PUBLIC_URL: takes an address that begins with https, and production needs one"
    if config.mongodb_uri:
        yield from _database_refusals(config.mongodb_uri)


def _database_refusals(uri: str) -> Iterator[str]:
    parts = urlsplit(uri)
    options = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
    if ":" not in parts.netloc.rpartition("@")[0] and "authmechanism" not in options:
        yield "MONGODB_URI: names no user and password, and production needs them"
    if options.get("w", "majority") != "majority" or options.get("journal", "true") != "true":
        yield "MONGODB_URI: asks for less than majority and journal, and production needs them"
