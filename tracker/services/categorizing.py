"""A person's categories, and which of them tasks of their trees are in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.core import categories as rules
from tracker.core.categories import FIRST, FIRST_NAME, MOST, fold
from tracker.core.drafts import Draft
from tracker.core.trees import Node
from tracker.errors import Busy, Conflict, Fault, Invalid, NotFound, TooLarge
from tracker.store import accounts, categories, tags

from . import tidying
from .people import User
from .world import World

UNNAMED = "Category"
NO_CATEGORY = "Category not found"
TRIES = 5


class Category(NamedTuple):
    number: int
    name: str


def listing(world: World, user: User) -> list[Category]:
    """A person's categories by their numbers."""
    known = {one["number"]: one for one in categories.of_user(world.store, user["_id"])}
    known.setdefault(FIRST, {"name": FIRST_NAME})
    going = user.get("categories_going", ())
    return [
        Category(number, one["name"])
        for number, one in sorted(known.items())
        if "name" in one and number not in going
    ]


def one(world: World, user: User, number: int) -> Category:
    """A category by its number. Raises NotFound."""
    for found in listing(world, user):
        if found.number == number:
            return found
    raise NotFound(NO_CATEGORY)


def number_of(owner: User, stored: Mapping[str, Any]) -> int | None:
    """The number of the category that a task of a tree of this owner is in; None for none."""
    going = owner.get("categories_going", ())
    return rules.number_of(stored.get("category"), owner["_id"], going)


def create(world: World, user: User, name: str) -> Category:
    """A new category under the next number. Raises Conflict for a name that is taken, TooLarge."""
    for _ in range(TRIES):
        there = listing(world, user)
        _require_free(there, name)
        _require_room(there)
        number = _next_number(world, user)
        if categories.add(world.store, user["_id"], number, name, world.now()):
            return Category(number, name)
    raise Busy


def provide(world: World, user: User, number: int, owner: str | None = None) -> None:
    """See to it that the user has a category of this number, for a door that knows no other way to
    make one: it is called by its number. Nothing for 0, or where the tree is another owner's.

    Raises TooLarge, and Busy while one of this number is on its way out.
    """
    if not number or owner not in {None, user["_id"]}:
        return
    for _ in range(TRIES):
        there = listing(world, user)
        if number in {one.number for one in there}:
            return
        _require_room(there)
        if number in user.get("categories_going", ()):
            raise Busy
        name = _unused(there, f"{UNNAMED} {number}")
        if categories.add(world.store, user["_id"], number, name, world.now()):
            return
    raise Busy


def rename(world: World, user: User, number: int, name: str) -> Category:
    """A category under another name. Raises NotFound, Conflict."""
    one(world, user, number)
    _require_free([other for other in listing(world, user) if other.number != number], name)
    categories.put(world.store, user["_id"], number, name, world.now())
    return Category(number, name)


def delete(world: World, user: User, number: int) -> None:
    """End a category; no task is in it from now on. Raises NotFound."""
    for _ in range(TRIES):
        fresh = accounts.find(world.store, user["_id"]) or user
        one(world, fresh, number)
        going = [*fresh.get("categories_going", ()), number]
        now, kept = world.now(), fresh.get("tags") or {}
        changed = tags.put(world.store, fresh, kept, now, categories_going=going)
        if changed:
            tidying.begin(world, changed)
            return
    raise Busy


def given(world: World, owner: str, node: Node, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The changes of a task, with what stands on it for the category that they name.

    Raises Invalid where the owner of the tree has none of this number.
    """
    if "category" not in changes:
        return changes
    number = changes["category"] or 0
    category = rules.id_of(owner, number)
    others = {name: value for name, value in changes.items() if name != "category"}
    if category == node.get("category"):
        return others
    _require_known(world, owner, {number} - {0})
    return {**others, "category": category}


def drafted(world: World, owner: str, draft: Draft) -> Draft:
    """A draft of a tree of this owner, likewise, at every level."""
    found = [one for one in _walk(draft) if one.get("category")]
    if not found:
        return draft
    _require_known(world, owner, {one["category"] for one in found})
    return _named(draft, owner)


def _named(draft: Draft, owner: str) -> Draft:
    """A copy of a draft, made level by level: no depth costs Python's stack."""
    top: dict[str, Any] = dict(draft)
    stack = [top]
    while stack:
        one = stack.pop()
        one["category"] = rules.id_of(owner, one.get("category") or 0)
        one["subtasks"] = [dict(below) for below in one.get("subtasks") or ()]
        stack.extend(one["subtasks"])
    return top


def _walk(draft: Draft) -> list[Draft]:
    found, stack = [], [draft]
    while stack:
        one = stack.pop()
        found.append(one)
        stack.extend(one.get("subtasks") or ())
    return found


def _require_known(world: World, owner: str, numbers: set[int]) -> None:
    user = accounts.find(world.store, owner) if numbers else None
    known = {one.number for one in listing(world, user)} if user else set()
    if numbers - known:
        fault = f"The owner of the tree has no category {min(numbers - known)}"
        raise Invalid(Fault("/category", fault))


def _require_room(there: list[Category]) -> None:
    if len(there) >= MOST:
        raise TooLarge(Fault("", f"A person has at most {MOST} categories"))


def _next_number(world: World, user: User) -> int:
    """The counter does not know of those that came by their number."""
    known = {one["number"] for one in categories.of_user(world.store, user["_id"])}
    while (number := categories.next_number(world.store, user["_id"])) in known:
        pass
    return number


def _unused(there: list[Category], name: str) -> str:
    """The name, or where one is called so, the name with the first free number behind it."""
    known = {fold(one.name) for one in there}
    names = (f"{name} ({again})" for again in range(2, MOST + 2))
    return name if fold(name) not in known else next(n for n in names if fold(n) not in known)


def _require_free(there: list[Category], name: str) -> None:
    if any(fold(one.name) == fold(name) for one in there):
        raise Conflict(categories.EXISTS)
