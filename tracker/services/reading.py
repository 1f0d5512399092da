"""Reading tasks: one, a tree, children, ancestors, lists. Nothing here writes, but for finishing
drains.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from tracker.core import access, moving, trash, trees
from tracker.core.rows import Row
from tracker.core.select import Query, mark
from tracker.core.trees import Place, Tree
from tracker.errors import NotFound
from tracker.store import paths
from tracker.store import trees as stored
from tracker.store.paths import Scope

from . import finding, hung, people, seeing
from .people import Answer, User
from .world import World

LOOKS = 3
MOST_TREES = 10_000


class Listed(NamedTuple):
    """One page: its rows with their people, the exact total, and where the next page goes on."""

    answer: Answer
    total: int
    query: Query

    @property
    def further(self) -> tuple[object, str] | None:
        """The mark of the last row where more may follow, else None."""
        rows = self.answer.rows
        return mark(self.query, rows[-1]) if len(rows) == self.query.page_size else None


class Owned(NamedTuple):
    """A page of whole trees, and how many there are on all pages."""

    trees: "list[Subtree]"
    total: int


class Subtree(NamedTuple):
    """A tree, the place in it that was asked for, and its people."""

    tree: Tree
    place: Place
    answer: Answer


def task(world: World, caller: User, task_id: str) -> Answer:
    """One live task with all that hangs on it; two round trips, and one each for comments, files
    and people other than the caller. Raises NotFound.
    """
    return _whole(world, caller, finding.live(world, caller, task_id).row)


def any_task(world: World, caller: User, task_id: str) -> Answer:
    """As `task`, in the trash or not."""
    return _whole(world, caller, finding.locate(world, caller, task_id).row)


def surrounded(world: World, caller: User, answer: Answer) -> Answer:
    """The answer of a write of one task with what hung on it then; no round trip where that was
    nothing, or is there already.
    """
    if answer.hung is not None:
        return answer
    found = hung.of_task(world, answer.row, as_of=answer.now)
    further = people.known(world, caller, found.authors() - answer.people.keys())
    return answer._replace(people=further | answer.people, hung=found)


def subtree(world: World, caller: User, task_id: str) -> Subtree:
    """A live task with all below it, from its tree itself; two round trips. Raises NotFound."""
    tree, place = _standing(world, caller, task_id)
    access.require(tree, caller["_id"], "read", open_workspace=world.open_workspace)
    trash.require_live(tree, place)
    owner = people.known(world, caller, [tree["owner"]])
    return Subtree(tree, place, Answer([], owner, world.now()))


def numbered(world: World, caller: User, number: int) -> Subtree:
    """The live task with this number and all below it, without people; two round trips. Raises
    NotFound.
    """
    row = finding.row_numbered(world, caller, number)
    tree, place = _standing(world, caller, row["_id"], row["root"])
    access.require(tree, caller["_id"], "read", open_workspace=world.open_workspace)
    trash.require_live(tree, place)
    return Subtree(tree, place, Answer([], {}, world.now()))


def owned(world: World, caller: User, *, page: int = 1, page_size: int | None = None) -> Owned:
    """A page of the caller's own trees, the newest first, without people; without a size all of
    them, 10,000 at most. One round trip, however many they are, and one where more may be there.
    """
    size = page_size or MOST_TREES
    found = stored.owned(world.store, caller["_id"], skip=(page - 1) * size, limit=size)
    is_all = page == 1 and len(found) < size
    total = len(found) if is_all else stored.count_owned(world.store, caller["_id"])
    settled = [_settled(world, tree) for tree in found]
    answer = Answer([], {}, world.now())
    live = [Subtree(tree, Place(tree["root"], ()), answer) for tree in settled if tree["root"]]
    return Owned(live, total)


def _settled(world: World, tree: Tree) -> Tree:
    """The tree without what has arrived in another one."""
    return moving.without(tree, finding.arrived(world, tree)) if tree.get("moving") else tree


def _standing(
    world: World, caller: User, task_id: str, root: str | None = None
) -> tuple[Tree, Place]:
    """The tree that holds a task now; a copy that is about to leave for another tree does not
    count. `root` is where it was seen last.
    """
    for _ in range(LOOKS):
        tree = stored.load(world.store, root or finding.root_of(world, caller, task_id))
        tree, root = _settled(world, tree) if tree else None, None
        place = trees.find(tree, task_id) if tree else None
        if tree and place:
            return tree, place
    raise NotFound(access.NO_TASK)


def ancestors(world: World, caller: User, task_id: str) -> Answer:
    """The tasks above one, the root first."""
    found = finding.live(world, caller, task_id)
    above = paths.get_many(world.store, found.row["path"]) if found.row["path"] else []
    return people.around(world, caller, above, hung=hung.newest(world, above))


def children(world: World, caller: User, task_id: str, query: Query) -> Listed:
    """A page of a live task's direct children, in their order."""
    found = finding.live(world, caller, task_id)
    query = replace(query, root=found.row["root"], parent=task_id)
    return _page(world, caller, Scope("", (found.row["root"],)), query)


def listing(world: World, caller: User, query: Query) -> Listed:
    """A page of all tasks that the caller may see; three round trips, and one for people."""
    query = seeing.as_written(caller, query)
    return _page(world, caller, seeing.scope(world, caller), query)


def _whole(world: World, caller: User, row: Row) -> Answer:
    return people.around(world, caller, [row], hung=hung.of_task(world, row))


def each(world: World, caller: User, query: Query) -> Iterator[Row]:
    """All rows of a list, a page after the other."""
    further: object = True
    while further:
        found = listing(world, caller, query)
        yield from found.answer.rows
        further = found.further
        query = replace(query, after=found.further)


def _page(world: World, caller: User, scope: Scope, query: Query) -> Listed:
    page = paths.page(world.store, scope, query)
    return Listed(_listed(world, caller, page.rows, query), page.total, query)


def _listed(world: World, caller: User, rows: list[Row], query: Query) -> Answer:
    found = hung.newest(world, rows) if query.expanded else None
    return people.around(world, caller, rows, query.now, hung=found)
