"""Fixtures of tests of dialects: all are served. A folder of one serves that one alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pymongo
import pytest
import uuid_utils

from config import Config
from tests.conftest import Clock
from tracker.services.world import World
from tracker.store import assemble


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=None)


@pytest.fixture
def away(clock: Clock) -> Iterator[World]:
    """A world whose database nobody reaches, and that soon gives up."""
    nowhere: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=1) as nowhere:
        store = assemble(nowhere["away"], patience=0.1)
        yield World(store, clock, lambda: str(uuid_utils.uuid7()))
