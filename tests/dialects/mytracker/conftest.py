"""This dialect alone is served."""

from dataclasses import replace

import pytest
from flask import Flask

from config import Config
from tests.dialects.mytracker.bots import Bot
from tests.post import Box
from tracker.services.world import World


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=("mytracker",))


@pytest.fixture
def bot(app: Flask, world: World, box: Box) -> Bot:
    """MyTracker's bot, with nobody logged in."""
    return Bot(app, world, box)
