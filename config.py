"""Every setting: its environment variable, its default, one line of meaning.

Nothing else reads the environment. A value that cannot be used stops the start with a
`SettingError` that names the variable and never shows the value; how each is read stands in
`config_kinds.py`, which stop the start all the same in `config_refusals.py`, what other systems
call them in `config_names.py`, and the key that development makes for itself in
`config_secret.py`. `python -m config` prints the table of the README.
"""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config_kinds import (
    BASE,
    BOOLEAN,
    BUCKET,
    DEFAULT_FILE_TYPES,
    FOLDER,
    HOST,
    LISTENER,
    MAILBOX,
    MEDIA_TYPES,
    MONGODB,
    NAME,
    ORIGINS,
    REDIS,
    TEXT,
    WORDS,
    Kind,
    one_of,
    parsed,
    shown,
    whole,
)
from config_kinds import SettingError as SettingError
from config_names import translate
from config_refusals import doubts, refusals
from config_secret import kept_secret

# each takes a thread of the web process while it is open
FEW_SOCKETS = 32


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
    threads: int = setting(
        "WEB_THREADS", whole(1, 256), 8,
        "threads of a web process for requests; each live connection has one of its own")
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
        "Redis that carries the worker's messages and counts requests; else the web process does",
        secret=True)
    task_queue: str = setting("TASK_SERVICE_QUEUE", NAME, "tracker", "name of the worker's queue")
    celery_broker_url: str = setting(
        "CELERY_BROKER_URL", REDIS, "",
        "another Redis for the worker's messages; unset, `REDIS_URL`", secret=True)
    celery_workers: int = setting(
        "CELERY_WORKERS", whole(0, 256), 0,
        "jobs that the worker does at a time; `0` is one a core")
    sweep_seconds: int = setting(
        "SWEEP_SECONDS", whole(1, 3600), 30, "seconds between two sweeps of what a crash left")
    live_sockets: int | None = setting(
        "LIVE_SOCKETS", whole(0, 100_000), None,
        "live connections that a process may hold; unset, 3000 in the realtime process, 32 in a "
        "web process where no worker can run, else none")
    realtime_port: int = setting(
        "REALTIME_PORT", whole(0, 65535), 8001,
        "port of the realtime process, which holds live connections alone; `0` picks a free one")
    secret_key: str = setting(
        "SECRET_KEY", TEXT, "",
        "key that signs tokens, 32 bytes or more; development makes one and keeps it in `DATA`",
        secret=True)
    secret_key_previous: str = setting(
        "SECRET_KEY_PREVIOUS", TEXT, "",
        "the key before it: tokens that it signed are good until it is taken out", secret=True)
    algorithm: str = setting(
        "ALGORITHM", one_of("HS256"), "HS256", "how tokens are signed; nothing else is taken")
    access_token_minutes: int | None = setting(
        "ACCESS_TOKEN_EXPIRE_MINUTES", whole(1, 525_600), None,
        "minutes that an access token lives; unset, 1440, and 15 at the dialects `pomodoro` and "
        "`dispatcher`; never more than 15 where a client of our own API asks for a refresh token")
    refresh_token_minutes: int = setting(
        "REFRESH_TOKEN_EXPIRE_MINUTES", whole(1, 525_600), 43_200,
        "minutes from a log-in until its refresh token is good for nothing")
    password_cost: str = setting(
        "PASSWORD_COST", one_of("normal", "cheap"), "normal",
        "`normal` is argon2id as OWASP advises; `cheap` is for tests, refused in production")
    common_passwords: str = setting(
        "COMMON_PASSWORDS", one_of("refuse", "allow"), "",
        "`refuse` or `allow` those that are tried first; unset, only development allows them")
    require_confirmation: bool = setting(
        "REQUIRE_CONFIRMATION", BOOLEAN, False,
        "an account waits until its e-mail address is confirmed")
    dialects: tuple[str, ...] | None = setting(
        "DIALECTS", WORDS, None,
        "other systems whose clients are served, separated by commas, or `none`; unset, all: "
        "`mytracker,flask_tracker,pomodoro,dispatcher`")
    root_dialects: tuple[str, ...] | None = setting(
        "ROOT_DIALECTS", WORDS, None,
        "dialects served at the root as well, separated by commas, or `none`; unset, those that "
        "may be: `mytracker,flask_tracker,dispatcher`")
    auth_enabled: bool = setting(
        "AUTH_ENABLED", BOOLEAN, True,
        "off, the dialect `flask_tracker` takes requests without a token as those of one built-in "
        "user; refused in production")
    open_workspace: bool = setting(
        "OPEN_WORKSPACE", BOOLEAN, False, "every active user sees and edits every tree")
    refresh_cookie: str = setting(
        "REFRESH_TOKEN_COOKIES_NAME", NAME, "refresh_token",
        "name of the refresh cookie of the dialect `pomodoro`")
    token_seconds: int = setting(
        "TOKEN_EXPIRE_TIME", whole(60, 31_536_000), 86_400,
        "seconds that a log-in at the dialect `mytracker` lasts")
    link_seconds: int = setting(
        "URL_EXPIRE_TIME", whole(60, 2_592_000), 3_600,
        "seconds that the links in its letters work")
    mytracker_bot_secret: str = setting(
        "MYTRACKER_BOT_SECRET", TEXT, "",
        "key that its later bot signs with, 32 bytes or more; unset, there is no `/api/v1`",
        secret=True)
    cors_origins: tuple[str, ...] = setting(
        "CORS_ORIGINS", ORIGINS, (),
        "exact origins of web pages that may call, separated by commas; in development `*` is any")
    trusted_proxies: int = setting(
        "TRUSTED_PROXIES", whole(0, 10), 0,
        "proxies in front, each of which adds to `X-Forwarded-For`; `0` believes no such header")
    rate_limit_anonymous: int = setting(
        "RATE_LIMIT_ANONYMOUS", whole(0, 1_000_000), 100,
        "requests a minute from one address without a token; `0` is no limit")
    rate_limit_user: int = setting(
        "RATE_LIMIT_USER", whole(0, 1_000_000), 1000,
        "requests a minute of one user; `0` is no limit")
    public_url: str = setting(
        "PUBLIC_URL", BASE, "",
        "where people reach the service, for links in letters; development takes `HOST` and `PORT`")
    smtp_host: str = setting(
        "SMTP_HOST", HOST, "",
        "mail server; without it, or without user and password, letters are files in `DATA/mail`")
    smtp_port: int = setting(
        "SMTP_PORT", whole(1, 65535), 587, "its port: TLS from the start on 465, else STARTTLS")
    smtp_user: str = setting("SMTP_USER", TEXT, "", "user there")
    smtp_password: str = setting("SMTP_PASSWORD", TEXT, "", "password there", secret=True)
    email_from: str = setting(
        "EMAIL_FROM", MAILBOX, "", "sender of letters; unset, `SMTP_USER` where that is an address")
    max_file_size: int = setting(
        "MAX_FILE_SIZE", whole(1, 5 * 10**9), 10_485_760, "bytes that one uploaded file may have")
    allowed_file_types: tuple[str, ...] = setting(
        "ALLOWED_FILE_TYPES", MEDIA_TYPES, DEFAULT_FILE_TYPES,
        "types of files that may be uploaded, separated by commas; the content has to fit")
    file_quota: int = setting(
        "FILE_QUOTA", whole(0, 10**15), 1_073_741_824,
        "bytes of all files that one user may keep; `0` is no limit")
    aws_bucket: str = setting(
        "AWS_BUCKET", BUCKET, "",
        "S3 bucket that holds the files; without one MongoDB does, or the folder `DATA/files`")
    aws_region: str = setting("AWS_REGION", NAME, "us-east-1", "region of the bucket")
    s3_endpoint: str = setting(
        "CUSTOM_S3_ENDPOINT_URL", BASE, "", "service that speaks S3; unset, Amazon's own")
    aws_access_key_id: str = setting(
        "AWS_ACCESS_KEY_ID", TEXT, "", "key to the bucket; unset, that of the machine's role")
    aws_secret_access_key: str = setting(
        "AWS_SECRET_ACCESS_KEY", TEXT, "", "its secret", secret=True)
    app_name: str = setting(
        "APP_NAME", TEXT, "tracker", "name in the documentation and in `/api/health`")
    app_version: str = setting(
        "APP_VERSION", TEXT, "0.1.0", "version in the documentation and in `/api/health`")
    metrics_token: str = setting(
        "METRICS_TOKEN", TEXT, "",
        "Bearer token that opens `/metrics`; unset, production does not serve them", secret=True)
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
    def sockets(self) -> int:
        """Live connections that this process may hold; they take no thread from requests."""
        few = FEW_SOCKETS if self.in_process else 0
        return few if self.live_sockets is None else self.live_sockets

    @property
    def refuses_common_passwords(self) -> bool:
        return self.common_passwords == "refuse" or (self.production and not self.common_passwords)

    @property
    def public_address(self) -> str:
        """What the links in letters begin with."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        local = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        return self.public_url or f"http://{local}"

    @property
    def posts_by_smtp(self) -> bool:
        return bool(self.smtp_host and self.smtp_user and self.smtp_password)

    @property
    def sender(self) -> str:
        """Whom letters come from: never a domain that is not ours."""
        user = self.smtp_user if "@" in self.smtp_user else ""
        return self.email_from or user or f"noreply@{urlsplit(self.public_address).hostname}"

    @property
    def production(self) -> bool:
        return self.environment == "production"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read all settings and check them together; raises SettingError naming the first bad one."""
    given = os.environ if environ is None else environ
    given, warnings = translate({k: v.strip() for k, v in given.items() if v.strip()})
    config = Config(**{s.name: _read(s, given) for s in settings()})
    if not config.secret_key and not config.production:
        config = replace(config, secret_key=kept_secret(config.data))
    for reason in refusals(config):
        raise SettingError(reason)
    return replace(config, warnings=(*warnings, *doubts(config)))


def settings() -> list[Field[Any]]:
    """The fields of `Config` that are settings, in their order."""
    return [f for f in fields(Config) if f.metadata]


def table() -> str:
    """Every setting as a Markdown table: variable, default, meaning."""
    rows = [(s.metadata["variable"], shown(s.default), s.metadata["meaning"]) for s in settings()]
    lines = [f"| `{variable}` | {default} | {meaning} |" for variable, default, meaning in rows]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *lines])


def _read(field: Field[Any], given: Mapping[str, str]) -> Any:
    variable, kind = field.metadata["variable"], field.metadata["kind"]
    return parsed(variable, kind, given[variable]) if variable in given else field.default


if __name__ == "__main__":
    print(table())
