"""What becomes of files that are nobody's: bytes that wait to be removed, files that were never
committed, blobs that no file names. Each is a pair of what is due and how it is done.
"""

from collections.abc import Collection
from datetime import timedelta

from tracker.core.attached import FILES
from tracker.store import attached, files

from . import hung
from .world import World

# whoever is still at it after so long has long been given up
GIVEN_UP = timedelta(hours=24)
BETWEEN_ROUNDS = timedelta(hours=24)
SLICE = 500
ALL = "blobs"


def deleted(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Files that are gone, and whose bytes are still there."""
    return files.deleted(world.store, limit, skip) if world.blobs else []


def bury(world: World, file: str) -> None:
    """Remove the bytes of a file that is gone, then the file; nothing for one that is there."""
    found = files.get_deleted(world.store, file)
    if found and world.blobs:
        world.blobs.remove(found["key"])
        files.drop_deleted(world.store, file)


def unfinished(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Files that were stored a day ago, and that no commit has brought in."""
    return attached.unfinished(world.store, FILES, world.now() - GIVEN_UP, limit, skip)


def drop_unfinished(world: World, file: str) -> None:
    """Remove such a file, or let it stand where it was brought in after all."""
    found = attached.pending(world.store, FILES, file)
    if found is None:
        return
    if hung.is_committed(world, FILES, found):
        attached.finish(world.store, FILES, file)
    elif attached.drop_pending(world.store, FILES, file, world.now() - GIVEN_UP) and world.blobs:
        world.blobs.remove(found["key"])


def unseen(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """One word while a look at the blobs is due: a slice at a time, all of them once a day."""
    if world.blobs is None or ALL in skip or limit < 1:
        return []
    return [ALL] if files.round_of(world.store).due_at <= world.now() else []


def look(world: World, _: str = ALL) -> bool:
    """Look at a slice of our blobs, and remove those of more than a day that no file names; True
    where the round goes on.
    """
    assert world.blobs
    tag, after, _due = files.round_of(world.store)
    slice_ = world.blobs.listed(after or tag, SLICE)
    ours = [one for one in slice_ if one.key.startswith(tag)]
    old = [one.key for one in ours if one.since < world.now() - GIVEN_UP]
    known = files.known_keys(world.store, old) if old else set()
    for key in old:
        if key not in known:
            world.blobs.remove(key)
    goes_on = len(slice_) == SLICE and len(ours) == SLICE
    due_at = world.now() if goes_on else world.now() + BETWEEN_ROUNDS
    files.go_on(world.store, slice_[-1].key if goes_on else "", due_at)
    return goes_on
