"""Trees that follow a changed palette, and the end of a category: one commit each, with the rights
of their owner.

What is to be followed stands in the owner's user document (`store.tags`), and there it stays until
no task is left to change. So it may be interrupted anywhere, and begun again by anybody: by the
request, by the sweep, or by the same request once more.
"""

import time
from collections.abc import Collection

from tracker.core import moving
from tracker.core import tidying as rules
from tracker.core.commits import Act
from tracker.core.edits import Edit
from tracker.core.tags import Palette, settled
from tracker.core.trees import Tree
from tracker.errors import Busy, Moving
from tracker.store import accounts, categories, drains, tags, trees

from . import passage, writing
from .people import User
from .world import World

SLICE, SLICE_SECONDS = 50, 0.5
REQUEST_SECONDS = 1.5
# how far one looks for trees: of many rows of one tree the first is enough
ROWS = 500
DEED = "edit"


def begin(world: World, user: User) -> None:
    """Do at once what fits into a request: for most people that is all. The rest is the sweep's."""
    until = time.monotonic() + REQUEST_SECONDS
    try:
        while go_on(world, user["_id"]):
            if time.monotonic() > until:
                world.due.set()
                return
    except Busy:
        world.due.set()


def due(world: World, limit: int, skip: Collection[str] = ()) -> list[str]:
    """The people whose trees have something to follow: a part of the sweep."""
    return tags.due(world.store, world.now(), limit, skip)


def go_on(world: World, user_id: str) -> bool:
    """One slice of somebody's trees: so many, or so many seconds of it. True where more is left,
    and this slice got on with it.
    """
    user = accounts.find(world.store, user_id)
    if user is None or "tidy_at" not in user:
        return False
    for head in trees.heads_of(world.store, user_id):
        if head.get("dirty") and head["owner"] == user_id:
            drains.drain_now(world.store, head["_id"])  # else its rows do not tell of it
    palette, gone = Palette.of(user_id, user, user["created_at"]), _gone(user)
    waiting = list(tags.roots(world.store, user_id, palette.in_transit, gone, ROWS))
    if not waiting:
        _end(world, user, palette)
        return False
    until, changed = time.monotonic() + SLICE_SECONDS, False
    for tree in waiting[:SLICE]:
        changed |= _tidy(world, tree, palette, gone)
        if time.monotonic() > until:
            break
    return changed


def _tidy(world: World, tree_id: str, palette: Palette, gone: Collection[str]) -> bool:
    """One commit on a tree; False where nothing in it is to be changed."""
    for intent in moving.intents(trees.head(world.store, tree_id) or {}):
        passage.carry(world, intent)
    now = world.now()

    def decide(tree: Tree) -> Edit | None:
        # handed over meanwhile: its tags are another person's now
        mine = tree["owner"] == palette.owner
        edit = rules.tidied(tree, palette, gone, at=now) if mine else None
        if edit and moving.is_frozen(tree, edit):
            raise Moving
        return edit

    act = Act(palette.owner, DEED, tree_id, now)
    return writing.commit_alone(world, tree_id, act, decide) is not None


def _end(world: World, user: User, palette: Palette) -> None:
    """Nothing stands on any task that should not: forget that it ever did."""
    categories.bury(world.store, user["_id"], user.get("categories_going", []))
    tags.settle(world.store, user, settled(palette.tags))


def _gone(user: User) -> set[str]:
    return {f"{user['_id']}:{number}" for number in user.get("categories_going", ())}
