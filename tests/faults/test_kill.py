"""What the service has acknowledged outlives it, however it ends."""

from pathlib import Path

import pytest

from tests.faults.kill_server import kill_again_and_again

KILLS, MANY = 20, 200


@pytest.fixture
def kills(request: pytest.FixtureRequest, is_long: bool) -> int:
    """As many as asked for by `--kills N`."""
    asked: int | None = request.config.getoption("--kills", default=None)
    return asked or (MANY if is_long else KILLS)


def test_kills_lose_no_acknowledged_write(tmp_path: Path, kills: int) -> None:
    assert kill_again_and_again(tmp_path, kills) > kills
