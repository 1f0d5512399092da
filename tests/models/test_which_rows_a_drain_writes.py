"""Which rows a drain writes: all that the entries of its snapshot name, right-looking or not.

Searched: a tree of two tasks; three writers in different processes (X := 1, X := 0 back again,
Y := 1), each of whom commits and drains by itself; a sweeper that takes up any outbox; every
interleaving, pauses as long as you like, and crashes at every step, any number of them. A drain
puts row by row. A crashed writer is gone, a crashed sweeper starts again.
Each guard of `Guards` can be taken out alone; rows then stay wrong with nobody left to mend them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


@dataclass(frozen=True)
class Guards:
    """Both of them: the protocol; one False: a wrong variant."""

    reads_again_if_others_waited: bool = True  # else rows = its own difference, whatever waited
    right_rows_are_written_too: bool = True  # else a row that equals the tree is skipped


def test_rows_follow_the_tree() -> None:
    found = explore(Guards())
    assert not found.violations, found.example


@pytest.mark.parametrize("guard", ["reads_again_if_others_waited", "right_rows_are_written_too"])
def test_without_one_guard_rows_stay_wrong(guard: str) -> None:
    found = explore(Guards(**{guard: False}), until="wrong row")
    assert "wrong row" in found.violations


Rows = tuple[int, ...]  # by the number of their task


class Entry(NamedTuple):
    seq: int
    rows: Rows  # the tasks whose rows this commit changed


class Tree(NamedTuple):
    rev: int = 0
    values: tuple[int, int] = (0, 0)  # of X and Y
    outbox: tuple[Entry, ...] = ()


class Row(NamedTuple):
    rev: int = 0
    value: int = 0


class Process(NamedTuple):
    at: str  # the next step
    tree: Tree | None = None  # what it loaded
    rows: Rows = ()  # what it has still to write


X, Y = 0, 1
EDITS = ((X, 1), (X, 0), (Y, 1))
SWEEPER = len(EDITS)


class State(NamedTuple):
    tree: Tree = Tree()
    rows: tuple[Row, Row] = (Row(), Row())
    processes: tuple[Process, ...] = (Process("load"),) * len(EDITS) + (Process("rest"),)


def explore(guards: Guards, *, until: str = "") -> Found:
    writers = [partial(writer, guards, i) for i in range(len(EDITS))]
    return search(State(), [*writers, partial(sweeper, guards)], broken, until=until)


def writer(guards: Guards, i: int, s: State) -> Iterator[State]:
    """Load, commit under the loaded rev, drain: its own entry alone only if no other waited."""
    at, tree, _ = s.processes[i]
    if at == "load":
        yield to(s, i, "commit", s.tree)
    elif at == "commit" and s.tree.rev != tree.rev:
        yield to(s, i, "load")
    elif at == "commit":
        done = s._replace(tree=committed(s.tree, *EDITS[i]))
        known = committed(tree, *EDITS[i])  # other than that in the store if an ack has come since
        again = tree.outbox and guards.reads_again_if_others_waited
        own = to(done, i, "drain", known, named(known.outbox[-1:]))
        yield to(done, i, "load again") if again else own
    elif at == "load again":
        yield to(s, i, "drain", s.tree, named(s.tree.outbox))
    elif at == "drain":
        yield drained(guards, i, s, then="end")
    if at not in ("load", "end"):
        yield to(s, i, "end")  # crash


def sweeper(guards: Guards, s: State) -> Iterator[State]:
    """Take up what waits in the outbox, again and again."""
    if s.processes[SWEEPER].at == "drain":
        yield drained(guards, SWEEPER, s, then="rest")
        yield to(s, SWEEPER, "rest")  # crash
    elif s.tree.outbox:
        yield to(s, SWEEPER, "drain", s.tree, named(s.tree.outbox))


def drained(guards: Guards, i: int, s: State, *, then: str) -> State:
    """One step of a drain: put the next row, or acknowledge if there is none left."""
    _, tree, rows = s.processes[i]
    if not rows:
        return to(s._replace(tree=acked(s.tree, tree)), i, then)
    task, *left = rows
    new = put(guards, s.rows[task], Row(tree.rev, tree.values[task]))
    return to(s._replace(rows=replaced(s.rows, task, new)), i, "drain", tree, tuple(left))


def committed(tree: Tree, task: int, value: int) -> Tree:
    """The tree after the one guarded update: the edit, rev + 1, $push of one entry."""
    rev = tree.rev + 1
    entry = Entry(rev, (task,) if tree.values[task] != value else ())
    return Tree(rev, replaced(tree.values, task, value), (*tree.outbox, entry))


def named(entries: Iterable[Entry]) -> Rows:
    return tuple(sorted({task for entry in entries for task in entry.rows}))


def put(guards: Guards, row: Row, new: Row) -> Row:
    """Replace the row, unless it is of this rev or a newer one."""
    looks_right = row.value == new.value
    skipped = looks_right and not guards.right_rows_are_written_too
    return row if row.rev >= new.rev or skipped else new


def acked(tree: Tree, snapshot: Tree) -> Tree:
    """Empty the outbox under the snapshot's rev, else pull exactly what the snapshot held."""
    if tree.rev == snapshot.rev:
        return tree._replace(outbox=())
    return tree._replace(outbox=tuple(e for e in tree.outbox if e not in snapshot.outbox))


def to(s: State, i: int, at: str, tree: Tree | None = None, rows: Rows = ()) -> State:
    """The process goes on to this step, with this snapshot and these rows to write."""
    return s._replace(processes=replaced(s.processes, i, Process(at, tree, rows)))


def broken(s: State) -> Iterator[str]:
    if tuple(row.value for row in s.rows) != s.tree.values:
        yield "wrong row"
