"""The purge of a tree ends the row of each task in it, whatever an older drain may still bring.

Searched: a create of the task x, a purge of x alone (which may not come) and a purge of its whole
tree, each of which commits and drains by itself; a sweeper that takes up any outbox; every
interleaving, pauses as long as you like, crashes at every step, any number of them. A crashed
writer is gone, a crashed sweeper starts again. A commit with its own load is one step.
The protocol has two guards: the ids come from the tree and stand in the entry, and the tree is
clean before. The first alone is enough here. Without it a query has to find the rows, after a crash
at least, and in a dirty tree it misses the one that a paused drain has yet to write.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search

IN_THE_ENTRY = "ids of the tree, named in the entry"
IN_MEMORY = "ids of the tree, in the purger's memory alone"
IN_MEMORY_OR_BY_QUERY = "ids of the tree, in the purger's memory; others query"
BY_QUERY = "ids by a query for the rows of the root"


@pytest.mark.parametrize("clean_first", [True, False])
def test_a_purged_task_has_no_live_row(clean_first: bool) -> None:
    found = explore(IN_THE_ENTRY, clean_first=clean_first)
    assert not found.violations, found.example


@pytest.mark.parametrize("ids", [IN_MEMORY_OR_BY_QUERY, BY_QUERY])
def test_a_live_row_stays_if_a_dirty_tree_is_purged_by_query(ids: str) -> None:
    assert "live row" in explore(ids, clean_first=False).violations


def test_a_live_row_stays_if_the_ids_die_with_the_purger() -> None:
    assert "live row" in explore(IN_MEMORY, clean_first=True).violations


class Entry(NamedTuple):
    seq: int
    rows: bool = False  # names the row of x
    gone: bool = False  # names x as purged


class Tree(NamedTuple):
    rev: int = 0
    x: bool = False
    root: bool = True  # False: the whole tree is purged
    outbox: tuple[Entry, ...] = ()


class Row(NamedTuple):
    rev: int
    live: bool


class Process(NamedTuple):
    at: str  # the next step
    tree: Tree | None = None  # what it drains
    remembers_x: bool = False


Deed = Callable[..., Iterator["State"]]

CREATOR, PURGER_OF_X, PURGER, SWEEPER = range(4)
START = (Process("start"),) * 3 + (Process("rest"),)


class State(NamedTuple):
    tree: Tree = Tree()
    row: Row | None = None
    processes: tuple[Process, ...] = START


def explore(ids: str, *, clean_first: bool) -> Found:
    deeds = (creation, purge_of_x, purge)
    writers = [partial(writer, ids, clean_first, i, deed) for i, deed in enumerate(deeds)]
    return search(State(), [*writers, partial(sweeper, ids)], broken)


def writer(ids: str, clean_first: bool, i: int, commit: Deed, s: State) -> Iterator[State]:
    """Commit, then drain; a purge waits for a clean tree if it has to."""
    at = s.processes[i].at
    if at == "start":
        yield from commit(ids, s, clean=not (clean_first and s.tree.outbox))
    elif at != "end":
        yield drained(ids, i, s, then="end")
        yield to(s, i, Process("end"))  # crash


def creation(ids: str, s: State, *, clean: bool) -> Iterator[State]:
    if s.tree.root:
        yield committed(s, CREATOR, s.tree._replace(x=True), rows=True)


def purge_of_x(ids: str, s: State, *, clean: bool) -> Iterator[State]:
    if s.tree.x and clean:
        yield committed(s, PURGER_OF_X, s.tree._replace(x=False), gone=True)


def purge(ids: str, s: State, *, clean: bool) -> Iterator[State]:
    if clean:
        emptied = s.tree._replace(x=False, root=False)
        yield committed(s, PURGER, emptied, gone=s.tree.x and ids == IN_THE_ENTRY)


def committed(s: State, i: int, after: Tree, *, rows: bool = False, gone: bool = False) -> State:
    """The one update; then the drain, of its own snapshot or, had others waited, of a new one."""
    entry = Entry(s.tree.rev + 1, rows, gone)
    tree = after._replace(rev=entry.seq, outbox=(*s.tree.outbox, entry))
    at = "load again" if s.tree.outbox else "find"
    process = Process(at, None if s.tree.outbox else tree, remembers_x=i == PURGER and s.tree.x)
    return to(s._replace(tree=tree), i, process)


def sweeper(ids: str, s: State) -> Iterator[State]:
    """Take up what waits in the outbox, again and again."""
    if s.processes[SWEEPER].at != "rest":
        yield drained(ids, SWEEPER, s, then="rest")
        yield to(s, SWEEPER, Process("rest"))  # crash
    elif s.tree.outbox:
        yield to(s, SWEEPER, Process("find", s.tree))


def drained(ids: str, i: int, s: State, *, then: str) -> State:
    """One step of a drain: find what to write, put it, acknowledge."""
    process = s.processes[i]
    if process.at == "load again":
        return to(s, i, process._replace(at="find", tree=s.tree))
    if process.at == "find":
        at = "put" if finds_x(ids, process, s.row) else "ack"
        return to(s, i, process._replace(at=at, remembers_x=False))
    if process.at == "put":
        new = Row(process.tree.rev, process.tree.x)
        row = new if s.row is None or s.row.rev < new.rev else s.row
        return to(s._replace(row=row), i, process._replace(at="ack"))
    return to(s._replace(tree=acked(s.tree, process.tree)), i, Process(then))


def finds_x(ids: str, process: Process, row: Row | None) -> bool:
    """Whether this drain will write the row of x, or its tombstone."""
    tree = process.tree
    forgot = ids == IN_MEMORY_OR_BY_QUERY and not process.remembers_x
    queries = ids == BY_QUERY or forgot
    if queries and not tree.root:
        return row is not None
    named = any(entry.gone or (entry.rows and tree.x) for entry in tree.outbox)
    return named or process.remembers_x


def acked(tree: Tree, snapshot: Tree) -> Tree:
    """Empty the outbox under the snapshot's rev, else pull exactly what the snapshot held."""
    if tree.rev == snapshot.rev:
        return tree._replace(outbox=())
    return tree._replace(outbox=tuple(e for e in tree.outbox if e not in snapshot.outbox))


def to(s: State, i: int, process: Process) -> State:
    return s._replace(processes=replaced(s.processes, i, process))


def broken(s: State) -> Iterator[str]:
    if s.row and s.row.live:
        yield "live row"
