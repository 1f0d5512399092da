"""Uploads as services get them, and storages that fail or meddle."""

import hashlib
import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from config import Config
from tracker.core.file_types import Look
from tracker.core.files import Rules
from tracker.errors import NotFound, Unavailable
from tracker.files import Blobs
from tracker.files.blobs import DOWN, NO_FILE, Kept, Stream
from tracker.services.filing import Upload

RULES = Rules(1_000, Config().allowed_file_types, 10_000)


def upload(content: bytes = b"hello", name: str = "a.txt", declared: str = "text/plain") -> Upload:
    look = Look()
    look.feed(content)
    return Upload(name, declared, io.BytesIO(content), look, hashlib.sha256(content).hexdigest())


class Around:
    """A storage whose every call goes through `around`: a name, and what makes the call."""

    def __init__(self, blobs: Blobs, around: Callable[[str, Callable[[], Any]], Any]) -> None:
        self._blobs, self._around = blobs, around

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        self._around("put", lambda: self._blobs.put(key, source, size))

    def read(self, key: str, start: int, length: int) -> Stream:
        found: Stream = self._around("read", lambda: self._blobs.read(key, start, length))
        return found

    def remove(self, key: str) -> None:
        self._around("remove", lambda: self._blobs.remove(key))

    def listed(self, after: str, limit: int) -> list[Kept]:
        found: list[Kept] = self._around("listed", lambda: self._blobs.listed(after, limit))
        return found

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        return self._blobs.link(key, headers, seconds)


class Memory:
    """A storage that keeps keys, and says of each that it is from the same time."""

    def __init__(self, since: datetime) -> None:
        self._since, self._kept = since, dict[str, bytes]()

    def put(self, key: str, source: BinaryIO, size: int) -> None:
        self._kept[key] = source.read()

    def read(self, key: str, start: int, length: int) -> Stream:
        raise NotFound(NO_FILE)

    def remove(self, key: str) -> None:
        self._kept.pop(key, None)

    def listed(self, after: str, limit: int) -> list[Kept]:
        return [Kept(key, self._since) for key in sorted(self._kept) if key > after][:limit]

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str | None:
        return None


def down(*names: str, after: int = 0) -> Callable[[str, Callable[[], Any]], Any]:
    """Fails each call of these names, behind the first few."""
    made = 0

    def around(name: str, call: Callable[[], Any]) -> Any:
        nonlocal made
        made += name in names
        if name in names and made > after:
            raise Unavailable(DOWN)
        return call()

    return around
