"""Trees for tests: by hand from short names, and grown by whatever hypothesis thinks of.

A name is a task's id and its title. `Gardener` does one random deed after another to a tree, as
the services do: core decides, `commits.prepare` makes the commit.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tracker.core import commits, drafts, life, place, reminders, schedule, trash, trees
from tracker.core.commits import Act, Commit
from tracker.core.drafts import Birth
from tracker.core.edits import Edit
from tracker.core.trees import Node, Place, Tree
from tracker.errors import TrackerError

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
RULES = life.RULES


def node(name: str, *children: Node, **fields: Any) -> Node:
    """An open task with these children, in this order."""
    spots = enumerate(children, start=1)
    return {
        "id": name,
        "number": zlib.crc32(name.encode()) + 1,
        "title": name,
        "description": None,
        "status": "todo",
        "status_label": None,
        "priority": "medium",
        "start_date": None,
        "due_date": None,
        "completed_at": None,
        "created_at": NOON,
        "updated_at": NOON,
        "created_by": "ann",
        "assigned_to": None,
        "tags": [],
        "notify_overdue": False,
        "reminders": [],
        "position": 1.0,
        "rev": 1,
        "hops": 0,
        **fields,
        "children": {child["id"]: {**child, "position": float(spot)} for spot, child in spots},
    }


def tree(root: Node, **head: Any) -> Tree:
    """A drained tree of ann's at rev 1 around a root."""
    return {
        "_id": root["id"],
        "owner": "ann",
        "members": [],
        "rev": 1,
        "v": 1,
        "size": trees.size(root),
        "root": root,
        "outbox": [],
        "ops": [],
        **head,
    }


def at(tree: Tree, name: str) -> Place:
    """Where a task stands that is surely there."""
    found = trees.find(tree, name)
    assert found
    return found


def after(tree: Tree, edit: Edit) -> Tree:
    """The tree as a commit of this Edit leaves it, drained."""
    return {**edit.apply(tree), "rev": tree["rev"] + 1}


def statuses(tree: Tree) -> dict[str, str]:
    return {found.node["id"]: found.node["status"] for found in trees.walk(tree["root"])}


def chain(levels: int, name: str = "n") -> Node:
    """A task with one child with one child, so many levels deep."""
    below = node(f"{name}{levels}")
    for level in range(levels - 1, 0, -1):
        below = node(f"{name}{level}", below)
    return below


class Deed(NamedTuple):
    """One thing to do to the task at `spot`, counted in the order of the walk, round and round."""

    kind: str
    spot: int
    value: Any


TITLES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
MOMENTS = st.integers(-9, 9).map(lambda hours: NOON + timedelta(hours=hours))
STATUSES = st.sampled_from(life.STORED_STATUSES)
FIELDS = {
    "description": st.none() | TITLES,
    "priority": st.sampled_from(life.PRIORITIES),
    "due_date": st.none() | MOMENTS,
    "tags": st.lists(TITLES, max_size=2),
    "assigned_to": st.none() | st.sampled_from(["ann", "bob"]),
}
CHANGES = st.fixed_dictionaries({}, optional={"title": TITLES, "status": STATUSES, **FIELDS})


def drafted(**fields: Any) -> st.SearchStrategy[Any]:
    """Drafts of a task or of several, nested, with or without these fields."""
    alone = st.fixed_dictionaries({"title": TITLES}, optional=fields)
    return st.recursive(
        alone,
        lambda below: st.builds(
            lambda draft, subtasks: {**draft, "subtasks": subtasks},
            alone,
            st.lists(below, max_size=3),
        ),
        max_leaves=5,
    )


SPOTS = st.integers(0, 40)
DEEDS = st.one_of(
    st.builds(Deed, st.just("insert"), SPOTS, drafted(status=STATUSES, **FIELDS)),
    st.builds(Deed, st.just("change"), SPOTS, CHANGES),
    st.builds(Deed, st.just("complete"), SPOTS, st.booleans()),
    st.builds(Deed, st.just("reopen"), SPOTS, st.none()),
    st.builds(Deed, st.just("delete"), SPOTS, st.none()),
    st.builds(Deed, st.just("remind"), SPOTS, st.integers(-120, 120)),
    st.builds(Deed, st.just("fire"), SPOTS, st.none()),
)


class Gardener:
    """Does deeds to one tree; `commits` yields what came of each, refused ones left out."""

    def __init__(self, name: str, rule: str = "block") -> None:
        self.tree = tree(node(name, node(f"{name}-a"), node(f"{name}-b")))
        self.tree["root"]["completion"] = rule
        self.inserted: set[str] = set()
        self._name, self._made = name, 0

    def commits(self, deeds: list[Deed]) -> Iterator[Commit]:
        for hour, deed in enumerate(deeds):
            try:
                commit = self._commit(deed, NOON + timedelta(hours=hour))
            except TrackerError:
                continue
            if commit:
                yield commit
                self.tree = {**commit.after, "outbox": []}
                self.tree.pop("dirty")

    def _commit(self, deed: Deed, at: datetime) -> Commit | None:
        self.inserted = set()
        everything = list(trees.walk(self.tree["root"]))
        place = everything[deed.spot % len(everything)]
        trash.require_live(self.tree, place)
        edit = getattr(self, f"_{deed.kind}")(place, deed.value, at)
        if not edit.set and not edit.unset:
            return None
        act = Act("ann", deed.kind, place.node["id"], at)
        return commits.prepare(self.tree, edit, act, lambda owner: owner)

    def _insert(self, above: Place, draft: Any, at: datetime) -> Edit:
        birth = Birth(at, "ann", self.tree["rev"] + 1)
        first = zlib.crc32(self._name.encode()) * 1000 + self._made
        numbers = iter(range(first, first + 99))
        new = drafts.grow(draft, self._names(), numbers, birth, float(birth.rev))
        self.inserted = {found.node["id"] for found in trees.walk(new)}
        return place.insert(self.tree, above, new, at=at)

    def _change(self, place: Place, fields: Any, at: datetime) -> Edit:
        return life.change(self.tree, place, fields, at=at)

    def _complete(self, place: Place, cascade: bool, at: datetime) -> Edit:
        return life.complete(self.tree, place, at=at, cascade=cascade)

    def _reopen(self, place: Place, _: None, at: datetime) -> Edit:
        return life.reopen(self.tree, place, at=at)

    def _delete(self, place: Place, _: None, at: datetime) -> Edit:
        return trash.delete(self.tree, place, at=at)

    def _remind(self, place: Place, minutes: int, at: datetime) -> Edit:
        when = {"minutes": minutes, "of": "due_date"}
        made = reminders.made(f"{minutes}", "ann", when, zone="UTC", now=at)
        return schedule.put(place, [*(place.node.get("reminders") or []), made])

    def _fire(self, _: Place, __: None, at: datetime) -> Edit:
        return schedule.fire(self.tree, at) or Edit()

    def _names(self) -> Iterator[str]:
        while True:
            self._made += 1
            yield f"{self._name}-{self._made}"
