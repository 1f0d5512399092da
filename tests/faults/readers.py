"""Everything that shows tasks, asked where one is that moves: it stands in one tree, for everybody.

The order of the looks matters, for a reader may drain what the next one looks at.
"""

from collections.abc import Callable

from tests.faults.sagas import ANN, Stage
from tracker.core import life, trash, trees
from tracker.core.moving import intents
from tracker.core.select import Query
from tracker.errors import NotFound
from tracker.services import reading

Look = Callable[[Stage], list[str]]


def reader(stage: Stage) -> None:
    """Everything that shows tasks shows this one once, and in the same tree."""
    _read(stage, _LOOKS)


def reader_of_the_target_first(stage: Stage) -> None:
    """The same, the other way round: a reader may drain what the next one looks at."""
    _read(stage, _LOOKS[::-1])


def _by_id(stage: Stage) -> list[str]:
    return [reading.task(stage.process(), ANN, stage.saga.task).row["root"]]


def _by_tree(name: str) -> Look:
    def look(stage: Stage) -> list[str]:
        found = reading.subtree(stage.process(), ANN, name)
        shown = [name, *(place.node["id"] for place in life.live_below(found.place))]
        return [found.tree["_id"]] * shown.count(stage.saga.task)

    return look


def _by_children(parent: str) -> Look:
    def look(stage: Stage) -> list[str]:
        query = Query(stage.clock())
        found = reading.children(stage.process(), ANN, parent, query).answer.rows
        return [row["root"] for row in found if row["_id"] == stage.saga.task]

    return look


def _by_list(stage: Stage) -> list[str]:
    found = reading.listing(stage.process(), ANN, Query(stage.clock(), page_size=99)).answer.rows
    return [row["root"] for row in found if row["_id"] == stage.saga.task]


_ALONE = {"task": _by_id, "list": _by_list}  # each of these shows the task
_TREES = {f"tree of {name}": _by_tree(name) for name in "sxt"}  # one of these does
_CHILDREN = {f"children of {name}": _by_children(name) for name in "ab"}
_LOOKS = list({**_TREES, **_ALONE, **_CHILDREN}.items())


def _read(stage: Stage, looks: list[tuple[str, Look]]) -> None:
    wanted, is_root = standing(stage)
    seen = {name: _seen(stage, look) for name, look in looks}
    in_trees = {tree for name in _TREES for tree in seen[name]}
    in_children = [tree for name in _CHILDREN for tree in seen[name]]
    assert [seen[name] for name in _ALONE] == [wanted, wanted], seen
    assert in_trees == set(wanted), seen
    assert in_children == ([] if is_root else wanted), seen


def _seen(stage: Stage, look: Look) -> list[str]:
    try:
        return look(stage)
    except NotFound:
        return []


def standing(stage: Stage) -> tuple[list[str], bool]:
    """The tree in which everybody should see the task now: the target's, once it has arrived; and
    whether it is the root there.
    """
    holding = [tree for tree in stage.trees() if trees.find(tree, stage.saga.task)]
    if len(holding) > 1:  # the frozen copy does not count
        holding = [tree for tree in holding if not intents(tree)]
    (tree,) = holding
    place = trees.find(tree, stage.saga.task)
    assert place
    return [] if trash.is_trashed(tree, place) else [tree["_id"]], not place.path
