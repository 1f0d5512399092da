"""Events whose effects were given up, driven again: once whatever stood in their way is mended."""

from tracker.store import dead_events, drains, trees

from .world import World

SECONDS = 60.0


def retry(world: World, event: str) -> bool:
    """Write the effects of a dead event and forget it; False where there is none of that id.

    Raises what stands in their way. A tree that is gone by now has no effects any more.
    """
    with world.store.deadline(SECONDS):
        dead = dead_events.get(world.store, event)
        if dead is None:
            return False
        tree = trees.load(world.store, dead["tree"])
        if tree:
            drains.again(world.store, tree, dead["entry"])
        dead_events.remove(world.store, event)
    return True
