"""The tags of one's own trees: listing, making, renaming, recolouring, merging, deleting them.

Each deed is one change of the palette, and holds from then on in whatever is shown; the names on
the tasks follow it (`tidying`), as many of them as fit into the request, the others by the sweep.
"""

from collections.abc import Callable
from typing import NamedTuple

from tracker.core import tags as rules
from tracker.core.tags import Palette, Tag, Tags
from tracker.errors import Busy, Conflict, NotFound
from tracker.store import accounts, tags

from . import seeing, tidying
from .people import User
from .world import World

NO_TAG = "Tag not found"
TAKEN = "Tag already exists; merge the two"
TRIES = 5


class Used(NamedTuple):
    """A tag, and how many live tasks of one's own trees bear it."""

    tag: Tag
    tasks: int


def palette_of(user: User) -> Palette:
    """What names mean in the trees of somebody."""
    return Palette.of(user["_id"], user, user["created_at"])


def listing(world: World, caller: User) -> list[Used]:
    """All tags of one's own trees, in use or not, by name."""
    seeing.scope(world, caller)  # what waits in one's trees is counted, too
    palette = palette_of(caller)
    found = dict.fromkeys(palette.known(), 0)
    for name, tasks in tags.counts(world.store, caller["_id"]).items():
        tag = palette.tag(name)
        if tag:
            found[tag] = found.get(tag, 0) + tasks
    return [Used(tag, tasks) for tag, tasks in sorted(found.items(), key=lambda one: one[0].name)]


def create(world: World, caller: User, name: str, color: str | None) -> Tag:
    """A tag that no task bears yet. Raises Conflict where there is one of this name, TooLarge."""

    def decide(palette: Palette) -> Tags:
        tag = palette.tag(name)
        if tag is None:
            raise Conflict(rules.IN_TRANSIT)
        if _exists(world, palette, name):
            raise Conflict(rules.EXISTS)
        return rules.put(palette, tag, color=color)

    found = _changed(world, caller, decide).tag(name)
    assert found  # it was put there
    return found


def change(world: World, caller: User, tag_id: str, *, name: str | None, color: str | None) -> Tag:
    """A tag with another name, colour, or both. Raises NotFound, Conflict for a name that another
    tag has.
    """

    def decide(palette: Palette) -> Tags:
        tag = _found(world, palette, tag_id)
        if name not in (None, tag.name) and _exists(world, palette, name or ""):
            raise Conflict(TAKEN)
        return rules.put(palette, tag, name=name, color=color)

    return _found(world, _changed(world, caller, decide), tag_id)


def merge(world: World, caller: User, tag_id: str, into: str) -> Tag:
    """Let one tag take in another: all tasks of this one bear that one. Raises NotFound."""

    def decide(palette: Palette) -> Tags:
        return rules.merge(palette, _found(world, palette, tag_id), _found(world, palette, into))

    return _found(world, _changed(world, caller, decide), into)


def delete(world: World, caller: User, tag_id: str) -> None:
    """Take a tag off all tasks. Raises NotFound."""
    _changed(world, caller, lambda palette: rules.drop(palette, _found(world, palette, tag_id)))


def _changed(world: World, caller: User, decide: Callable[[Palette], Tags]) -> Palette:
    """Change the palette, decided again where somebody else did meanwhile; then let the trees
    follow.
    """
    for _ in range(TRIES):
        user = accounts.find(world.store, caller["_id"])
        if user is None:
            raise NotFound(NO_TAG)
        palette = palette_of(user)
        after = decide(palette)
        follows = any("was" in entry for entry in after.values())
        changed = tags.put(world.store, user, after, world.now() if follows else None)
        if changed:
            if follows:
                tidying.begin(world, changed)
            return palette_of(changed)
    raise Busy


def _found(world: World, palette: Palette, tag_id: str) -> Tag:
    used = () if tag_id in palette.tags else tags.counts(world.store, palette.owner)
    tag = palette.find(tag_id, used)
    if tag is None:
        raise NotFound(NO_TAG)
    return tag


def _exists(world: World, palette: Palette, name: str) -> bool:
    """Whether a name is one of the palette's, or stands on a task."""
    named = any(tag.name == name for tag in palette.known())
    return named or (
        name not in palette.in_transit and tags.is_used(world.store, palette.owner, name)
    )
