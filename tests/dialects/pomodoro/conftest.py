"""This dialect alone is served."""

from dataclasses import replace

import pytest

from config import Config
from tests.people import Client


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=("pomodoro",))


@pytest.fixture
def ann(client: Client) -> Client:
    """The second who came, so that her number is not that of a first task."""
    client.as_("bob")
    return client.as_("ann")
