"""Who a tree is shared with: listing, giving roles, leaving, handing over. Rights act on the next
request.
"""

from datetime import datetime
from typing import Any, NamedTuple

from tracker.core import access, members
from tracker.core.edits import Edit
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import Fault, Invalid
from tracker.store import accounts

from . import finding, people, writing
from .people import User
from .world import World
from .writing import Command


class Member(NamedTuple):
    user: User
    role: str


def listing(world: World, caller: User, task: str) -> list[Member]:
    """The owner first, then the members in the order of their coming; who is gone is left out."""
    found = finding.live(world, caller, task)
    return _shown(world, caller, found.head)


def put(
    world: World, caller: User, task: str, named: str, role: str, terms: Terms = ANY
) -> list[Member]:
    """Give a person, named by id, user name or address, a role; `owner` hands the tree over.

    Raises Invalid where nobody active is called so.
    """

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        user = accounts.find_named(world.store, named)
        if user is None or user["state"] != "active":
            raise Invalid(Fault("/user", "Nobody is called so"))
        if role == "owner":
            access.require(tree, caller["_id"], "hand_over", open_workspace=world.open_workspace)
        return members.put(tree, user["_id"], role)

    return _changed(world, Command(caller, "share", task, terms), decide)


def remove(world: World, caller: User, task: str, user: str, terms: Terms = ANY) -> list[Member]:
    """End a membership; one's own is anybody's to end. Answers who is left."""
    deed = "leave" if user == caller["_id"] else "share"

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        return members.remove(tree, user)

    return _changed(world, Command(caller, deed, task, terms), decide)


def _changed(world: World, command: Command, decide: writing.Decide) -> list[Member]:
    def answering(after: Tree) -> list[list[Any]]:
        shown = _shown(world, command.caller, after)
        return [[people.public(member.user), member.role] for member in shown]

    return [Member(*pair) for pair in writing.write(world, command, decide, answering)]


def _shown(world: World, caller: User, head: dict[str, Any]) -> list[Member]:
    roles = [{"user": head["owner"], "role": "owner"}, *head["members"]]
    found = people.known(world, caller, [member["user"] for member in roles])
    return [Member(found[m["user"]], m["role"]) for m in roles if m["user"] in found]
