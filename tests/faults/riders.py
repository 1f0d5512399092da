"""Clients that write to a running service over HTTP until it is gone, each with a ledger."""

import http.client
import itertools
import json
import random
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.faults.ledger import Ledger, shape, walk

PASSWORD = "correct horse battery"
GONE = (OSError, http.client.HTTPException)


class Service:
    """One connection to the service, as nobody or with a token."""

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        self.url, self.token = url, token
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON; raises one of GONE where the service ended."""
        headers = {"Content-Type": "application/json"} if body else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self._line.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._line.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said else None

    def register(self, name: str) -> str:
        """A token of a new person."""
        new = {"username": name, "email": f"{name}@example.com", "full_name": name}
        status, said = self.ask("POST", "/api/auth/register", {**new, "password": PASSWORD})
        assert status == 201, said
        token: str = said["access_token"]
        return token

    def close(self) -> None:
        self._line.close()


class Rider:
    """Writes to a tree of its own until the service is gone; calls `acknowledged` after each."""

    def __init__(self, service: Service, name: str, acknowledged: Callable[[], None]) -> None:
        self.service, self.name, self.acknowledged = service, name, acknowledged
        self.thread = threading.Thread(target=self._run)
        self.chance = random.Random(name)
        self.ledger = Ledger()
        self.ids: dict[str, str] = {}
        self.fault: BaseException | None = None
        self._made = 0

    def check(self, service: Service) -> None:
        """Raises AssertionError where an acknowledged write is missing, or the index says other."""
        assert self.fault is None, self.fault
        if self.name not in self.ids:
            return
        status, tree = service.ask("GET", f"/api/tasks/{self.ids[self.name]}/tree")
        assert status == 200, tree
        self.ledger.check(shape(walk(tree)))
        assert shape(self._listed(service)) == shape(walk(tree))

    def _run(self) -> None:
        try:
            self._plant()
            while True:
                self._step()
        except GONE:
            pass
        except BaseException as fault:
            self.fault = fault
        finally:
            self.service.close()

    def _listed(self, service: Service) -> list[Any]:
        found: list[Any] = []
        for page in itertools.count(1):
            query = f"root={self.ids[self.name]}&page_size=100&page={page}"
            status, said = service.ask("GET", f"/api/tasks?{query}")
            assert status == 200, said
            found += said["tasks"]
            if len(found) >= said["total"]:
                break
        return found

    def _plant(self) -> None:
        draft = self._draft(self.name)
        self._write("POST", "/api/tasks", draft, _drafted(draft))

    def _step(self) -> None:
        deeds = [self._add, self._describe, self._describe, self._complete, self._delete]
        self.chance.choice(deeds)(self.chance.choice(sorted(self.ids)))

    def _add(self, _: str) -> None:
        """Below the root only: so a leaf stays one, and nothing is ever deleted with it."""
        draft = self._draft(self._fresh())
        after = {**self.ledger.stands, **_drafted(draft)}
        self._write("POST", f"/api/tasks/{self.ids[self.name]}/subtasks", draft, after)

    def _describe(self, title: str) -> None:
        said = self._fresh()
        status = self.ledger.stands[title][1]
        after = {**self.ledger.stands, title: (said, status)}
        self._write("PATCH", f"/api/tasks/{self.ids[title]}", {"description": said}, after)

    def _complete(self, title: str) -> None:
        """Of leaves only, which nothing below can forbid."""
        if "leaf" not in title:
            return
        after = {**self.ledger.stands, title: (self.ledger.stands[title][0], "completed")}
        self._write("POST", f"/api/tasks/{self.ids[title]}/complete", None, after)

    def _delete(self, title: str) -> None:
        if "leaf" not in title:
            return
        after = {name: task for name, task in self.ledger.stands.items() if name != title}
        self._write("DELETE", f"/api/tasks/{self.ids[title]}", None, after)
        if title not in self.ledger.stands:
            del self.ids[title]

    def _write(self, method: str, path: str, body: Any, after: Any) -> None:
        self.ledger.intend(after)
        status, said = self.service.ask(method, path, body)
        if status == 409:
            self.ledger.refuse()
            return
        assert status < 300, (method, path, status, said)
        self.ledger.succeed()
        if status == 201:
            self._learn(said["id"])
        self.acknowledged()

    def _learn(self, task: str) -> None:
        """The ids of what was made: a task with a leaf."""
        status, tree = self.service.ask("GET", f"/api/tasks/{task}/tree")
        assert status == 200, tree
        self.ids |= {node["title"]: node["id"] for node in walk(tree)}

    def _fresh(self) -> str:
        self._made += 1
        return f"{self.name}-{self._made}"

    def _draft(self, title: str) -> dict[str, Any]:
        return {"title": title, "subtasks": [{"title": f"{title}-leaf"}]}


def _drafted(draft: dict[str, Any]) -> dict[str, tuple[None, str]]:
    return {draft["title"]: (None, "todo"), draft["subtasks"][0]["title"]: (None, "todo")}
