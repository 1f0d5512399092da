"""What a task is labelled with, as it leaves: tags, category, pomodoros. Whose tags and categories
they are says the owner of its tree.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from tracker.core import categories, pomodoros
from tracker.core.tags import Palette


class Tag(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    color = fields.String(required=True, metadata={"pattern": "^#[0-9a-fA-F]{6}$"})
    created_at = fields.DateTime(required=True)


class Pomodoros(Schema):
    """How many pomodoros were planned for a task, and how many are done."""

    planned = fields.Integer(required=True, allow_none=True)
    done = fields.Integer(required=True)


class Labels(Schema):
    """What stands on a task as a name or a number."""

    tags = fields.List(fields.Nested(Tag), required=True)
    category = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "A number among the categories of the tree's owner"},
    )
    pomodoros = fields.Nested(Pomodoros, required=True)


class Owner(NamedTuple):
    """Whose labels a tree's tasks carry: made once for all tasks of a tree."""

    palette: Palette
    categories_going: tuple[int, ...]

    @classmethod
    def of(cls, people: Mapping[str, Mapping[str, Any]], owner: str, since: datetime) -> "Owner":
        """One of the people of an answer; the tags of who is gone are as old as what is shown."""
        user = people.get(owner) or {}
        return cls(Palette.of(owner, user, since), tuple(user.get("categories_going", ())))


def labels(stored: Mapping[str, Any], owner: Owner) -> dict[str, Any]:
    """A row's or a node's labels as `Labels`."""
    whose, going = owner.palette.owner, owner.categories_going
    return {
        "tags": owner.palette.shown(stored["tags"]),
        "category": categories.number_of(stored.get("category"), whose, going),
        "pomodoros": pomodoros.of_node(stored)._asdict(),
    }
