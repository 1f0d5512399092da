"""The blueprint `notifications`: what one was told, as TaskHub serves it, and what one wishes to be
told; and telling whoever answers for an overdue task.
"""

from typing import Any, cast

from flask import Response, current_app
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.core import preferences
from tracker.core.notices import KINDS
from tracker.core.preferences import WAYS
from tracker.core.terms import Terms
from tracker.services import notifying
from tracker.services.notifying import Listed, Mark
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import flag, flag_text, text, whole_text
from tracker.web.operations import operation
from tracker.web.paging import Sealer
from tracker.web.principal import caller

ALL_READ = {"status": "ok", "message": "All notifications marked as read"}
EXAMPLE = {"task_assigned": {"mail": True}, "member_added": {"in_app": False}}


class Notification(Schema):
    """What one person was told."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    task_id = fields.UUID(required=True, allow_none=True)
    type = fields.String(required=True, metadata={"enum": [*KINDS, "alert"]})
    title = fields.String(required=True)
    message = fields.String(required=True)
    is_read = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)


class NotificationPage(Schema):
    """Notifications, the newest first."""

    notifications = fields.List(fields.Nested(Notification), required=True)
    unread_count = fields.Integer(required=True, metadata={"description": "At most 1,000"})
    next_cursor = fields.String(required=True, allow_none=True)


class UnreadCount(Schema):
    unread_count = fields.Integer(required=True)


class AllRead(Schema):
    status = fields.String(required=True)
    message = fields.String(required=True)


class NotificationQuery(Schema):
    """Which notifications, and how many."""

    limit = whole_text(1, 100, load_default=20)
    cursor = text(1, 4_000, metadata={"description": "`next_cursor` of the page before"})
    unread = flag_text(load_default=False, metadata={"description": "Only what is not read"})


Ways = Schema.from_dict({way: flag(required=True) for way in WAYS}, name="Ways")
ChosenWays = Schema.from_dict({way: flag() for way in WAYS}, name="ChosenWays")
Preferences = Schema.from_dict(
    {kind: fields.Nested(Ways, required=True) for kind in KINDS}, name="Preferences"
)
ChosenPreferences = Schema.from_dict(
    {kind: fields.Nested(ChosenWays) for kind in KINDS}, name="ChosenPreferences"
)
QUERY, CHOSEN = NotificationQuery(), ChosenPreferences()


class Notifications(Resource):
    @operation(
        "List what one was told", query=QUERY, answers={200: NotificationPage}, errors=(400,)
    )
    def get(self, query: dict[str, Any]) -> Response:
        after = (
            Mark(*_sealer().open("notifications", query["cursor"])) if "cursor" in query else None
        )
        listed = notifying.listing(
            world(), caller(), after=after, unread=query["unread"], limit=query["limit"]
        )
        return answer(_page(listed))


class Unread(Resource):
    @operation("Count what one has not read", answers={200: UnreadCount})
    def get(self) -> Response:
        return answer({"unread_count": notifying.unread(world(), caller())})


class Read(Resource):
    @operation("Mark a notification as read", answers={200: Notification}, errors=(404,))
    def put(self, notification_id: str) -> Response:
        return _read(notification_id)

    @operation("Mark a notification as read", answers={200: Notification}, errors=(404,))
    def post(self, notification_id: str) -> Response:
        return _read(notification_id)


class ReadAll(Resource):
    @operation("Mark all notifications as read", answers={200: AllRead})
    def post(self) -> Response:
        notifying.read_all(world(), caller())
        return answer(ALL_READ)


class One(Resource):
    @operation("Take a notification away", answers={204: None}, errors=(404,))
    def delete(self, notification_id: str) -> Response:
        notifying.remove(world(), caller(), notification_id)
        return answer(None, 204)


class NotificationPreferences(Resource):
    @operation("Read what one is told, and by which way", answers={200: Preferences})
    def get(self) -> Response:
        return answer(preferences.of(caller()))

    @operation(
        "Choose what one is told, and by which way; what is not named stays",
        body=CHOSEN,
        example=EXAMPLE,
        answers={200: Preferences},
    )
    def patch(self, body: dict[str, Any]) -> Response:
        return answer(notifying.prefer(world(), caller(), body))


class NotifyOverdue(Resource):
    @operation(
        "Tell the assignee of an overdue task, else its creator; 400 where it is not overdue",
        writes=True,
        answers={200: Notification},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> Response:
        return answer(notification(notifying.tell_overdue(world(), caller(), task_id, terms)))


def notification(row: dict[str, Any]) -> dict[str, Any]:
    """A stored row as `Notification`."""
    return {
        "id": row["_id"],
        "user_id": row["user"],
        "task_id": row["task"],
        "type": row["kind"],
        "title": row["title"],
        "message": row["message"],
        "is_read": row["is_read"],
        "created_at": row["created_at"],
    }


def _read(notification_id: str) -> Response:
    return answer(notification(notifying.read(world(), caller(), notification_id)))


def _page(listed: Listed) -> dict[str, Any]:
    further = listed.further
    return {
        "notifications": [notification(row) for row in listed.rows],
        "unread_count": listed.unread,
        "next_cursor": _sealer().seal("notifications", list(further)) if further else None,
    }


def _sealer() -> Sealer:
    return cast(Sealer, current_app.extensions["cursors"])
