"""The service as in production, with its store in a folder or on a server."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.processes import KEY, running
from tracker.store import Store

SETTINGS = {"PORT": "0", "SECRET_KEY": KEY, "PASSWORD_COST": "cheap", "LOG_LEVEL": "error"}


@contextmanager
def serving(**settings: str) -> Iterator[tuple[str, int]]:
    """The address of a service that runs as long as the block."""
    with running("gunicorn wsgi:app", **SETTINGS, **settings) as service:
        found = service.line(r"serves on http://([^:]+):(\d+)")
        yield found[1], int(found[2])


def on_server(store: Store) -> dict[str, str]:
    """The settings that name the database of a store over the wire."""
    host, port = store.db.client.address
    return {"MONGODB_URI": f"mongodb://{host}:{port}", "MONGODB_DATABASE": store.db.name}
