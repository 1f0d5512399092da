"""Fixtures of tests of the store: two planted trees, and a service whose queries can be heard."""

import io

import pytest
import uuid_utils

from config import Config
from tests.conftest import Clock
from tests.core.forest import node
from tests.people import Client
from tests.store.staging import plant
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store


@pytest.fixture
def planted(store: Store) -> Store:
    """Two drained trees."""
    plant(store, node("r", node("a", node("b")), node("c")))
    plant(store, node("s", node("t")))
    return store


@pytest.fixture
def over_the_wire(wire_store: Store, clock: Clock) -> World:
    """A world on the wire store alone, of which every query can be heard."""
    return World(wire_store, clock, lambda: str(uuid_utils.uuid7()))


@pytest.fixture
def ann_over_the_wire(config: Config, over_the_wire: World, log: io.BytesIO) -> Client:
    """ann at the API, of which every query can be heard."""
    return Client(create_app(config, over_the_wire, log_to=log)).as_("ann")
