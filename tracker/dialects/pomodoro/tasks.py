"""Tasks of Pomodoro FastAPI: the planned pomodoros of ours, and the number of a category."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields, post_load

from tracker.core import categories, pomodoros
from tracker.core.rows import Row
from tracker.core.select import Query
from tracker.dialects.operations import Loose, operation
from tracker.dialects.paging import Paging, listed
from tracker.errors import Unmet
from tracker.services import categorizing, editing, finding, making, reading, trashing
from tracker.services.people import Answer
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import said, text, whole
from tracker.web.principal import caller

NAME, DESCRIPTION = 50, 255
LEAST_PLANNED = 1


def _count(**rest: Any) -> fields.Integer:
    """Planned pomodoros; one below the least is refused in words of its own."""
    least = {"minimum": LEAST_PLANNED}
    return whole(None, pomodoros.MOST_PLANNED, data_key="pomodoro_count", metadata=least, **rest)


def _category_number(**rest: Any) -> fields.Integer:
    return whole(0, categories.NUMBERS, data_key="category_id", **rest)


class Changes(Loose):
    """What changes of a task; absent and null leave a field as it is."""

    title = said(1, NAME, data_key="name", allow_none=True)
    description = text(0, DESCRIPTION, allow_none=True)
    planned = _count(allow_none=True)
    category = _category_number(allow_none=True)

    @post_load
    def as_ours(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        given = {field: value for field, value in data.items() if value is not None}
        planned = given.pop("planned", None)
        if planned is None:
            return given
        if planned < LEAST_PLANNED:
            raise Unmet("planned")
        return {**given, "pomodoros": {"planned": planned}}


class Draft(Changes):
    """A new task."""

    title = said(1, NAME, data_key="name", required=True)
    planned = _count(required=True)
    category = _category_number(required=True)


class Task(Schema):
    """A task."""

    task_id = fields.Integer(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    pomodoro_count = fields.Integer(required=True)
    category_id = fields.Integer(required=True)
    owner_id = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class Tasks(Resource):
    @operation(
        "List one's own tasks, the newest first", query=Paging(), answers={200: [Task]},
        errors=(422,),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> Response:
        wanted = Query(now=world().now(), owner=caller()["_id"], **query)
        found = reading.listing(world(), caller(), wanted)
        return listed([_task(found.answer, row) for row in found.answer.rows], found.total)

    @operation("Make a task", body=Draft(), answers={201: Task}, errors=(400, 422))
    def post(self, body: dict[str, Any]) -> Response:
        categorizing.provide(world(), caller(), body["category"])
        return _shown(making.create(world(), caller(), body), 201)


class OneTask(Resource):
    @operation("Read a task", number="task_id", answers={200: Task}, errors=(404, 422))
    def get(self, task_id: int) -> Response:
        return _shown(reading.task(world(), caller(), _id(task_id)))

    @operation(
        "Change a task; absent and null leave a field as it is", number="task_id", body=Changes(),
        answers={200: Task}, errors=(400, 403, 404, 409, 422),
    )  # fmt: skip
    def patch(self, task_id: int, body: dict[str, Any]) -> Response:
        found = reading.task(world(), caller(), _id(task_id))
        categorizing.provide(world(), caller(), body.get("category", 0), found.row["owner"])
        return _shown(editing.change(world(), caller(), found.row["_id"], body))

    @operation(
        "Put a task into the trash", number="task_id", answers={204: None}, errors=(403, 404, 409)
    )
    def delete(self, task_id: int) -> Response:
        trashing.delete(world(), caller(), _id(task_id))
        return answer(None, 204)


def _id(number: int) -> str:
    return finding.numbered(world(), caller(), number)


def _shown(found: Answer, status: int = 200) -> Response:
    return answer(_task(found, found.row), status)


def _task(found: Answer, row: Row) -> dict[str, Any]:
    """A row as `Task`."""
    owner = found.people[row["owner"]]
    return {
        "task_id": row["number"],
        "name": row["title"],
        "description": row["description"],
        "pomodoro_count": pomodoros.of_node(row).planned or LEAST_PLANNED,
        "category_id": categorizing.number_of(owner, row) or 0,
        "owner_id": owner["number"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }
