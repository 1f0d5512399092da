"""MyTracker's own settings: how long a log-in and a link last, and the key of its later bot."""

from dataclasses import replace

import pytest
from flask import Flask

from config import Config, SettingError, load
from tests.conftest import Clock
from tests.dialects.mytracker.bots import Bot, refused
from tests.post import Box
from tests.processes import KEY
from tracker import create_app
from tracker.services.world import World

OTHER_KEY = KEY[::-1]


@pytest.fixture
def app(config: Config, world: World) -> Flask:
    return create_app(replace(config, token_seconds=60, link_seconds=120), world)


def test_a_log_in_and_a_link_last_so_long(bot: Bot, clock: Clock) -> None:
    bot.register()
    token = bot.mailed()
    ann = bot.entered()
    clock.advance(seconds=61)
    refused(ann.get("/bot/my_tasks"), 401, "Signature has expired")
    clock.advance(seconds=60)
    refused(bot.confirm(token), 400, "Wrong url or expired")


def test_they_are_read_under_the_names_of_the_original() -> None:
    given = {"TOKEN_EXPIRE_TIME": "60", "URL_EXPIRE_TIME": "90", "TOKEN_SALT": "salt"}
    config = load({"SECRET_KEY": KEY, "MYTRACKER_BOT_SECRET": OTHER_KEY, **given})
    assert (config.token_seconds, config.link_seconds) == (60, 90)
    assert config.mytracker_bot_secret == OTHER_KEY
    assert OTHER_KEY not in repr(config)


@pytest.mark.parametrize("secret", ["short", KEY])
def test_the_key_of_the_bot_is_a_long_one_of_its_own(secret: str) -> None:
    with pytest.raises(SettingError, match="^MYTRACKER_BOT_SECRET: "):
        load({"SECRET_KEY": KEY, "MYTRACKER_BOT_SECRET": secret})


def test_without_the_root_it_is_served_below_its_prefix_alone(
    config: Config, world: World, box: Box
) -> None:
    key = {"mytracker_bot_secret": OTHER_KEY}
    app = create_app(replace(config, root_dialects=(), **key), world)  # type: ignore[arg-type]
    for base, status in (("/api", 404), ("/mytracker/api", 401)):
        bot = Bot(app, world, box, base)
        assert bot.get("/bot/my_tasks").status == status
        assert bot.get("/v1/tasks").status == status
