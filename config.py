"""Every setting: its environment variable, its default, one line of meaning.

Nothing else reads the environment. A value that cannot be used stops the start with a
`SettingError` that names the variable and never shows the value; how each is read stands in
`config_kinds.py`. `python -m config` prints the table of the README.
"""

import fcntl
import os
import re
import secrets
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl, quote, urlsplit

from config_kinds import (
    BOOLEAN,
    FOLDER,
    LISTENER,
    MONGODB,
    NAME,
    ORIGINS,
    REDIS,
    TEXT,
    Kind,
    one_of,
    whole,
)

SECRET_BYTES = 32
# What a key packs into, in bytes: 16 random ones in hex need 35, a repeated phrase fewer than 25.
GUESSABLE_BELOW = 30
KNOWN_SECRET = re.compile(
    "change.?me|your.?secret|super.?secret|secret.?key|insecure|example", re.IGNORECASE
)
POSTGRES_PARTS = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")


class SettingError(ValueError):
    """A setting that cannot be used: the message names the variable and what it takes."""


def setting(variable: str, kind: Kind, default: Any, meaning: str, *, secret: bool = False) -> Any:
    """Declare a field of `Config`: its variable, how it is read, its default, what it means."""
    about = {"variable": variable, "kind": kind, "meaning": meaning}
    return field(default=default, repr=not secret, metadata=about)


# fmt: off
@dataclass(frozen=True)
class Config:
    """All settings as plain values; made once by `load` and handed to `create_app`."""

    environment: str = setting(
        "TRACKER_ENV", one_of("development", "production"), "development",
        "`development` or `production`; production refuses unsafe settings")
    host: str = setting("HOST", LISTENER, "127.0.0.1", "address to listen on; `0.0.0.0` is all")
    port: int = setting("PORT", whole(0, 65535), 8000, "port to listen on; `0` picks a free one")
    workers: int = setting(
        "WEB_CONCURRENCY", whole(0, 256), 0,
        "web processes; `0` is one a core; the embedded store always has one")
    threads: int = setting("WEB_THREADS", whole(1, 256), 8, "threads of a web process")
    data: Path = setting(
        "DATA", FOLDER, Path("var"), "folder that holds everything where no MongoDB is named")
    mongodb_uri: str = setting(
        "MONGODB_URI", MONGODB, "",
        "MongoDB that holds everything; without one the embedded store in `DATA` does", secret=True)
    mongodb_database: str = setting(
        "MONGODB_DATABASE", NAME, "tracker", "name of the database where `MONGODB_URI` names none")
    mongodb_pool: int = setting(
        "MONGODB_POOL", whole(1, 500), 32, "connections to MongoDB that a process may hold")
    redis_url: str = setting(
        "REDIS_URL", REDIS, "",
        "Redis that carries the worker's messages; without one the web process sweeps", secret=True)
    task_queue: str = setting("TASK_SERVICE_QUEUE", NAME, "tracker", "name of the worker's queue")
    sweep_seconds: int = setting(
        "SWEEP_SECONDS", whole(1, 3600), 30, "seconds between two sweeps of what a crash left")
    secret_key: str = setting(
        "SECRET_KEY", TEXT, "",
        "key that signs tokens, 32 bytes or more; development makes one and keeps it in `DATA`",
        secret=True)
    algorithm: str = setting(
        "ALGORITHM", one_of("HS256"), "HS256", "how tokens are signed; nothing else is taken")
    access_token_minutes: int = setting(
        "ACCESS_TOKEN_EXPIRE_MINUTES", whole(1, 525_600), 1440,
        "minutes that an access token lives")
    password_cost: str = setting(
        "PASSWORD_COST", one_of("normal", "cheap"), "normal",
        "`normal` is argon2id as OWASP advises; `cheap` is for tests, refused in production")
    open_workspace: bool = setting(
        "OPEN_WORKSPACE", BOOLEAN, False, "every active user sees and edits every tree")
    cors_origins: tuple[str, ...] = setting(
        "CORS_ORIGINS", ORIGINS, (),
        "exact origins of web pages that may call, separated by commas")
    app_name: str = setting(
        "APP_NAME", TEXT, "tracker", "name in the documentation and in `/api/health`")
    app_version: str = setting(
        "APP_VERSION", TEXT, "0.1.0", "version in the documentation and in `/api/health`")
    log_level: str = setting(
        "LOG_LEVEL", one_of("debug", "info", "warning", "error"), "info",
        "`debug`, `info`, `warning` or `error`")
    debug: bool = setting("DEBUG", BOOLEAN, False, "Flask's debug mode; refused in production")

    warnings: tuple[str, ...] = ()
    # fmt: on

    @property
    def embedded(self) -> bool:
        """True when no MongoDB is named and the store is the file in `data`."""
        return not self.mongodb_uri

    @property
    def in_process(self) -> bool:
        """True when no worker can run, for lack of MongoDB or Redis: web processes do its jobs."""
        return self.embedded or not self.redis_url

    @property
    def production(self) -> bool:
        return self.environment == "production"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read all settings and check them together; raises SettingError naming the first bad one."""
    given = os.environ if environ is None else environ
    given, warnings = _translate({k: v.strip() for k, v in given.items() if v.strip()})
    config = Config(**{s.name: _read(s, given) for s in settings()}, warnings=warnings)
    if not config.secret_key and not config.production:
        config = replace(config, secret_key=_kept_secret(config.data))
    for reason in _refusals(config):
        raise SettingError(reason)
    return config


def settings() -> list[Field[Any]]:
    """The fields of `Config` that are settings, in their order."""
    return [f for f in fields(Config) if f.metadata]


def table() -> str:
    """Every setting as a Markdown table: variable, default, meaning."""
    rows = [(s.metadata["variable"], _shown(s.default), s.metadata["meaning"]) for s in settings()]
    lines = [f"| `{variable}` | {default} | {meaning} |" for variable, default, meaning in rows]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *lines])


def _read(field: Field[Any], given: Mapping[str, str]) -> Any:
    variable, kind = field.metadata["variable"], field.metadata["kind"]
    return _parsed(variable, kind, given[variable]) if variable in given else field.default


def _parsed(variable: str, kind: Kind, text: str) -> Any:
    try:
        return kind.parse(text)
    except ValueError:
        raise SettingError(f"{variable}: takes {kind.takes}") from None


def _shown(default: Any) -> str:
    if default in ("", ()):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _translate(given: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names of other systems as ours, and a warning for each that means nothing here."""
    warnings = []
    if any(part in given for part in POSTGRES_PARTS):
        warnings.append("DB_HOST and its kind: ignored; the database is named by MONGODB_URI")
    database = given.get("DATABASE_URL", "")
    if database.startswith("mongodb"):
        given = {"MONGODB_URI": database, **given}
    elif database:
        warnings.append("DATABASE_URL: ignored; the database is named by MONGODB_URI")
    if "REDIS_HOST" in given:
        given = {"REDIS_URL": _redis_from_parts(given), **given}
    return given, tuple(warnings)


