"""What the embedded store has acknowledged outlives the process, however it ends."""

import random
from pathlib import Path

from tests.faults.kill_store import kill_once

KILLS = 20  # more by hand: python -m tests.faults.kill_store 500


def test_twenty_kills_lose_no_acknowledged_write(tmp_path: Path) -> None:
    chance = random.Random(20)
    assert sum(kill_once(tmp_path, chance.randint(1, 300)) for _ in range(KILLS)) > KILLS
