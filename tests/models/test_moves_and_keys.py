"""Idempotency-Keys across a move from tree S to tree T: the keyed deed is done once.

Searched: two attempts (a retry, a twin) of one keyed command, which is an edit of x, while the saga
moves x, or the move of x itself; the saga; a drainer a tree that moves ops to `idem` rows; every
interleaving, crashes at every step, any number of them. The saga's steps carry nothing from one to
the next, so whoever takes the next one may be another process. An attempt that meets the freeze is
told 409 and comes again.
Each guard of `Guards` can be taken out alone, and then the keyed deed is done twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search

EDIT, MOVE = "edit", "move"


@dataclass(frozen=True)
class Guards:
    """Both of them: the protocol; one False: a wrong variant."""

    source_drained_before_insert: bool = True  # past the freeze; needed for the edit
    op_with_the_insert: bool = True  # into T, else with the removal from S; needed for the move


@pytest.mark.parametrize("command", [EDIT, MOVE])
def test_the_keyed_deed_is_done_once(command: str) -> None:
    found = explore(Guards(), command)
    assert not found.violations, found.example


def test_an_edit_is_applied_again_if_the_source_is_drained_late() -> None:
    found = explore(Guards(source_drained_before_insert=False), EDIT)
    assert "done twice" in found.violations


def test_a_move_is_made_again_if_its_op_comes_with_the_removal() -> None:
    assert "done twice" in explore(Guards(op_with_the_insert=False), MOVE).violations


class Tree(NamedTuple):
    rev: int = 0
    x: bool = False
    op: bool = False  # the key stands in `ops`
    intent: bool = False


class Attempt(NamedTuple):
    at: str = "look"  # the next step
    place: int = 0  # the tree that x's row named
    tree: Tree | None = None  # as loaded


S, T = 0, 1


class State(NamedTuple):
    trees: tuple[Tree, Tree] = (Tree(x=True), Tree())
    place: int = S  # the tree that x's row names
    key_row: bool = False  # the key stands in `idem`
    done: int = 0
    attempts: tuple[Attempt, Attempt] = (Attempt(), Attempt())
    copied: tuple[bool, bool] = (False, False)  # ops whose row is written, to be removed next


def explore(guards: Guards, command: str) -> Found:
    attempts = [partial(attempt, command, i) for i in (0, 1)]
    drainers = [partial(drainer, tree) for tree in (S, T)]
    return search(State(), [*attempts, partial(saga, guards, command), *drainers], broken)


def attempt(command: str, i: int, s: State) -> Iterator[State]:
    """The row's tree, its document, the `idem` row, existence and freeze, compare-and-set."""
    at, place, tree = s.attempts[i]
    if at == "look":
        yield to(s, i, "document", s.place)
    elif at == "document":
        loaded = s.trees[place]
        yield to(s, i, "end") if loaded.op else to(s, i, "row", place, loaded)
    elif at == "row" and s.key_row:
        yield to(s, i, "end")
    elif at == "row":
        yield to(s, i, "commit", place, tree) if tree.x and not tree.intent else to(s, i, "look")
    elif at == "commit" and s.trees[place].rev == tree.rev:
        yield committed(command, i, s)
    elif at == "commit":
        yield to(s, i, "look")
    if at not in ("look", "end"):
        yield to(s, i, "end")  # crash


def committed(command: str, i: int, s: State) -> State:
    """The deed and its op; out of S a move commits its intent, which holds the key."""
    place = s.attempts[i].place
    tree = s.trees[place]
    leaving = command == MOVE and place == S
    after = tree._replace(rev=tree.rev + 1, op=not leaving, intent=leaving)
    done = s._replace(trees=replaced(s.trees, place, after), done=s.done + 1)
    return to(done, i, "end")


def saga(guards: Guards, command: str, s: State) -> Iterator[State]:
    """The next step, told from what stands in the trees and the row."""
    source, target = s.trees
    late = source.op and guards.source_drained_before_insert
    with_insert = command == MOVE and guards.op_with_the_insert
    with_removal = command == MOVE and not guards.op_with_the_insert
    if command == EDIT and source.x and not source.intent:
        yield with_tree(s, S, source._replace(intent=True))
    elif source.intent and not target.x and not late:
        yield with_tree(s, T, target._replace(x=True, op=with_insert))
    elif target.x and s.place == S:
        yield s._replace(place=T)
    elif target.x and source.intent:
        yield with_tree(s, S, source._replace(x=False, intent=False, op=source.op or with_removal))


def drainer(i: int, s: State) -> Iterator[State]:
    """Copy the op to its row, then remove it; a crash between the two starts again."""
    resting = s._replace(copied=replaced(s.copied, i, False))
    if s.copied[i]:
        left = s.trees[i]._replace(op=False)  # an ack bumps no rev
        yield resting._replace(trees=replaced(s.trees, i, left))
        yield resting  # crash
    elif s.trees[i].op:
        yield s._replace(key_row=True, copied=replaced(s.copied, i, True))


def with_tree(s: State, i: int, tree: Tree) -> State:
    return s._replace(trees=replaced(s.trees, i, tree._replace(rev=tree.rev + 1)))


def to(s: State, i: int, at: str, place: int = S, tree: Tree | None = None) -> State:
    return s._replace(attempts=replaced(s.attempts, i, Attempt(at, place, tree)))


def broken(s: State) -> Iterator[str]:
    if s.done > 1:
        yield "done twice"
