"""What a line of the list of defects may touch: people, the world, and applications of its own."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config import Config
from tests.conftest import Clock
from tests.people import Client
from tests.post import Box
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store


@dataclass(frozen=True)
class Stage:
    """All that a line may touch; ann and bob are registered when they are first asked for."""

    client: Client
    world: World
    clock: Clock
    config: Config
    box: Box
    log: io.BytesIO
    folder: Path

    @property
    def ann(self) -> Client:
        return self.client.as_("ann")

    @property
    def bob(self) -> Client:
        return self.client.as_("bob")

    @property
    def store(self) -> Store:
        return self.world.store

    def another(self, world: World | None = None, **settings: Any) -> Client:
        """An application of its own on the same data, with other settings; it has live events."""
        world = world or replace(self.world, hint=lambda hint: events.publish(hint))
        app = create_app(replace(self.config, **settings), world, log_to=self.log)
        events = app.extensions["events"]
        return Client(app, None, self.client._tokens)
