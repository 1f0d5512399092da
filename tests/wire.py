"""The test server that speaks MongoDB's protocol, and the driver's ear on it.

Found as `../shared/mongodb/serve` beside the repository, or named by TEST_MONGODB_URI. Without
either, tests over the wire are skipped, and the last lines of the run say so; REQUIRE_WIRE=1 fails
them.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
from pymongo import monitoring

SERVE = Path(__file__).parents[2] / "shared" / "mongodb" / "serve"
MISSING = f"no TEST_MONGODB_URI and no {SERVE.parent.name}/{SERVE.name} beside the repository"


class Ear(monitoring.CommandListener):
    """Hears every command that the driver sends; a test empties `heard` first."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.heard.append((event.command_name, dict(event.command)))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@contextmanager
def server() -> Iterator[str | None]:
    """The URI of a server for the whole run; None where there is none."""
    given = os.environ.get("TEST_MONGODB_URI", "").strip()
    if given or not SERVE.exists():
        yield given or None
        return
    process = subprocess.Popen([SERVE, "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        ready = process.stdout.readline()
        try:
            yield f"mongodb://{ready.rpartition(' ')[2].strip()}" if "ready" in ready else None
        finally:
            process.terminate()
            process.wait()


def connect(uri: str, ear: Ear) -> "pymongo.MongoClient[dict[str, Any]]":
    """A client as the service makes it, with an ear on it."""
    return pymongo.MongoClient(
        uri,
        tz_aware=True,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        event_listeners=[ear],
    )
