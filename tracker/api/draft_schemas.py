"""New tasks as they come in, checked for type and size. What becomes of them is core's.

A nested list of tasks is loaded level by level, so that no depth of nesting costs Python's stack.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from tracker.core import categories, limits, pomodoros
from tracker.core.life import PRIORITIES
from tracker.core.select import SHOWN_STATUSES
from tracker.web.fields import Few, flag, one_of, said, text, uuid, when, whole

MOST_AT_ONCE = 100


class TagNames(Few):
    """Names, stripped and lower-cased; empty and repeated ones are dropped."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(text(0, limits.TAG), limits.TAGS, metadata=NAMED, **rest)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        found = super()._deserialize(value, attr, data, **kwargs)
        names = (str(name).strip().lower() for name in found)
        return list(dict.fromkeys(name for name in names if name))


class Planned(Schema):
    """How many pomodoros a task shall take; null is unknown."""

    planned = whole(0, pomodoros.MOST_PLANNED, allow_none=True)


def category(**rest: Any) -> fields.Integer:
    """The number of a category; 0 is none."""
    said = {"description": "A number among the categories of the tree's owner; 0 is none"}
    return whole(0, categories.NUMBERS, metadata=said, **rest)


NAMED = {"description": "Names; stripped, lower-cased, without repeats", "example": ["release"]}


class Draft(Schema):
    """A new task without its subtasks."""

    title = said(1, limits.TITLE, required=True)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    status = one_of(SHOWN_STATUSES)
    priority = one_of(PRIORITIES)
    start_date = when(allow_none=True)
    due_date = when(allow_none=True)
    assigned_to = uuid(allow_none=True)
    tags = TagNames()
    category = category()
    pomodoros = fields.Nested(Planned)
    notify_overdue = flag()


_DRAFT = Draft()


class Drafts(fields.Field[list[dict[str, Any]]]):
    """Tasks within tasks: each a Draft with `subtasks` of its own."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        limits.check_count(1 + _count(value))  # before any is loaded: millions take minutes
        made: list[dict[str, Any]] = []
        wrong: dict[tuple[Any, ...], Any] = {}
        level: list[tuple[Any, list[dict[str, Any]], tuple[Any, ...]]] = [(value, made, ())]
        while level:
            items, into, path = level.pop()
            if not isinstance(items, list):
                wrong[path] = ["Not a valid list."]
                continue
            for index, item in enumerate(items):
                draft = _load_draft(item, wrong, (*path, index))
                into.append(draft)
                level.append((_below(item), draft["subtasks"], (*path, index, "subtasks")))
        if wrong:
            raise ValidationError(_nested(wrong))
        return made


class TaskCreate(Draft):
    """A new task, with whatever stands below it."""

    parent_id = uuid(
        allow_none=True,
        metadata={"description": "The task to put it under; none makes a tree of its own"},
    )
    subtasks = Drafts(
        metadata={
            "description": "Tasks to make below it in the same step, nested up to the limits",
            "type": "array",
            "items": {"$ref": "#/components/schemas/SubtaskCreate"},
        }
    )


class SubtaskCreate(TaskCreate):
    """A new task below the one in the path."""

    class Meta:
        exclude = ("parent_id",)


class Bulk(Schema):
    """Up to 100 tasks to make, in order; all are checked before the first is made."""

    tasks = Few(fields.Nested(TaskCreate), MOST_AT_ONCE, required=True)


def _load_draft(
    item: Any, wrong: dict[tuple[Any, ...], Any], path: tuple[Any, ...]
) -> dict[str, Any]:
    draft: dict[str, Any] = {}
    if isinstance(item, dict):
        try:
            draft = _DRAFT.load({name: value for name, value in item.items() if name != "subtasks"})
        except ValidationError as e:
            wrong[path] = e.messages
    else:
        wrong[path] = ["Takes a JSON object."]
    draft["subtasks"] = []
    return draft


def _count(value: Any) -> int:
    """How many tasks stand in nested lists."""
    found, stack = 0, [value]
    while stack:
        items = stack.pop()
        if isinstance(items, list):
            found += len(items)
            stack.extend(_below(item) for item in items)
    return found


def _below(item: Any) -> Any:
    return item.get("subtasks", []) if isinstance(item, dict) else []


def _nested(wrong: dict[tuple[Any, ...], Any]) -> Any:
    """Messages by path, as the nested maps that a schema reports; a list of messages ends a
    path.
    """
    if () in wrong:
        return wrong[()]
    found: dict[Any, Any] = {}
    for path, messages in wrong.items():
        here = found
        for step in path[:-1]:
            here = here.setdefault(step, {})
        below = here.setdefault(path[-1], {})
        below.update(messages if isinstance(messages, dict) else {"_schema": messages})
    return found
