"""A bulk under one Idempotency-Key: each item once, none left out, also by a retry half-way.

Searched: two overlapping attempts of a bulk of two items, on one tree or on two, and a drainer a
tree that moves ops to `idem` rows; every interleaving, crashes at every step, any number of them.
The protocol gives each item a key of its own, key#i, committed with the item. The wrong variants
have one key for the whole bulk: recorded after the last item, in the commit of the first, or in
every commit.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest

from tests.models.search import Found, replaced, search

OWN_KEYS = "key#i in the commit of item i"
AT_THE_END = "one key, recorded after the last item"
IN_THE_FIRST = "one key, in the commit of the first item"
IN_EACH = "one key, in every commit"

Layout = tuple[int, int]  # the tree of each item
ONE_TREE, TWO_TREES = (0, 0), (0, 1)

on_each_layout = pytest.mark.parametrize("trees", [ONE_TREE, TWO_TREES], ids=["one", "two"])


@on_each_layout
def test_each_item_is_done_once(trees: Layout) -> None:
    found = explore(OWN_KEYS, trees)
    assert not found.violations, found.example


@on_each_layout
@pytest.mark.parametrize(
    ("variant", "promise"),
    [(AT_THE_END, "item twice"), (IN_THE_FIRST, "item lost"), (IN_EACH, "item lost")],
)
def test_one_key_doubles_or_loses_items(variant: str, promise: str, trees: Layout) -> None:
    assert promise in explore(variant, trees).violations


class Tree(NamedTuple):
    rev: int = 0
    ops: frozenset[str] = frozenset()


class Attempt(NamedTuple):
    at: str = "document"  # the next step
    item: int = 0
    rev: int = 0  # of the document that it read


class State(NamedTuple):
    trees: tuple[Tree, ...] = (Tree(), Tree())
    rows: frozenset[str] = frozenset()  # keys in `idem`
    effects: tuple[int, int] = (0, 0)  # how often each item was done
    attempts: tuple[Attempt, ...] = (Attempt(), Attempt())
    drained: tuple[frozenset[str], ...] = (frozenset(), frozenset())  # copied, to be removed next


def explore(variant: str, trees: Layout) -> Found:
    attempts = [partial(attempt, variant, trees, i) for i in (0, 1)]
    return search(State(), [*attempts, *(partial(drainer, tree) for tree in set(trees))], broken)


def attempt(variant: str, trees: Layout, i: int, s: State) -> Iterator[State]:
    """Item by item: document, row, compare-and-set on the rev of that document."""
    at, item, rev = s.attempts[i]
    key = f"key#{item}" if variant == OWN_KEYS else "key"
    looks = variant in (OWN_KEYS, IN_EACH) or item == 0
    if at == "document" and looks and key in s.trees[trees[item]].ops:
        yield found_done(variant, i, s)
    elif at == "document":
        yield to(s, i, "row", item, s.trees[trees[item]].rev)
    elif at == "row" and looks and key in s.rows:
        yield found_done(variant, i, s)
    elif at == "row":
        yield to(s, i, "commit", item, rev)
    elif at == "commit":
        yield committed(variant, trees[item], key, i, s)
    elif at == "record":
        yield to(s._replace(rows=s.rows | {key}), i, "answered", item)
    if at not in ("answered", "crashed"):
        yield to(s, i, "crashed", item)


def found_done(variant: str, i: int, s: State) -> State:
    """The key is known: this item is done; under one key looked up first, so is the bulk."""
    item = s.attempts[i].item
    of_the_item = variant in (OWN_KEYS, IN_EACH)
    return following(i, s, "answered", item) if of_the_item else to(s, i, "answered", item)


def committed(variant: str, tree: int, key: str, i: int, s: State) -> State:
    """The one update: the item's effect, rev + 1, the op; or, the race lost, the item again."""
    _, item, rev = s.attempts[i]
    before = s.trees[tree]
    if before.rev != rev:
        return to(s, i, "document", item)
    pushes = variant in (OWN_KEYS, IN_EACH) or (variant == IN_THE_FIRST and item == 0)
    after = Tree(rev + 1, before.ops | {key} if pushes else before.ops)
    effects = replaced(s.effects, item, s.effects[item] + 1)
    done = s._replace(trees=replaced(s.trees, tree, after), effects=effects)
    return following(i, done, "record" if variant == AT_THE_END else "answered", item)


def following(i: int, s: State, last: str, item: int) -> State:
    """The next item, or this last step after the last item."""
    return to(s, i, "document", item + 1) if item == 0 else to(s, i, last, item)


def drainer(tree: int, s: State) -> Iterator[State]:
    """Copy the ops to rows, then remove those; a crash between the two starts again."""
    held, copied = s.trees[tree], s.drained[tree]
    resting = s._replace(drained=replaced(s.drained, tree, frozenset()))
    if copied:
        left = held._replace(ops=held.ops - copied)
        yield resting._replace(trees=replaced(s.trees, tree, left))
        yield resting  # crash
    elif held.ops:
        yield s._replace(rows=s.rows | held.ops, drained=replaced(s.drained, tree, held.ops))


def to(s: State, i: int, at: str, item: int, rev: int = 0) -> State:
    return s._replace(attempts=replaced(s.attempts, i, Attempt(at, item, rev)))


def broken(s: State) -> Iterator[str]:
    if max(s.effects) > 1:
        yield "item twice"
    if min(s.effects) == 0 and any(attempt.at == "answered" for attempt in s.attempts):
        yield "item lost"
