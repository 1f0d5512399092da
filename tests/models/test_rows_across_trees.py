"""The guard of a row whose task x moves from tree S to tree T: (hops, rev).

Searched: two edits of x in S (0 to 1 and back), the saga (freeze, S drained, insert into T,
removal), two edits of x in T (a value that comes back, too) and its purge, of which the later ones
may never come; two drains a tree under way at any time, which put what the entries of their
snapshot name; every interleaving, pauses as long as you like, crashes at every step, any number of
them. S starts far ahead of T: with hops first, revs of two trees are never compared, so that one
pair of them stands for all. The wrong variants guard by rev alone, or by rev within one root.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


class Row(NamedTuple):
    root: int
    rev: int
    hops: int
    x: int | None  # None: a tombstone


Guard = Callable[[Row, Row], bool]


def by_hops_and_rev(row: Row, new: Row) -> bool:
    return (row.hops, row.rev) < (new.hops, new.rev)


def by_rev(row: Row, new: Row) -> bool:
    return row.rev < new.rev


def by_rev_within_one_root(row: Row, new: Row) -> bool:
    return row.root != new.root or row.rev < new.rev


def test_the_row_follows_its_task() -> None:
    found = explore(by_hops_and_rev)
    assert not found.violations, found.example


@pytest.mark.parametrize("newer", [by_rev, by_rev_within_one_root])
def test_without_hops_the_row_stays_wrong(newer: Guard) -> None:
    assert "wrong row" in explore(newer, until="wrong row").violations


class Entry(NamedTuple):
    seq: int
    rows: bool = False  # names the row of x
    gone: bool = False  # names x as purged


class Tree(NamedTuple):
    rev: int
    x: int | None = None
    hops: int = 0
    outbox: tuple[Entry, ...] = ()


class Drain(NamedTuple):
    of: int  # S or T
    at: str  # the next step
    rev: int  # of its snapshot
    outbox: tuple[Entry, ...]
    row: Row | None = None  # to be put


S, T = 0, 1


class State(NamedTuple):
    trees: tuple[Tree, Tree] = (Tree(rev=10, x=0), Tree(rev=2))
    row: Row = Row(S, 10, 0, 0)
    edits: int = 0
    saga: str = "freeze"  # the next step
    later: str = "edit"  # what next becomes of x in T
    drains: tuple[Drain, ...] = ()  # sorted: two that are alike count once


def explore(newer: Guard, *, until: str = "") -> Found:
    return search(State(), [editor, saga, later, partial(drains, newer)], broken, until=until)


def editor(s: State) -> Iterator[State]:
    """Edit x in S until it is frozen."""
    if s.saga == "freeze" and s.edits < 2:
        x = 1 - s.trees[S].x
        yield committed(s, S, x, rows=True)._replace(edits=s.edits + 1)


def saga(s: State) -> Iterator[State]:
    """Freeze, drain S, insert with one hop more, remove; only the insert names the row."""
    source, target = s.trees
    if s.saga == "freeze":
        yield committed(s, S, source.x)._replace(saga="insert", edits=0)
    elif s.saga == "insert" and not source.outbox:
        yield committed(s, T, source.x, rows=True)._replace(saga="remove")
    elif s.saga == "remove":
        yield committed(s, S, None)._replace(saga="end")


def later(s: State) -> Iterator[State]:
    """Two edits of x in T, then its purge from a clean tree; it may end before each."""
    target = s.trees[T]
    if target.x is None or s.later == "end":
        return
    yield s._replace(later="end")
    if s.later != "purge":
        after = "edit back" if s.later == "edit" else "purge"
        yield committed(s, T, 1 - target.x, rows=True)._replace(later=after)
    elif not target.outbox:
        yield committed(s, T, None, gone=True)._replace(later="end")


def committed(s: State, i: int, x: int | None, *, rows: bool = False, gone: bool = False) -> State:
    tree = s.trees[i]
    rev = tree.rev + 1
    hops = i  # x has moved once when it is in T, and never when it is in S
    after = Tree(rev, x, hops, (*tree.outbox, Entry(rev, rows, gone)))
    return s._replace(trees=replaced(s.trees, i, after))


def drains(newer: Guard, s: State) -> Iterator[State]:
    """Each tree with an outbox may be drained by two at a time: put, then ack."""
    for i, tree in enumerate(s.trees):
        if tree.outbox and sum(drain.of == i for drain in s.drains) < 2:
            row = row_of(i, tree)
            yield to(s, None, Drain(i, "put" if row else "ack", tree.rev, tree.outbox, row))
    for drain in s.drains:
        if drain.at == "put":
            done = s._replace(row=put(newer, s.row, drain.row))
            yield to(done, drain, drain._replace(at="ack", row=None))
        else:
            after = acked(s.trees[drain.of], drain)
            yield to(s._replace(trees=replaced(s.trees, drain.of, after)), drain, None)
        yield to(s, drain, None)  # crash


def row_of(root: int, tree: Tree) -> Row | None:
    """The row of x that the entries name, as the snapshot has it, or its tombstone."""
    named = any(entry.rows for entry in tree.outbox) and tree.x is not None
    gone = any(entry.gone for entry in tree.outbox)
    return Row(root, tree.rev, tree.hops, tree.x) if named or gone else None


def put(newer: Guard, row: Row, new: Row | None) -> Row:
    return new if new and newer(row, new) else row


def acked(tree: Tree, drain: Drain) -> Tree:
    """Empty the outbox under the snapshot's rev, else pull exactly what the snapshot held."""
    if tree.rev == drain.rev:
        return tree._replace(outbox=())
    return tree._replace(outbox=tuple(e for e in tree.outbox if e not in drain.outbox))


def to(s: State, before: Drain | None, after: Drain | None) -> State:
    """A drain begins, goes on or ends."""
    under_way = list(s.drains)
    if before:
        under_way.remove(before)
    if after:
        under_way.append(after)
    return s._replace(drains=tuple(sorted(under_way, key=lambda drain: drain[:4])))


def broken(s: State) -> Iterator[str]:
    target = s.trees[T]
    if s.row.x != target.x or (target.x is not None and s.row.root != T):
        yield "wrong row"
