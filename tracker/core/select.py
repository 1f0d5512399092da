"""What a list asks for, as plain data: filters, a sort, and a cursor to go on from. Knows no
operators.

Status is derived (`overdue` depends on the hour), so a cursor carries the `now` of its first page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .life import COMPLETED, OVERDUE, STARTED, TODO, is_overdue

SHOWN_STATUSES = (TODO, STARTED, COMPLETED, OVERDUE)
SORTS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "due_date": "due_date",
    "title": "title_key",
    "priority": "priority",
    "position": "position",
    "status": "status",
}
STATUS_SORT_LIMIT = 10_000
SEARCH = 100


@dataclass(frozen=True)
class Query:
    """One list. None means "not asked"; `after` is (sort value, id) of the last row that was
    seen.
    """

    now: datetime
    page: int = 1
    page_size: int = 10
    sort_by: str = "created_at"
    descending: bool = True
    after: tuple[Any, str] | None = None
    status: str | None = None
    label: str | None = None  # the key of a status text, or of the word where there is no text
    priority: int | None = None
    assigned_to: str | None = None
    search: str | None = None
    tag: str | None = None
    root: str | None = None
    parent: str | None = None
    owner: str | None = None
    roots_only: bool = False
    in_trash: bool = False
    expanded: bool = True  # with the newest comments and files
    due_before: datetime | None = None
    due_after: datetime | None = None
    overdue: bool | None = None
    completed: bool | None = None
    category: int | None = None
    # the names that stand for `tag` on tasks, where these are others, and what for `category`
    tag_names: tuple[str, ...] | None = None
    category_ids: tuple[str | None, ...] = ()

    @property
    def key(self) -> str:
        """The field of a row that the sort looks at."""
        return SORTS[self.sort_by]

    @property
    def skip(self) -> int:
        return 0 if self.after else (self.page - 1) * self.page_size


def shown_status(row: Mapping[str, Any], now: datetime) -> str:
    """The status that an answer says: `overdue` where the deadline has passed, else the stored
    one.
    """
    return OVERDUE if is_overdue(row, now) else str(row["status"])


def status_rank(row: Mapping[str, Any], now: datetime) -> int:
    """todo < in_progress < completed < overdue, as the contract sorts."""
    return SHOWN_STATUSES.index(shown_status(row, now))


def mark(query: Query, row: Mapping[str, Any]) -> tuple[Any, str]:
    """Where the next page goes on: the sort value and the id of the last row of this one."""
    value = status_rank(row, query.now) if query.sort_by == "status" else row[query.key]
    return value, str(row["_id"])
