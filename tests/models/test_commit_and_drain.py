"""Commit and drain: what one write must do so that rows and history end up as the tree says.

Searched: one task x; a writer who edits it and one who purges it, each of whom loads, commits and
drains by itself; two drainers (readers, sweepers) that take up any dirty tree; every interleaving,
pauses as long as you like, and crashes at every step, any number of them. A crashed writer is gone,
a crashed drainer starts again. In a final state nobody can step: the sweep has found all it will.
Each guard of `Guards` can be taken out alone; WITHOUT says what breaks then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


@dataclass(frozen=True)
class Guards:
    """The guards of one write. All of them: the protocol; one False: a wrong variant."""

    effects_after_commit: bool = True  # else rows and history are written before the commit
    outbox: bool = True  # else the effects are known to the writer alone
    row_guarded_by_rev: bool = True  # else any upsert replaces the row
    tombstones: bool = True  # else the row of a purged task is removed
    ack_guarded_by_rev: bool = True  # else the ack is {outbox: []}, whatever was appended since
    fallback_leaves_dirty: bool = True  # else the $pull takes `dirty` away as well
    every_append_bumps_rev: bool = True  # else one kind of commit appends under the same rev
    unique_event_ids: bool = True  # else history takes the same event again


WITHOUT = {
    "effects_after_commit": "ghost event",
    "outbox": "event lost",
    "row_guarded_by_rev": "wrong row",
    "tombstones": "wrong row",
    "ack_guarded_by_rev": "event lost",
    "fallback_leaves_dirty": "entry left behind",
    "every_append_bumps_rev": "event lost",
    "unique_event_ids": "event twice",
}


def test_rows_and_history_follow_the_tree() -> None:
    found = explore(Guards())
    assert not found.violations, found.example


@pytest.mark.parametrize("guard", WITHOUT)
def test_without_one_guard_a_promise_breaks(guard: str) -> None:
    assert WITHOUT[guard] in explore(Guards(**{guard: False})).violations


class Entry(NamedTuple):
    """One commit's entry in the outbox; x is the only task, so its ids are yes or no."""

    seq: int
    by: int  # the writer: the event's true name, whatever its seq
    rows: bool  # names the row of x
    gone: bool  # names x as purged


class Tree(NamedTuple):
    rev: int = 0
    x: str | None = "old"  # None: purged
    outbox: tuple[Entry, ...] = ()
    dirty: bool = False


class Row(NamedTuple):
    rev: int
    x: str | None  # None: a tombstone


History = tuple[tuple[int, int], ...]  # (seq, by), sorted


class Process(NamedTuple):
    at: str  # the next step
    tree: Tree | None = None  # what it loaded


class State(NamedTuple):
    tree: Tree = Tree()
    row: Row | None = Row(0, "old")
    history: History = ()
    committed: tuple[int, ...] = ()  # writers whose commit stands
    processes: tuple[Process, ...] = (Process("load"),) * 2 + (Process("rest"),) * 2


EDITOR, PURGER, *DRAINERS = range(4)


def explore(guards: Guards) -> Found:
    acting = writer if guards.effects_after_commit else hasty_writer
    writers = [partial(acting, guards, i) for i in (EDITOR, PURGER)]
    return search(State(), [*writers, *(partial(drainer, guards, i) for i in DRAINERS)], broken)


def writer(guards: Guards, i: int, s: State) -> Iterator[State]:
    """Load, commit under the loaded rev, drain: its own snapshot only if nobody waited."""
    at, tree = s.processes[i]
    if at == "load" and s.tree.x:
        yield to(s, i, "commit", s.tree)
    elif at == "commit" and s.tree.rev != tree.rev:
        yield to(s, i, "load")
    elif at == "commit":
        stored = committed(guards, s.tree, i)  # not tree: an ack may have come, which bumps no rev
        stored = stored if guards.outbox else stored._replace(outbox=())
        done = s._replace(tree=stored, committed=tuple(sorted((*s.committed, i))))
        known = committed(guards, tree, i)
        yield to(done, i, "load again") if tree.outbox else to(done, i, "rows", known)
    elif at == "load again":
        yield to(s, i, "rows", s.tree)
    elif at != "load":
        yield from drain(guards, i, s, then="end")
    if at not in ("load", "end"):
        yield to(s, i, "end")  # crash


