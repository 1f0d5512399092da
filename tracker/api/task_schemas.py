"""Changes of tasks as they come in, checked for type and size. Rules are core's."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from tracker.core import access, limits, order
from tracker.core.life import OVERDUE, PRIORITIES, RULES
from tracker.core.select import SHOWN_STATUSES
from tracker.web.fields import (
    flag,
    one_of,
    read_uuid,
    said,
    text,
    uuid,
    when,
)

from .draft_schemas import Planned, TagNames, category


class TaskUpdate(Schema):
    """PUT as pages send it: absent and null leave a field as it is; the read-only keys of an answer
    are ignored.
    """

    title = said(1, limits.TITLE, allow_none=True)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    status = one_of(SHOWN_STATUSES, allow_none=True)
    priority = one_of(PRIORITIES, allow_none=True)
    start_date = when(allow_none=True)
    due_date = when(allow_none=True)
    assigned_to = uuid(allow_none=True)
    tags = TagNames(allow_none=True)
    category = category(allow_none=True)
    pomodoros = fields.Nested(Planned, allow_none=True)
    notify_overdue = flag(allow_none=True)

    @pre_load
    def drop_read_only(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data = {name: value for name, value in data.items() if name not in READ_ONLY}
        if isinstance(data.get("tags"), list):
            data["tags"] = [tag["name"] if _is_answered_tag(tag) else tag for tag in data["tags"]]
        if isinstance(data.get("pomodoros"), dict):
            data["pomodoros"] = {k: v for k, v in data["pomodoros"].items() if k != "done"}
        return data

    @post_load
    def drop_nulls(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        nothing: tuple[Any, ...] = (None, {}, {"planned": None})
        return {k: v for k, v in data.items() if v not in nothing and (k, v) != ("status", OVERDUE)}


READ_ONLY = {
    "id",
    "number",
    "parent_id",
    "root_id",
    "depth",
    "position",
    "rev",
    "status_label",
    "overdue",
    "is_deleted",
    "created_by",
    "creator",
    "assignee",
    "files",
    "comments",
    "file_count",
    "comment_count",
    "subtask_count",
    "created_at",
    "updated_at",
    "completed_at",
    "progress",
    "completion",
}


class TaskPatch(Schema):
    """JSON merge patch (RFC 7396): only what is named changes, null clears."""

    title = said(1, limits.TITLE)
    description = text(0, limits.DESCRIPTION, allow_none=True)
    status = one_of(SHOWN_STATUSES)
    priority = one_of(PRIORITIES)
    start_date = when(allow_none=True)
    due_date = when(allow_none=True)
    assigned_to = uuid(allow_none=True)
    tags = TagNames(allow_none=True)
    category = category(allow_none=True)
    pomodoros = fields.Nested(Planned, allow_none=True)
    notify_overdue = flag()
    completion = one_of(RULES, metadata={"description": "The rule of the tree; on its root only"})
    parent_id = uuid(
        allow_none=True, metadata={"description": "Moves the task; goes in a request of its own"}
    )

    @post_load
    def settle(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "parent_id" in data and len(data) > 1:
            raise ValidationError("Moves a task, and so goes in a request of its own.", "parent_id")
        if "tags" in data:
            data["tags"] = data["tags"] or []
        return {k: v for k, v in data.items() if (k, v) != ("status", OVERDUE)}


class Spot(fields.Field[order.Spot]):
    """`first`, `last`, `{"before": id}` or `{"after": id}`."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> order.Spot:
        if value in {"first", "last"} if isinstance(value, str) else False:
            return order.Spot(value)
        if isinstance(value, dict) and len(value) == 1:
            where, sibling = next(iter(value.items()))
            found = read_uuid(sibling) if isinstance(sibling, str) else None
            if where in {"before", "after"} and found:
                return order.Spot(where, found)
        raise ValidationError('Takes "first", "last", {"before": id} or {"after": id}.')


class Move(Schema):
    """Where a task goes."""

    parent_id = uuid(
        required=True,
        allow_none=True,
        metadata={"description": "The new parent; null makes it a tree of its own"},
    )
    position = Spot(
        load_default=order.Spot,
        metadata={"description": "`first`, `last` (default), `{before: id}` or `{after: id}`"},
    )

    @post_load
    def settle(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data["parent_id"] is None and data["position"].sibling:
            raise ValidationError("Roots have no order among each other.", "position")
        return data


class MemberPut(Schema):
    """Whom to give which role; `owner` hands the tree over."""

    user = text(1, 254, required=True, metadata={"description": "Id, user name or e-mail address"})
    role = one_of(tuple(access.ROLES), required=True)


def _is_answered_tag(tag: Any) -> bool:
    return isinstance(tag, dict) and isinstance(tag.get("name"), str)
