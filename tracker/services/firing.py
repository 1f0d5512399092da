"""What falls due, told: deadlines that have passed, and reminders. Each is a commit of its tree, so
that no number of sweeps tells anything twice, and no crash loses it.
"""

from collections.abc import Collection

from tracker.core import schedule
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.trees import Tree
from tracker.store import paths

from . import writing
from .trashing import SYSTEM
from .world import World


def due(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Trees of which something has fallen due, the one that waits longest first."""
    return paths.roots_due(world.store, world.now(), limit, skip)


def fire(world: World, tree: str) -> bool:
    """Tell what has fallen due in a tree, of `schedule.MOST` tasks in one commit; True where more
    is left. What is on its way to another tree is told there.
    """
    now = world.now()

    def decide(found: Tree) -> Edit | None:
        return schedule.fire(found, now, open_workspace=world.open_workspace)

    act = Act(SYSTEM, "fire", tree, now, is_hidden=True)
    after = writing.commit_alone(world, tree, act, decide)
    return after is not None and schedule.is_due(after, now)