def _redis_from_parts(given: Mapping[str, str]) -> str:
    user = quote(given.get("REDIS_USER", ""), safe="")
    password = quote(given.get("REDIS_PASSWORD", ""), safe="")
    port = _parsed("REDIS_PORT", whole(1, 65535), given.get("REDIS_PORT", "6379"))
    number = _parsed("REDIS_DB", whole(0, 999), given.get("REDIS_DB", "0"))
    who = f"{user}:{password}@" if user or password else ""
    url: str = _parsed("REDIS_HOST", REDIS, f"redis://{who}{given['REDIS_HOST']}:{port}/{number}")
    return url


def _refusals(config: Config) -> Iterator[str]:
    """Why this service must not start, the most important reason first."""
    key = config.secret_key.encode()
    if not key:
        yield "SECRET_KEY: is missing, and production needs one"
    if len(key) < SECRET_BYTES:
        yield f"SECRET_KEY: takes {SECRET_BYTES} bytes or more"
    if not config.production:
        return
    if KNOWN_SECRET.search(config.secret_key) or len(zlib.compress(key, 9)) < GUESSABLE_BELOW:
        yield "SECRET_KEY: is a known or guessable one"
    if config.debug:
        yield "DEBUG: is refused in production"
    if config.password_cost == "cheap":
        yield "PASSWORD_COST: `cheap` is refused in production"
    if config.mongodb_uri:
        yield from _database_refusals(config.mongodb_uri)


def _database_refusals(uri: str) -> Iterator[str]:
    parts = urlsplit(uri)
    options = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
    if ":" not in parts.netloc.rpartition("@")[0] and "authmechanism" not in options:
        yield "MONGODB_URI: names no user and password, and production needs them"
    if options.get("w", "majority") != "majority" or options.get("journal", "true") != "true":
        yield "MONGODB_URI: asks for less than majority and journal, and production needs them"


def _kept_secret(folder: Path) -> str:
    """The development key: made once, kept beside the data, so that tokens outlive a restart."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / "secret", os.O_RDWR | os.O_CREAT, 0o600)
        with open(handle, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # of several that start at once, one writes it
            return file.read().strip() or _new_secret(file)
    except OSError:
        raise SettingError("DATA: takes a folder that can be written") from None


def _new_secret(file: TextIO) -> str:
    secret = secrets.token_hex(SECRET_BYTES)
    file.write(secret)
    file.flush()
    os.fsync(file.fileno())
    return secret


if __name__ == "__main__":
    print(table())
