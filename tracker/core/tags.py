"""Tags: names on tasks, and the palette of a tree's owner, which says what each name means.

A palette lies in the user document of its owner as `tags`: {tag id: {name, color, created_at,
was}}. A name without an entry is a tag, too, made on demand: in the usual colour, under an id that
follows from owner and name.

`was` are names that still stand on tasks for a tag that was renamed, or that took another one in;
an entry without a name is a deleted tag, whose names mean nothing any more. So whatever is decided
about a tag holds at once, and the trees may follow later (`core.tidying`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from tracker.errors import Conflict, Fault, TooLarge

from . import ids

COLOR = "#3B82F6"
MOST = 200

# {name: str or None, color, created_at, was: [names] or absent}
Entry = dict[str, Any]
Tags = dict[str, Entry]

EXISTS = "Tag already exists"
IN_TRANSIT = "This name is still being taken off tasks; try again"


class Tag(NamedTuple):
    """A tag as a task's answer shows it."""

    id: str
    name: str
    color: str
    created_at: datetime


@dataclass(frozen=True)
class Palette:
    """What names mean in the trees of one owner; `since` is when the tags made on demand began."""

    owner: str
    since: datetime
    tags: Mapping[str, Entry]

    @classmethod
    def of(cls, owner: str, user: Mapping[str, Any] | None, since: datetime) -> "Palette":
        """The palette in a user document; an empty one, since then, of who is gone."""
        user = user or {}
        return cls(owner, user.get("created_at", since), user.get("tags") or {})

    def shown(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """The tags of a task as `{id, name, color, created_at}`, each once, in their order."""
        return [tag._asdict() for tag in dict.fromkeys(map(self.tag, names)) if tag]

    def meant(self, names: Iterable[str]) -> list[str]:
        """The names as they should stand on a task."""
        if not self.in_transit:
            return list(names)
        return [tag.name for tag in dict.fromkeys(map(self.tag, names)) if tag]

    def tag(self, name: str) -> Tag | None:
        """What a name on a task means; None for what was deleted."""
        task_id = self._by_name.get(name)
        if task_id is None:
            return Tag(self._new_id(name), name, COLOR, self.since)
        entry = self.tags[task_id]
        if entry["name"] is None:
            return None
        return Tag(task_id, entry["name"], entry["color"], entry["created_at"])

    def known(self) -> list[Tag]:
        """The tags that have an entry."""
        names = (entry["name"] for entry in self.tags.values())
        return [tag for tag in map(self.tag, filter(None, names)) if tag]

    def find(self, tag_id: str, used: Iterable[str]) -> Tag | None:
        """The tag with this id: of the palette, or of the names that are in use."""
        name = self.tags.get(tag_id, {}).get("name")
        known = map(self.tag, used if name is None else [name])
        return next((tag for tag in known if tag and tag.id == tag_id), None)

    @cached_property
    def in_transit(self) -> frozenset[str]:
        """The names that may stand on tasks, and should not."""
        return frozenset(name for entry in self.tags.values() for name in entry.get("was", ()))

    def written(self, name: str) -> tuple[str, ...]:
        """The names that stand for one on tasks; none for a name that means nothing any more."""
        tag_id = self._by_name.get(name)
        if tag_id is None:
            return (name,)
        entry = self.tags[tag_id]
        return (name, *entry.get("was", ())) if entry["name"] == name else ()

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """Tag ids by the names that stand for them, the present one and those of before."""
        was = {name: tag for tag, entry in self.tags.items() for name in entry.get("was", ())}
        return was | {entry["name"]: tag for tag, entry in self.tags.items() if entry["name"]}

    def _new_id(self, name: str) -> str:
        """An id in the form of a UUID; another one where a tag of this name goes by a new one."""
        tries = (ids.made_of(self.owner, name, *["again"] * turn) for turn in count())
        return next(tried for tried in tries if tried not in self.tags)


def put(palette: Palette, tag: Tag, *, name: str | None = None, color: str | None = None) -> Tags:
    """The tags with one of them made, renamed or given another colour.

    Raises Conflict for a name that is on its way out, TooLarge for too many.
    """
    known = palette.tags.get(tag.id, {})
    name = name or tag.name
    was = [old for old in (*known.get("was", ()), tag.name) if old != name]
    taken = palette.in_transit.difference(known.get("was", ()))
    if name in taken:
        raise Conflict(IN_TRANSIT)
    entry = {"name": name, "color": color or tag.color, "created_at": tag.created_at}
    return _bounded({**palette.tags, tag.id: _with(entry, was)})


def merge(palette: Palette, gone: Tag, into: Tag) -> Tags:
    """The tags with one of them taken in by another. Raises Invalid where both are one."""
    if gone.id == into.id:
        raise Conflict("A tag cannot be merged into itself")
    theirs = palette.tags.get(gone.id, {}).get("was", ())
    own = palette.tags.get(into.id, {}).get("was", ())
    entry = {"name": into.name, "color": into.color, "created_at": into.created_at}
    left = {tag_id: kept for tag_id, kept in palette.tags.items() if tag_id != gone.id}
    return _bounded({**left, into.id: _with(entry, [*own, *theirs, gone.name])})


def drop(palette: Palette, gone: Tag) -> Tags:
    """The tags without one of them; its names wait to be taken off the tasks."""
    known = palette.tags.get(gone.id, {})
    entry = {"name": None, "color": gone.color, "created_at": gone.created_at}
    return {**palette.tags, gone.id: _with(entry, [*known.get("was", ()), gone.name])}


def settled(tags: Mapping[str, Entry]) -> Tags:
    """The tags once no task bears a name of before."""
    present = {tag: entry for tag, entry in tags.items() if entry["name"] is not None}
    return {
        tag: {name: value for name, value in entry.items() if name != "was"}
        for tag, entry in present.items()
    }


def _with(entry: Entry, was: Iterable[str]) -> Entry:
    names = list(dict.fromkeys(was))
    return {**entry, "was": names} if names else entry


def _bounded(tags: Tags) -> Tags:
    if len(tags) > MOST:
        raise TooLarge(Fault("", f"A palette holds at most {MOST} tags"))
    return tags
