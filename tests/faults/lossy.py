"""A client that loses the answer of every keyed write once, and asks again."""

import http.client
import json
import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.faults.proxy import HANGS_AFTER, Proxy

LOST = (OSError, http.client.HTTPException)
PASSWORD = "correct horse battery"


class Asked(NamedTuple):
    method: str
    path: str
    body: Any = None


class Told(NamedTuple):
    """What must be equal in two answers to one request."""

    status: int
    body: bytes
    etag: str | None


class Client:
    """Asks one thing a connection, through the proxy."""

    def __init__(self, line: Proxy) -> None:
        self.line, self.token = line, ""

    def ask(self, asked: Asked, key: str | None = None) -> Told:
        """The answer; raises one of LOST where there is none."""
        sent = {"Content-Type": "application/json", "Connection": "close"}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {"Idempotency-Key": key} if key else {}
        connection = http.client.HTTPConnection(*self.line.address, timeout=HANGS_AFTER)
        try:
            body = None if asked.body is None else json.dumps(asked.body)
            connection.request(asked.method, asked.path, body, sent)
            return _told(connection.getresponse())
        finally:
            connection.close()

    def register(self, name: str) -> None:
        new = {"username": name, "email": f"{name}@example.com", "full_name": name}
        said = self.done("POST", "/api/auth/register", {**new, "password": PASSWORD})
        self.token = said["access_token"]

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of something that must succeed, under no key."""
        told = self.ask(Asked(method, path, body))
        assert told.status in {200, 201, 204}, told
        return json.loads(told.body) if told.body else None

    def make(self, **task: Any) -> str:
        made: str = self.done("POST", "/api/tasks", task)["id"]
        return made


class Lossy:
    """The client of two trees, every keyed answer of which is lost once."""

    def __init__(self, client: Client, chance: random.Random) -> None:
        self.client, self.chance = client, chance
        self.here, self.there = client.make(title="here"), client.make(title="there")
        self.commits, self.keys = 2, 0  # commits that people are told of

    def lose(self, nth: int) -> None:
        """One write: asked for, its answer lost, asked for twice more."""
        deed = DEEDS[nth % len(DEEDS)]
        leaf = self._made(title=f"leaf {nth}", parent_id=self.here)
        asked, commits = deed(self, leaf, nth)
        self.commits += commits
        self.keys += 3 if deed is Lossy.bulk else 1
        key = f"key-{nth}"
        first = self._lost(asked, key)
        if deed is Lossy.edit:
            self._then("PATCH", f"/api/tasks/{leaf}", {"description": "by somebody since"})
        if deed is Lossy.move_out or (deed in STAY and self.chance.random() < 0.3):
            self._then("POST", f"/api/tasks/{leaf}/move", {"parent_id": self.there})
        assert self.client.ask(asked, key) == first
        assert self.client.ask(asked, key) == first

    def create(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked(
            "POST", "/api/tasks", {"title": f"root {nth}", "subtasks": [{"title": "x"}]}
        ), 1

    def add(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("POST", f"/api/tasks/{leaf}/subtasks", {"title": f"below {nth}"}), 1

    def edit(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("PATCH", f"/api/tasks/{leaf}", {"description": f"told {nth}"}), 1

    def complete(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("POST", f"/api/tasks/{leaf}/complete"), 1

    def delete(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("DELETE", f"/api/tasks/{leaf}"), 1

    def purge(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("DELETE", f"/api/tasks/{leaf}?permanent=true"), 1

    def restore(self, leaf: str, nth: int) -> tuple[Asked, int]:
        self.client.done("DELETE", f"/api/tasks/{leaf}")
        return Asked("POST", f"/api/tasks/{leaf}/restore"), 2

    def move_inside(self, leaf: str, nth: int) -> tuple[Asked, int]:
        body = {"parent_id": self.here, "position": "first"}
        return Asked("POST", f"/api/tasks/{leaf}/move", body), 1

    def move_away(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("POST", f"/api/tasks/{leaf}/move", {"parent_id": self.there}), 1

    def move_out(self, leaf: str, nth: int) -> tuple[Asked, int]:
        return Asked("POST", f"/api/tasks/{leaf}/move", {"parent_id": None}), 1

    def bulk(self, leaf: str, nth: int) -> tuple[Asked, int]:
        items = [{"title": f"one {nth}"}, {"title": f"two {nth}", "parent_id": leaf},
                 {"title": f"three {nth}", "parent_id": self.there}]  # fmt: skip
        return Asked("POST", "/api/tasks/bulk", {"tasks": items}), 3

    def _made(self, **task: Any) -> str:
        self.commits += 1
        return self.client.make(**task)

    def _then(self, method: str, path: str, body: Any) -> None:
        """What happened before the retry came."""
        self.client.done(method, path, body)
        self.commits += 1

    def _lost(self, asked: Asked, key: str) -> Told:
        """Ask, and get nothing or a piece of it; what the whole answer was."""
        line = self.client.line
        line.cut = self._cut
        try:
            told = self.client.ask(asked, key)
        except LOST:
            line.cut = None
        else:
            raise AssertionError(f"an answer got through: {told}")
        whole = _parsed(line.cut_off.pop())
        assert not line.cut_off
        assert whole.status in {200, 201, 204}, whole
        return whole

    def _cut(self, answer: bytes) -> int:
        """Nothing goes through, or a piece that ends in the midst of the body."""
        body = len(answer.partition(b"\r\n\r\n")[2])
        return self.chance.choice([0, len(answer) - self.chance.randint(1, body)]) if body else 0


Deed = Callable[[Lossy, str, int], tuple[Asked, int]]

STAY: list[Deed] = [Lossy.add, Lossy.edit, Lossy.complete, Lossy.move_inside]
DEEDS: list[Deed] = [*STAY, Lossy.create, Lossy.delete, Lossy.purge, Lossy.restore,
                     Lossy.move_away, Lossy.move_out, Lossy.bulk]  # fmt: skip


def _told(answer: http.client.HTTPResponse) -> Told:
    return Told(answer.status, answer.read(), answer.headers["ETag"])


def _parsed(answer: bytes) -> Told:
    head, _, body = answer.partition(b"\r\n\r\n")
    tag = re.search(rb"\r\nETag: ([^\r]+)", head, re.IGNORECASE)
    return Told(int(head.split()[1]), body, tag[1].decode() if tag else None)
