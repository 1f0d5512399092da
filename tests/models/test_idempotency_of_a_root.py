"""One root for one Idempotency-Key: there is no document yet that could hold the op.

Searched: three attempts to create the root (retries and twins), each with a fresh id of its own at
hand, and a drainer that marks the `idem` row as answered and then removes the op from the document;
every interleaving, crashes at every step, any number of them.
The protocol reserves an id first: a claim row {key -> id}, whose id all attempts insert. The wrong
variants write the claim after the insert, or leave it to the drain.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search

CLAIM_FIRST = "claim before the insert"
CLAIM_AFTER = "claim after the insert"
FRESH_IDS = "a fresh id in each attempt, the row by the drain alone"


def test_one_root_and_one_answer() -> None:
    found = explore(CLAIM_FIRST)
    assert not found.violations, found.example


@pytest.mark.parametrize("variant", [CLAIM_AFTER, FRESH_IDS])
def test_without_the_claim_before_there_are_two_roots(variant: str) -> None:
    assert "root twice" in explore(variant).violations


class Claim(NamedTuple):
    root: int
    answered: bool


class Attempt(NamedTuple):
    at: str  # the next step
    root: int | None = None  # the id that it inserts or answers with


ATTEMPTS = 3


class State(NamedTuple):
    claim: Claim | None = None
    roots: tuple[int, ...] = ()
    ops: frozenset[int] = frozenset()  # the roots whose document still holds the op
    attempts: tuple[Attempt, ...] = (Attempt("look"),) * ATTEMPTS
    drained: int | None = None  # the root whose op the drainer has copied, to be removed next


def explore(variant: str) -> Found:
    attempts = [partial(attempt, variant, i) for i in range(ATTEMPTS)]
    return search(State(), [*attempts, drainer], broken)


def attempt(variant: str, i: int, s: State) -> Iterator[State]:
    """Claim or find the claim, insert under its id; a duplicate is done: document, then row."""
    at, root = s.attempts[i]
    if at == "look":
        yield looked(variant, i, s)
    elif at == "insert" and root in s.roots:
        yield to(s, i, "document", root)
    elif at == "insert":
        done = s._replace(roots=tuple(sorted((*s.roots, root))), ops=s.ops | {root})
        yield to(done, i, "claim" if variant == CLAIM_AFTER else "answered", root)
    elif at == "claim":
        claim = s.claim or Claim(root, answered=True)
        yield to(s._replace(claim=claim), i, "answered", claim.root)
    elif at == "document":
        yield to(s, i, "answered" if root in s.ops else "row", root)
    elif at == "row":
        yield to(s, i, "answered" if s.claim and s.claim.answered else "no answer", root)
    if at in ("insert", "claim", "document", "row"):
        yield to(s, i, "crashed")


def looked(variant: str, i: int, s: State) -> State:
    """The row's answer, the row's reserved id, or a new claim: a unique insert shows which."""
    if s.claim and (s.claim.answered or variant == CLAIM_AFTER):
        return to(s, i, "answered", s.claim.root)
    if s.claim:
        return to(s, i, "insert", s.claim.root)
    claim = Claim(i, answered=False) if variant == CLAIM_FIRST else None
    return to(s._replace(claim=claim), i, "insert", i)


def drainer(s: State) -> Iterator[State]:
    """Copy the answer to the row, then remove the op; a crash between the two starts again."""
    if s.drained is not None:
        yield s._replace(ops=s.ops - {s.drained}, drained=None)
        yield s._replace(drained=None)  # crash
        return
    for root in s.ops:
        claim = Claim(s.claim.root if s.claim else root, answered=True)
        yield s._replace(claim=claim, drained=root)


def to(s: State, i: int, at: str, root: int | None = None) -> State:
    return s._replace(attempts=replaced(s.attempts, i, Attempt(at, root)))


def broken(s: State) -> Iterator[str]:
    answers = {root for at, root in s.attempts if at == "answered"}
    if len(s.roots) > 1:
        yield "root twice"
    if len(answers) > 1:
        yield "two answers"
    if not answers <= set(s.roots):
        yield "answer without a root"
    if any(at == "no answer" for at, _ in s.attempts):
        yield "no answer"
