"""What MyTracker's later API takes and answers: its names, and ours for them."""

from typing import Any

from marshmallow import fields, post_load

from tracker.core import limits
from tracker.dialects.operations import Loose
from tracker.web.fields import name, one_of, said, text, when, whole_text

from .schemas import LONGEST_TG_NAME, task_number

ACTIVE, FINISHED = "active", "finished"
PAGE_SIZE, LARGEST_PAGE = 5, 100


class NewName(Loose):
    """Who registers."""

    tg_name = name(1, LONGEST_TG_NAME, required=True)


class Name(Loose):
    """Whom one asks about."""

    tg_name = text(1, 100, required=True)


class Creation(Loose):
    """A new task."""

    title = said(1, limits.TITLE, required=True)
    description = text(0, limits.DESCRIPTION, required=True)
    due_date = when(required=True, data_key="deadline")
    parent = task_number(data_key="parent_id")


class Update(Loose):
    """What changes of a task; null and absence leave a field as it is."""

    title = said(1, limits.TITLE, allow_none=True)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    due_date = when(allow_none=True, data_key="deadline")

    @post_load
    def _named(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {field: value for field, value in given.items() if value is not None}


class Paging(Loose):
    """Which page of a list."""

    page = whole_text(1, 1_000_000, load_default=1)
    size = whole_text(1, LARGEST_PAGE, load_default=PAGE_SIZE)
    status = one_of((ACTIVE, FINISHED), load_default=ACTIVE)


class Item(Loose):
    """A task in a list: these keys and no other."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)


class Page(Loose):
    """One page of tasks; 0 where there is no such page."""

    prev_page = fields.Integer(required=True)
    next_page = fields.Integer(required=True)
    tasks = fields.List(fields.Nested(Item), required=True)


class Task(Item):
    """A task alone."""

    description = fields.String(required=True)
    creation_date = fields.DateTime(required=True)
    deadline = fields.DateTime(required=True)
    pass_date = fields.DateTime(required=True, allow_none=True)


class Below(Loose):
    """The numbers of all that stands below a task."""

    subtasks_ids = fields.List(fields.Integer(), required=True)
