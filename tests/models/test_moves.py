"""A task x moves from tree S to tree T: it is in one of them in the end, with its edit.

Searched: a mover, the sweep that resumes from the intent (so two movers at a time), somebody who
edits x in S, other people who fill T and make room in it again, a T that forgets moves; every
interleaving, crashes at every step, any number of them. A crashed mover is gone, a crashed sweep
starts again. T forgets twice at most, or the search of a wrong variant would not end.
A load and a commit under its rev that carry nothing over from an earlier load are one step.
Each guard of `Guards` can be taken out alone; WITHOUT says what breaks then. Two more wrong ways
have no intent at all: delete, then insert; copy, then delete.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search


@dataclass(frozen=True)
class Guards:
    """The guards of the saga. All of them: the protocol; one False: a wrong variant."""

    frozen: bool = True  # else x is edited in S while it moves
    edits_guarded_by_tree_rev: bool = True  # else by the rev of the task alone
    refusal_committed: bool = True  # else the mover alone knows that T refused
    remembered_while_intent_stands: bool = True  # else T forgets the move at any time
    target_read_before_source: bool = True  # else the mover reads S, then T


WITHOUT = {
    "frozen": "edit lost",
    "edits_guarded_by_tree_rev": "edit lost",
    "refusal_committed": "task twice",
    "remembered_while_intent_stands": "task twice",
    "target_read_before_source": "task twice",
}


def test_the_task_is_in_one_tree_with_its_edit() -> None:
    found = explore(Guards())
    assert not found.violations, found.example


@pytest.mark.parametrize("guard", WITHOUT)
def test_without_one_guard_a_promise_breaks(guard: str) -> None:
    assert WITHOUT[guard] in explore(Guards(**{guard: False})).violations


def test_delete_then_insert_loses_the_task() -> None:
    assert "task lost" in explore_without_intent("remove", "insert").violations


@pytest.mark.parametrize("promise", ["task twice", "edit lost"])
def test_copy_then_delete_doubles_the_task_and_loses_its_edit(promise: str) -> None:
    assert promise in explore_without_intent("insert", "remove").violations


class Source(NamedTuple):
    rev: int = 0
    x: int | None = 0  # 0: as it was, 1: edited, None: moved away
    intent: bool = False


class Target(NamedTuple):
    rev: int = 0
    copies: tuple[int, ...] = ()  # of x, by value
    known: str | None = None  # the outcome under the move's id: "in" or "refused"
    room: bool = True


class Mover(NamedTuple):
    at: str  # the next step
    target: Target | None = None  # as loaded
    x: int | None = None  # as loaded from the source
    outcome: str | None = None


class State(NamedTuple):
    source: Source = Source()
    target: Target = Target()
    movers: tuple[Mover, Mover] = (Mover("start"), Mover("rest"))
    editor: tuple[str, Source | None] = ("load", None)
    turns: int = 2  # how often T is still filled or emptied
    forgets: int = 2


MOVER, SWEEP = 0, 1
READS = ("read", "read again")


def explore(guards: Guards) -> Found:
    parts = (mover, sweep, editor, forgetting)
    return search(State(), [*(partial(part, guards) for part in parts), other_people], broken)


def explore_without_intent(*order: str) -> Found:
    return search(State(), [partial(hasty_mover, order), partial(editor, Guards())], broken)


def mover(guards: Guards, s: State) -> Iterator[State]:
    """Commit the intent, then go on as the sweep does."""
    at = s.movers[MOVER].at
    if at == "start":
        source = s.source._replace(rev=s.source.rev + 1, intent=True)
        yield to(s._replace(source=source), MOVER, Mover("read"))
    elif at != "end":
        yield moved(guards, MOVER, s, then="end")
        yield to(s, MOVER, Mover("end"))  # crash


def sweep(guards: Guards, s: State) -> Iterator[State]:
    """Resume the move from its intent, again and again."""
    if s.movers[SWEEP].at != "rest":
        yield moved(guards, SWEEP, s, then="rest")
        yield to(s, SWEEP, Mover("rest"))  # crash
    elif s.source.intent:
        yield to(s, SWEEP, Mover("read"))


def moved(guards: Guards, i: int, s: State, *, then: str) -> State:
    """The next step of a move: load T, load S, commit in T, commit in S."""
    at, target, x, outcome = s.movers[i]
    if at == "insert":
        return inserted(guards, i, s)
    if at == "finish":
        return to(s._replace(source=finished(s.source, outcome)), i, Mover(then))
    reads_target = (at == "read") == guards.target_read_before_source
    following = "read again" if at == "read" else "insert"
    if reads_target:
        return to(s, i, Mover(following, s.target, x))
    return to(s, i, Mover(following, target, s.source.x) if s.source.intent else Mover(then))


def inserted(guards: Guards, i: int, s: State) -> State:
    """Take the outcome that T knows, or commit one under the rev that was read."""
    _, target, x, _ = s.movers[i]
    if target.known:
        return to(s, i, Mover("finish", outcome=target.known))
    if not target.room and not guards.refusal_committed:
        return to(s, i, Mover("finish", outcome="refused"))
    if s.target.rev != target.rev:
        return to(s, i, Mover("read"))
    outcome, copies = ("in", (x,)) if target.room else ("refused", ())
    after = Target(target.rev + 1, target.copies + copies, outcome, target.room)
    return to(s._replace(target=after), i, Mover("finish", outcome=outcome))


def finished(source: Source, outcome: str | None) -> Source:
    """Remove the subtree and the intent, or, refused, the intent alone; nothing if it is gone."""
    if not source.intent:
        return source
    return Source(source.rev + 1, None if outcome == "in" else source.x)


def editor(guards: Guards, s: State) -> Iterator[State]:
    """One edit of x in S, refused while x is frozen."""
    at, loaded = s.editor
    if at == "load":
        may = s.source.x is not None and not (guards.frozen and s.source.intent)
        yield s._replace(editor=("commit", s.source) if may else ("end", None))
    elif at == "commit":
        same_task, same_tree = s.source.x == loaded.x, s.source.rev == loaded.rev
        if same_tree if guards.edits_guarded_by_tree_rev else same_task:
            edited = s.source._replace(rev=s.source.rev + 1, x=1)
            yield s._replace(source=edited, editor=("acknowledged", None))
        else:
            yield s._replace(editor=("load", None))


def forgetting(guards: Guards, s: State) -> Iterator[State]:
    """A later commit in T: forget the move, if its intent no longer stands in S."""
    needed = guards.remembered_while_intent_stands and s.source.intent
    if s.target.known and not needed and s.forgets:
        target = s.target._replace(rev=s.target.rev + 1, known=None)
        yield s._replace(target=target, forgets=s.forgets - 1)


def other_people(s: State) -> Iterator[State]:
    """Fill T, or make room in it."""
    if s.turns:
        target = s.target._replace(rev=s.target.rev + 1, room=not s.target.room)
        yield s._replace(target=target, turns=s.turns - 1)


def hasty_mover(order: tuple[str, ...], s: State) -> Iterator[State]:
    """Wrong: no intent, only the removal from S and the insert into T, in this order."""
    at, _, carried, _ = s.movers[MOVER]
    if at == "end":
        return
    step, x = (order[0], s.source.x) if at == "start" else (at, carried)
    removed, inserted = Source(s.source.rev + 1, None), Target(1, (x,))
    done = s._replace(source=removed) if step == "remove" else s._replace(target=inserted)
    yield to(done, MOVER, Mover(order[1] if at == "start" else "end", x=x))
    yield to(s, MOVER, Mover("end"))  # crash


def to(s: State, i: int, after: Mover) -> State:
    return s._replace(movers=replaced(s.movers, i, after))


def broken(s: State) -> Iterator[str]:
    copies = s.target.copies if s.source.x is None else (*s.target.copies, s.source.x)
    if not copies:
        yield "task lost"
    if len(copies) > 1:
        yield "task twice"
    if s.editor[0] == "acknowledged" and 1 not in copies:
        yield "edit lost"
