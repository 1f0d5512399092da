"""The applications that are measured: one on the embedded store, one on a copy of what it keeps."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pymongo
from flask import Flask

from config import Config
from tests import wire
from tracker import create_app
from tracker.services.world import World, real
from tracker.store import assemble, connect

BATCH = 500
COPY_SECONDS = 120
SECRET = "a secret of the benchmarks, longer than 32 bytes"


@dataclass(frozen=True)
class Service:
    """An application, its world, and the token of the person who asks."""

    app: Flask
    world: World
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        """The body of the answer to one request; raises RuntimeError where it is refused."""
        response = self.app.test_client(use_cookies=False).open(
            path,
            method=method,
            headers={"Authorization": f"Bearer {self.token}"},
            data=orjson.dumps(body) if body else None,
            content_type="application/json" if body else None,
        )
        with response:
            data: bytes = response.get_data()
        if response.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {response.status_code} {data[:500]!r}")
        return data


@contextmanager
def embedded() -> Iterator[Service]:
    """A service on an embedded store of its own, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        store = connect(Config(secret_key=SECRET, data=Path(folder)))
        yield with_person(real(store), "ann")
        store.close()


@contextmanager
def beside(own: Service) -> Iterator[list[Service]]:
    """A service on a copy of everything on the tests' server; none where there is no server.

    Copied, not built by requests: both know the same ids, and that server is slow at much at once.
    """
    with wire.server() as uri:
        if uri is None:
            yield []
            return
        client = connect(Config(secret_key=SECRET, mongodb_uri=uri)).db.client
        db = client[f"bench_{uuid.uuid4().hex}"]  # never the one that the address may name
        world = real(assemble(db, prepare=True))
        _copy(own.world.store.db, db)
        yield [replace(own, app=_app(world), world=world)]
        client.drop_database(db.name)
        client.close()


def with_person(world: World, name: str, *, cost: str = "cheap") -> Service:
    """A service with a new person whose password costs so much."""
    service = Service(_app(world, cost=cost), world)
    person = {"username": name, "full_name": name, **credentials(name)}
    answer = orjson.loads(service.ask("POST", "/api/auth/register", person))
    return replace(service, token=answer["access_token"])


def credentials(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com", "password": "correct horse"}


def _copy(source: Any, target: Any) -> None:
    with pymongo.timeout(COPY_SECONDS):
        for name in source.list_collection_names():
            documents = list(source[name].find({}))
            for start in range(0, len(documents), BATCH):
                target[name].insert_many(documents[start : start + BATCH])


def _app(world: World, *, cost: str = "cheap") -> Flask:
    """With its log written and thrown away, as writing it is a part of each request."""
    config = Config(
        secret_key=SECRET, password_cost=cost, rate_limit_anonymous=0, rate_limit_user=0
    )
    return create_app(config, world, log_to=open(os.devnull, "wb"))  # noqa: SIM115 - ends with us
