"""One effect for one Idempotency-Key, however often the request comes and whatever crashes.

Searched: three attempts of one keyed edit (retries and twins), somebody else's edit of the same
tree, and a drainer that moves the op from the document to its `idem` row; every interleaving,
crashes at every step, any number of them. A crashed attempt is gone (its client tries again: that
is the next attempt), a crashed drainer starts again. The ack removes the op, by guard or by pull.
Each guard of `Guards` can be taken out alone, and then the edit is applied twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


@dataclass(frozen=True)
class Guards:
    """All of them: the protocol; one False: a wrong variant."""

    key_in_the_same_write: bool = True  # else the `idem` row is written after the effect
    document_before_row: bool = True  # else an attempt looks for its key in the row first
    row_before_removal: bool = True  # else the drain removes the op, then writes the row
    commit_guarded_by_rev: bool = True  # else nothing tells that the document has moved on


GUARDS = [
    "key_in_the_same_write",
    "document_before_row",
    "row_before_removal",
    "commit_guarded_by_rev",
]


def test_the_edit_is_applied_once() -> None:
    found = explore(Guards())
    assert not found.violations, found.example


@pytest.mark.parametrize("guard", GUARDS)
def test_without_one_guard_the_edit_is_applied_twice(guard: str) -> None:
    assert "effect twice" in explore(Guards(**{guard: False})).violations


class Tree(NamedTuple):
    rev: int = 0
    op: bool = False  # the key stands in `ops`


class Attempt(NamedTuple):
    at: str  # the next step
    rev: int = 0  # of the document that it read


ATTEMPTS = 3


class State(NamedTuple):
    tree: Tree = Tree()
    row: bool = False  # the key stands in `idem`
    effects: int = 0
    attempts: tuple[Attempt, ...] = (Attempt("start"),) * ATTEMPTS
    drainer: str = "rest"
    other_edits: int = 0


def explore(guards: Guards) -> Found:
    attempts = [partial(attempt, guards, i) for i in range(ATTEMPTS)]
    return search(State(), [*attempts, partial(drainer, guards), somebody_else], broken)


def attempt(guards: Guards, i: int, s: State) -> Iterator[State]:
    """Document, row, compare-and-set on the rev of that document."""
    at, rev = s.attempts[i]
    lookups = ["document", "row"] if guards.document_before_row else ["row", "document"]
    following = dict(zip(["start", *lookups], [*lookups, "commit"], strict=True))
    if at == "start":
        yield to(s, i, following[at])
    elif at == "document":
        yield to(s, i, "answered") if s.tree.op else to(s, i, following[at], s.tree.rev)
    elif at == "row":
        yield to(s, i, "answered") if s.row else to(s, i, following[at], rev)
    elif at == "commit":
        yield committed(guards, i, s, rev)
    elif at == "record":
        yield to(s._replace(row=True), i, "answered")
    if at not in ("start", "answered", "crashed"):
        yield to(s, i, "crashed")


def committed(guards: Guards, i: int, s: State, rev: int) -> State:
    """The one update: the effect, rev + 1, the op; or, the race lost, the way back to the start."""
    if guards.commit_guarded_by_rev and s.tree.rev != rev:
        return to(s, i, "start")
    with_key = guards.key_in_the_same_write
    tree = Tree(s.tree.rev + 1, op=s.tree.op or with_key)
    done = s._replace(tree=tree, effects=s.effects + 1)
    return to(done, i, "answered" if with_key else "record")


def drainer(guards: Guards, s: State) -> Iterator[State]:
    """Write the row, and only then remove the op."""
    row, removed = s._replace(row=True), s._replace(tree=s.tree._replace(op=False))
    first, second = (row, removed) if guards.row_before_removal else (removed, row)
    if s.drainer == "rest" and s.tree.op:
        yield s._replace(drainer="first")
    elif s.drainer == "first":
        yield first._replace(drainer="second")
    elif s.drainer == "second":
        yield second._replace(drainer="rest")
    if s.drainer != "rest":
        yield s._replace(drainer="rest")  # crash


def somebody_else(s: State) -> Iterator[State]:
    """An edit without this key: it moves the rev and nothing else."""
    if not s.other_edits:
        yield s._replace(tree=s.tree._replace(rev=s.tree.rev + 1), other_edits=1)


def to(s: State, i: int, at: str, rev: int = 0) -> State:
    return s._replace(attempts=replaced(s.attempts, i, Attempt(at, rev)))


def broken(s: State) -> Iterator[str]:
    if s.effects > 1:
        yield "effect twice"
    if s.effects == 0 and any(attempt.at == "answered" for attempt in s.attempts):
        yield "answer without effect"
