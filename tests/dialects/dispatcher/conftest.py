"""This dialect alone is served."""

from dataclasses import replace

import pytest

from config import Config


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, dialects=("dispatcher",))