def hasty_writer(guards: Guards, i: int, s: State) -> Iterator[State]:
    """Wrong: the effects of the commit to come are written first, so they need no outbox."""
    at, tree = s.processes[i]
    if at == "load" and s.tree.x:
        yield to(s, i, "rows", committed(guards, s.tree, i))
    elif at in ("rows", "history"):
        yield from drain(guards, i, s, then="end")
    elif at == "ack" and s.tree.rev != tree.rev - 1:
        yield to(s, i, "load")
    elif at == "ack":  # here: the commit
        stored = tree._replace(outbox=(), dirty=False)
        yield to(s._replace(tree=stored, committed=(*s.committed, i)), i, "end")
    if at not in ("load", "end"):
        yield to(s, i, "end")  # crash


def drainer(guards: Guards, i: int, s: State) -> Iterator[State]:
    """Take up a dirty tree, again and again."""
    if s.processes[i].at != "rest":
        yield from drain(guards, i, s, then="rest")
        yield to(s, i, "rest")  # crash
    elif s.tree.dirty:
        yield to(s, i, "rows", s.tree)


def drain(guards: Guards, i: int, s: State, *, then: str) -> Iterator[State]:
    """The effects of every entry in the snapshot, then the ack: three steps."""
    at, tree = s.processes[i]
    if at == "rows":
        yield to(s._replace(row=with_rows(guards, s.row, tree)), i, "history", tree)
    elif at == "history":
        yield to(s._replace(history=with_events(guards, s.history, tree)), i, "ack", tree)
    elif at == "ack":
        yield to(s._replace(tree=acked(guards, s.tree, tree)), i, then)


def committed(guards: Guards, tree: Tree, by: int) -> Tree:
    """The tree after the one guarded update: the edit, rev + 1, $push of one entry, dirty."""
    entry = Entry(tree.rev + 1, by, rows=by == EDITOR, gone=by == PURGER)
    rev = entry.seq if guards.every_append_bumps_rev or by == PURGER else tree.rev
    return Tree(rev, "new" if by == EDITOR else None, (*tree.outbox, entry), dirty=True)


def with_rows(guards: Guards, row: Row | None, tree: Tree) -> Row | None:
    """The row after the puts that the entries of the snapshot name."""
    for entry in tree.outbox:
        if entry.rows and tree.x:
            row = put(guards, row, Row(tree.rev, tree.x))
        if entry.gone:
            row = put(guards, row, Row(tree.rev, None))
    return row


def put(guards: Guards, row: Row | None, new: Row) -> Row | None:
    """Replace, or insert where there is none; a row of this rev or a newer one stays."""
    if guards.row_guarded_by_rev and row and row.rev >= new.rev:
        return row
    return new if new.x or guards.tombstones else None


def with_events(guards: Guards, history: History, tree: Tree) -> History:
    """History after the inserts: one row a commit, unique on its seq; two of a kind are enough."""
    for entry in tree.outbox:
        known = [by for seq, by in history if seq == entry.seq]
        if not known or (not guards.unique_event_ids and len(known) < 2):
            history = tuple(sorted((*history, (entry.seq, entry.by))))
    return history


def acked(guards: Guards, tree: Tree, drained: Tree) -> Tree:
    """Empty under the snapshot's rev, else pull what was drained and stay dirty.

    The two updates are one step here: once the guard has failed it fails for ever, so nothing
    that happens between them can change what the second one does.
    """
    if tree.rev == drained.rev or not guards.ack_guarded_by_rev:
        return tree._replace(outbox=(), dirty=False)
    left = tuple(entry for entry in tree.outbox if entry not in drained.outbox)
    return tree._replace(outbox=left, dirty=tree.dirty and guards.fallback_leaves_dirty)


def to(s: State, i: int, at: str, tree: Tree | None = None) -> State:
    """The process goes on to this step, with this snapshot in its hands."""
    return s._replace(processes=replaced(s.processes, i, Process(at, tree)))


def broken(s: State) -> Iterator[str]:
    if (s.row.x if s.row else None) != s.tree.x:
        yield "wrong row"
    if s.tree.outbox:
        yield "entry left behind"
    told = [by for _, by in s.history]
    if any(by not in told for by in s.committed):
        yield "event lost"
    if len(told) > len(set(told)):
        yield "event twice"
    if any(by not in s.committed for by in told):
        yield "ghost event"
