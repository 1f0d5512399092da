"""The later API is on; what is asked at the root."""

from dataclasses import replace

import pytest
from flask import Flask

from config import Config
from tests.dialects.mytracker.bots import Bot
from tests.dialects.mytracker.later.bots import KEY, LaterBot
from tests.post import Box
from tracker import create_app
from tracker.services.world import World


@pytest.fixture
def app(config: Config, world: World) -> Flask:
    return create_app(replace(config, mytracker_bot_secret=KEY), world)


@pytest.fixture
def bot(app: Flask, world: World, box: Box) -> Bot:
    return Bot(app, world, box, "/api/v1")


@pytest.fixture
def ann(bot: Bot) -> LaterBot:
    return LaterBot(bot, "ann").registered()
