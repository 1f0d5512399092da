"""A tree that ends is emptied and its rev goes on, because its id may come back with its root.

Searched: a tree that ends and begins again (its root moves away and returns); a writer and a drain
of it, each paused for as long as you like; two commits of other people at any time; a drain without
a pause whenever something waits. Taken out: the document is removed once it is empty and drained,
and inserted again with a rev that starts anew. Then what was read of the former tree fits the new.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.models.search import Found, search


def test_nothing_of_a_former_tree_reaches_the_new_one() -> None:
    found = explore(removed_at_the_end=False)
    assert not found.violations, found.example


@pytest.mark.parametrize("promise", ["edit of the former tree", "event lost"])
def test_a_tree_removed_and_made_again_breaks_a_promise(promise: str) -> None:
    assert promise in explore(removed_at_the_end=True).violations


FIRST, EMPTY, SECOND = range(3)


class Entry(NamedTuple):
    seq: int
    life: int  # in which the commit was made: tells two entries of the same seq apart


class Tree(NamedTuple):
    life: int = FIRST
    rev: int = 0
    outbox: tuple[Entry, ...] = ()


class Process(NamedTuple):
    at: str = "load"  # the next step
    tree: Tree | None = None  # as loaded


class State(NamedTuple):
    tree: Tree | None = Tree()
    writer: Process = Process()
    drain: Process = Process()
    commits: int = 2  # of other people, still to come
    told: frozenset[Entry] = frozenset()
    committed: frozenset[Entry] = frozenset()
    misled: bool = False  # an edit decided on the first life stands in the second


def explore(*, removed_at_the_end: bool) -> Found:
    actors = [writer, paused_drain, drain, other_people, end, begin]
    return search(State(), [*actors, removal] if removed_at_the_end else actors, broken)


def writer(s: State) -> Iterator[State]:
    """Load, commit under the loaded rev; a lost race is not tried again."""
    at, tree = s.writer
    if at == "load" and lives(s.tree):
        yield s._replace(writer=Process("commit", s.tree))
    elif at == "commit" and s.tree and s.tree.rev == tree.rev:
        misled = s.tree.life != tree.life
        yield committed(s)._replace(writer=Process("end"), misled=misled)
    elif at == "commit":
        yield s._replace(writer=Process("end"))


def paused_drain(s: State) -> Iterator[State]:
    """Load, tell the events, ack, with time enough between for the tree to end and begin."""
    at, tree = s.drain
    if at == "load" and s.tree and s.tree.outbox:
        yield s._replace(drain=Process("tell", s.tree))
    elif at == "tell":
        yield s._replace(told=s.told | set(tree.outbox), drain=Process("ack", tree))
    elif at == "ack":
        yield s._replace(tree=acked(s.tree, tree), drain=Process("end"))


def drain(s: State) -> Iterator[State]:
    """A drain that nothing interrupts."""
    if s.tree and s.tree.outbox:
        yield s._replace(told=s.told | set(s.tree.outbox), tree=acked(s.tree, s.tree))


def other_people(s: State) -> Iterator[State]:
    if s.commits and lives(s.tree):
        yield committed(s)._replace(commits=s.commits - 1)


def end(s: State) -> Iterator[State]:
    """The commit that empties the tree, once it is clean."""
    if s.tree and s.tree.life == FIRST and not s.tree.outbox:
        yield committed(s, life=EMPTY)


def begin(s: State) -> Iterator[State]:
    """The root comes back: a commit like any, or, if nothing is left there, an insert."""
    if s.tree is None:
        first = Entry(0, SECOND)
        yield s._replace(tree=Tree(SECOND, 0, (first,)), committed=s.committed | {first})
    elif s.tree.life == EMPTY:
        yield committed(s, life=SECOND)


def removal(s: State) -> Iterator[State]:
    """Wrong: nothing waits in the emptied document, so it goes."""
    if s.tree and s.tree.life == EMPTY and not s.tree.outbox:
        yield s._replace(tree=None)


def lives(tree: Tree | None) -> bool:
    return tree is not None and tree.life != EMPTY


def committed(s: State, life: int | None = None) -> State:
    """The tree after a guarded update: rev + 1, $push of one entry."""
    now = s.tree.life if life is None else life
    entry = Entry(s.tree.rev + 1, now)
    tree = Tree(now, entry.seq, (*s.tree.outbox, entry))
    return s._replace(tree=tree, committed=s.committed | {entry})


def acked(tree: Tree | None, snapshot: Tree) -> Tree | None:
    """Empty the outbox under the snapshot's rev, else pull the seqs that the snapshot held."""
    if tree is None:
        return None
    if tree.rev == snapshot.rev:
        return tree._replace(outbox=())
    seqs = {entry.seq for entry in snapshot.outbox}
    return tree._replace(outbox=tuple(e for e in tree.outbox if e.seq not in seqs))


def broken(s: State) -> Iterator[str]:
    if s.misled:
        yield "edit of the former tree"
    if s.committed - s.told:
        yield "event lost"
