"""Making tasks: a tree of its own, a task below another, many at once. Each is one write."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tracker.core import access, commits, demands, drafts, limits, moving, trees
from tracker.core import place as places
from tracker.core.commits import Act
from tracker.core.demands import Demands
from tracker.core.drafts import Birth, Draft
from tracker.core.edits import Edit, merge
from tracker.core.terms import ANY, Key, Terms
from tracker.core.trees import Node, Place, Tree
from tracker.errors import Fault, Invalid, NotFound, TrackerError
from tracker.store import idem
from tracker.store import trees as stored

from . import categorizing, editing, finding, people, replies, telling, writing
from .people import Answer, User
from .world import World
from .writing import Command


def create(
    world: World,
    caller: User,
    draft: Draft,
    terms: Terms = ANY,
    *,
    asked: Demands = demands.NONE,
) -> Answer:
    """Make a task: below `parent_id` where the draft names one, else as a tree of its own.

    Raises NotFound for the parent, TooLarge, Invalid, and Unmet for what the door asks.
    """
    if draft.get("parent_id"):
        return _below(world, caller, draft, terms, asked)
    demands.check_new(asked, draft, (), world.now())
    if terms.key:
        return _claimed_root(world, caller, draft, terms.key)
    first, answer = _root(world, caller, draft, world.new_id())
    stored.insert(world.store, first)
    telling.settle_new(world, first)
    return answer


def create_many(
    world: World, caller: User, wanted: Sequence[Draft], terms: Terms = ANY
) -> list[Answer]:
    """Make tasks in order: all are checked before the first is written; each is a write with a key
    of its own.

    A crash in between leaves those made so far. The same request under the same key makes the rest.
    If-Match is compared before the first write: what these writes change must not end it.
    """
    limits.check_bulk(sum(drafts.count(draft) for draft in wanted))
    keys = [terms.key.of_item(index) if terms.key else None for index in range(len(wanted))]
    made: list[Answer] = []
    for draft, key in zip(wanted, keys, strict=True):
        before = _made_before(world, caller, draft, key) if key else None
        if before is None:
            break  # they are made in order
        made.append(before)
    _check(world, caller, wanted[len(made) :], terms, first=len(made))
    matched = terms.if_match and "*"
    for draft, key in list(zip(wanted, keys, strict=True))[len(made) :]:
        made.append(create(world, caller, draft, Terms(matched, key)))
    return made


def _made_before(world: World, caller: User, draft: Draft, key: Key) -> Answer | None:
    """The stored answer of an item: nothing is checked again for what is made."""
    if draft.get("parent_id"):
        root = finding.find_root(world, caller, draft["parent_id"])
    else:
        claim = idem.get(world.store, key.id, world.now())
        root = claim["root"] if claim else None
    done = replies.standing(world, stored.load(world.store, root) if root else None, key)
    return done.result if done else None


def _check(
    world: World, caller: User, wanted: Sequence[Draft], terms: Terms, *, first: int
) -> None:
    """What can be refused beforehand: unknown people and parents, rights, If-Match, limits. Each
    draft is held against its tree as those before it leave it.
    """
    grown: dict[str, Tree] = {}
    for index, draft in enumerate(wanted, first):
        with _named(index):
            _check_one(world, caller, draft, terms, grown)


def _check_one(
    world: World, caller: User, draft: Draft, terms: Terms, grown: dict[str, Tree]
) -> None:
    count = drafts.count(draft)
    ids, numbers = (world.new_id() for _ in range(count)), iter(range(count))
    if not draft.get("parent_id"):
        _planted(world, caller, draft, ids, numbers)
        return
    root = finding.root_of(world, caller, draft["parent_id"])
    tree = grown.get(root) or stored.load(world.store, root)
    place = trees.find(tree, draft["parent_id"]) if tree else None
    if tree is None or place is None:
        raise NotFound(access.NO_TASK)
    command = Command(caller, "create", draft["parent_id"], Terms(terms.if_match))
    writing.check(world, command, tree, place)
    birth = Birth(world.now(), caller["_id"], tree["rev"] + 1)
    named = categorizing.drafted(world, tree["owner"], draft)
    edit = _inserted(world, caller, tree, place, drafts.grow(named, ids, numbers, birth, 1.0))
    moving.require_thawed(tree, place, edit)
    grown[root] = edit.apply(tree)


@contextmanager
def _named(index: int) -> Iterator[None]:
    """What is refused inside says of which item: by `item`, and its pointers begin there."""
    try:
        yield
    except TrackerError as refused:
        refused.extra = {**refused.extra, "item": index}
        if isinstance(refused, Invalid):
            below = f"/tasks/{index}"
            refused.faults = tuple(Fault(below + at, detail) for at, detail in refused.faults)
        raise


def _below(world: World, caller: User, draft: Draft, terms: Terms, asked: Demands) -> Answer:
    named, numbered = _names(world, draft)
    ids, numbers = list(named), list(numbered)

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        line = [*trees.line(tree, place.path), place.node]
        demands.check_new(asked, draft, line, now)
        birth = Birth(now, caller["_id"], tree["rev"] + 1)
        wanted = categorizing.drafted(world, tree["owner"], draft)
        node = drafts.grow(wanted, iter(ids), iter(numbers), birth, float(birth.rev))
        return _inserted(world, caller, tree, place, node)

    command = Command(caller, "create", draft["parent_id"], terms)
    answering = editing.showing(world, caller, ids[0])
    made: Answer = writing.write(world, command, decide, answering)
    return made


def _inserted(world: World, caller: User, tree: Tree, place: Place, node: Node) -> Edit:
    """The Edit that puts a new node below a place; giving tasks to people takes a right more."""
    given = {below.node["assigned_to"] for below in trees.walk(node)} - {None}
    if given:
        access.require(tree, caller["_id"], "assign", open_workspace=world.open_workspace)
        people.require_visible(world, caller, given)
    inserted = places.insert(tree, place, node, at=node["created_at"])
    return merge([inserted, editing.admitted(world, caller, tree, given)])


def _claimed_root(world: World, caller: User, draft: Draft, key: Key) -> Answer:
    """A root under a key: its id is claimed first, so that every retry inserts the same document.

    What is refused claims nothing, so that the key may still be used.
    """
    now = world.now()
    claim = idem.get(world.store, key.id, now)
    done = claim and _settled(world, claim, key)
    if done:
        return done
    first, answer = _root(world, caller, draft, claim["root"] if claim else world.new_id())
    if claim is None and not idem.claim(world.store, key.id, key.request, first["_id"], now):
        return _claimed_root(world, caller, draft, key)  # somebody was first: theirs is used
    keyed = {**first, "ops": [{**replies.op(key, first, answer, at=now), "seq": 1}]}
    if stored.insert(world.store, keyed):
        telling.settle_new(world, keyed)
        return answer
    settled = _settled(world, {"root": first["_id"], "request": key.request}, key)
    assert settled is not None  # it came with its op, and leaves it only for the key's row
    return settled


def _settled(world: World, claim: dict[str, Any], key: Key) -> Answer | None:
    """The answer of the root that a claim names, once it is made; raises Invalid for another
    request's claim.
    """
    replies.require_same(claim, key)
    done = replies.standing(world, stored.load(world.store, claim["root"]), key)
    return done.result if done else None


def _root(world: World, caller: User, draft: Draft, root_id: str) -> tuple[Tree, Answer]:
    """A new tree as it would be stored, and the answer that shows its root."""
    ids, numbers = _names(world, draft)
    next(ids)
    tree = _planted(world, caller, draft, _first(root_id, ids), numbers)
    root, now = tree["root"], tree["root"]["created_at"]
    admitted = editing.admitted(world, caller, tree, {*drafts.assignees(draft)})
    act = Act(caller["_id"], "create", root_id, now)
    first = commits.found(admitted.apply(tree), drafts.born(root), act, world.store.space_of)
    row = writing.row_after(world, first, root_id)
    return first, people.around(world, caller, [row], now)


def _planted(
    world: World, caller: User, draft: Draft, ids: Iterator[str], numbers: Iterator[int]
) -> Tree:
    """A draft as a tree of the caller; raises what refuses it."""
    people.require_visible(world, caller, drafts.assignees(draft))
    draft = categorizing.drafted(world, caller["_id"], draft)
    root = drafts.grow(draft, ids, numbers, Birth(world.now(), caller["_id"], 1), 1.0)
    return drafts.plant(root, owner=caller["_id"])


def _names(world: World, draft: Draft) -> tuple[Iterator[str], Iterator[int]]:
    """Fresh ids and numbers for every task of a draft; raises TooLarge before any is taken in
    vain.
    """
    count = drafts.count(draft)
    return (world.new_id() for _ in range(count)), iter(world.store.numbers.take(count))


def _first(root_id: str, rest: Iterator[str]) -> Iterator[str]:
    yield root_id
    yield from rest
