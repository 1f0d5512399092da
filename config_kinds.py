"""How the text of a setting is read, and what to say when it cannot be. No setting is named here.

A parser raises ValueError for a text that does not fit. What that error says is never shown, since
it may hold the text: the person who starts the service reads `takes` instead.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

DEFAULT_FILE_TYPES = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "application/pdf",
    "application/msword",
    "text/plain",
    "application/zip",
)
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


class SettingError(ValueError):
    """A setting that cannot be used: the message names the variable and what it takes."""


class Kind(NamedTuple):
    """How a text is read, and what it should have been: a parser's own message is never shown."""

    parse: Callable[[str], Any]
    takes: str


def shown(default: Any) -> str:
    """A default as the README shows it."""
    if default in ("", (), None):
        return "–"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def parsed(variable: str, kind: Kind, text: str) -> Any:
    """The value of a text; raises SettingError, which does not show it."""
    try:
        return kind.parse(text)
    except ValueError:
        raise SettingError(f"{variable}: takes {kind.takes}") from None


def whole(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`."""

    def parse(text: str) -> int:
        if not re.fullmatch("-?[0-9]{1,16}", text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return Kind(parse, f"a whole number from {low} to {high}")


def one_of(*words: str) -> Kind:
    """One of a few words, in upper or lower case."""
    known = {word.lower(): word for word in words}

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise ValueError
        return known[text.lower()]

    return Kind(parse, " or ".join(words))


def _name(text: str) -> str:
    if not re.fullmatch("[A-Za-z0-9_-]{1,63}", text):
        raise ValueError
    return text


def _folder(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~somebody, who is nobody here
        raise ValueError from None


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
        raise ValueError
    return text.lower() in {"true", "yes", "on", "1"}


def _words(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(re.fullmatch("[a-z_]{1,63}", word) for word in found):
        raise ValueError
    return () if found == ("none",) else found


def _origins(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/").lower() for part in text.split(",") if part.strip())
    if found != ("*",) and not all(ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError
    return found


def _origin(text: str) -> str:
    (origin,) = _origins(text)
    if origin == "*":
        raise ValueError
    return origin


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}|[0-9a-fA-F:]{2,45}", text):
        raise ValueError
    return text


def _media_types(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not found or not all(re.fullmatch("[a-z0-9.+-]+/[a-z0-9.+-]+", one) for one in found):
        raise ValueError
    return found


def _bucket(text: str) -> str:
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{1,254}", text):
        raise ValueError
    return text


def _mailbox(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:]{1,64}@[A-Za-z0-9.-]{1,253}", text):
        raise ValueError
    return text


def _mongodb(text: str) -> str:
    if not re.match(r"mongodb(\+srv)?://[^/]", text):
        raise ValueError
    if text.startswith("mongodb://"):  # the other form is read by asking the name servers
        try:
            parse_uri(text)
        except PyMongoError:
            raise ValueError from None
    return text


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.port == 0:
        raise ValueError
    if not re.fullmatch("/?[0-9]*", parts.path):
        raise ValueError
    return text


def _listener(text: str) -> str:
    return text if text == "localhost" else str(ipaddress.ip_address(text))


TEXT = Kind(str, "text")
NAME = Kind(_name, "a name of letters, digits, _ and -")
FOLDER = Kind(_folder, "a folder")
BOOLEAN = Kind(_boolean, "true or false")
WORDS = Kind(_words, "names separated by commas, or none")
ORIGINS = Kind(
    _origins,
    "origins such as https://app.example.org, separated by commas, without a path, or * alone",
)
BASE = Kind(_origin, "an address such as https://tracker.example.org, without a path")
HOST = Kind(_host, "the name of a host")
MEDIA_TYPES = Kind(
    _media_types, "types such as image/png, separated by commas; no parameters and no *"
)
BUCKET = Kind(_bucket, "the name of a bucket")
MAILBOX = Kind(_mailbox, "an e-mail address")
MONGODB = Kind(
    _mongodb, "an address such as mongodb://user:password@host/tracker, its parts percent-encoded"
)
REDIS = Kind(_redis, "an address such as redis://host:6379/0")
LISTENER = Kind(_listener, "an IP address to listen on, such as 127.0.0.1 or 0.0.0.0")
