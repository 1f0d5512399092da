"""Queries about tasks as they come in, checked for type and size. What they find is the store's."""

from typing import Any

from marshmallow import Schema

from tracker.core import categories, limits
from tracker.core.life import PRIORITIES
from tracker.core.select import SEARCH, SHOWN_STATUSES, SORTS
from tracker.web.fields import flag_text, one_of, text, uuid, when, whole_text

LISTED_SORTS = tuple(name for name in SORTS if name != "position")


COMMENTS = 100


def _expand() -> Any:
    """Whether the items of a list come with their newest comments and files."""
    said = {"description": "`none` leaves `comments` and `files` out; else the newest 10 of each"}
    return one_of(("all", "none"), load_default="all", metadata=said)


class ListQuery(Schema):
    """The query of a list."""

    page = whole_text(1, 1_000_000)
    page_size = whole_text(1, 100, load_default=10)
    cursor = text(
        1, 4_000, metadata={"description": "`next_cursor` of the page before; instead of `page`"}
    )
    status = one_of(SHOWN_STATUSES)
    priority = one_of(PRIORITIES)
    assigned_to = uuid()
    search = text(
        0, SEARCH, metadata={"description": "Part of title or description; literal, in any case"}
    )
    sort_by = one_of(LISTED_SORTS, load_default="created_at")
    sort_order = one_of(("asc", "desc"), load_default="desc")
    tag = text(1, limits.TAG)
    category = whole_text(
        0, categories.NUMBERS, metadata={"description": "Of one's own; 0 is none"}
    )
    root = uuid(metadata={"description": "Only tasks of this tree"})
    parent = uuid(metadata={"description": "Only direct children of this task"})
    level = one_of(("roots", "all"), load_default="all")
    due_before = when(metadata={"description": "Due before this time"})
    due_after = when(metadata={"description": "Due at this time or later"})
    overdue = flag_text()
    completed = flag_text()
    expand = _expand()


class ChildrenQuery(Schema):
    """The query of a task's direct children, which come in their order."""

    page = whole_text(1, 1_000_000, load_default=1)
    page_size = whole_text(1, limits.CHILDREN_A_PAGE, load_default=100)


class TreeQuery(Schema):
    depth = whole_text(
        0, limits.LEVELS, metadata={"description": "Levels below the task; all where it is absent"}
    )


class MemberQuery(Schema):
    user = uuid(metadata={"description": "Whose membership ends; your own where it is absent"})


class DeleteQuery(Schema):
    permanent = flag_text(load_default=False, metadata={"description": "For good, trash or not"})


class TrashQuery(Schema):
    page = whole_text(1, 1_000_000, load_default=1)
    page_size = whole_text(1, 100, load_default=10)


class HistoryQuery(Schema):
    page_size = whole_text(1, 100, load_default=20)
    cursor = text(1, 4_000, metadata={"description": "`next_cursor` of the page before"})


class CommentsQuery(Schema):
    """The query of comments; without it they all come."""

    limit = whole_text(1, COMMENTS, metadata={"description": "The `Link` header leads on"})
    cursor = text(1, 4_000, metadata={"description": "Of the `Link` of the page before"})


class CompleteQuery(Schema):
    cascade = flag_text(
        load_default=False, metadata={"description": "Close what is open below it, too"}
    )
