"""Turns of the clock: of all who are told to do the same thing at the same time, one does it.

Time is cut into slots, and the first to leave a slot's row has its turn. A turn is never given
back: when whoever has it dies, the next slot's does the work, so a turn must do all that waits. For
a clock that jumps back the slots that had their turn have none; one that jumps forward meets one
slot, however many it missed.
"""

from datetime import UTC, datetime, timedelta

from tracker.store import jobs

from .world import World

# Longer than a clock is wrong before somebody sees to it
KEPT = timedelta(days=2)


def take(world: World, name: str, seconds: int) -> bool:
    """True for one caller in each slot of so many seconds, whichever process asks."""
    now = world.now()
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    with world.store.deadline():
        return jobs.tick(world.store, name, f"{start:%Y-%m-%dT%H:%M:%SZ}", now + KEPT)
