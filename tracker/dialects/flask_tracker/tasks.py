"""Making, changing and deleting tasks."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import fields

from tracker.dialects.operations import operation
from tracker.services import editing, making, reading, trashing
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.principal import caller

from . import lists, shapes
from .people import Message
from .task_fields import NewTask, StatusChange, TaskChange, as_ours, known_id

NEW, CHANGE, STATUS = NewTask(), TaskChange(), StatusChange()


class Added(Message):
    """A task was made."""

    task_id = fields.String(required=True)


class Updated(Message):
    """A task was changed."""

    task = fields.Nested(shapes.Task, required=True)


class AddTask(Resource):
    @operation("Make a task", body=NEW, answers={200: Added}, errors=(400, 415))
    def post(self, body: dict[str, Any]) -> Response:
        return answer(_added(body))


class Tasks(lists.AllTasks):
    @operation("Make a task", body=NEW, answers={201: Added}, errors=(400, 415))
    def post(self, body: dict[str, Any]) -> Response:
        return answer(_added(body), 201)


class OneTask(Resource):
    @operation(
        "Change a task; absent and null leave a field as it is", body=CHANGE,
        answers={200: Updated}, errors=(400, 403, 404, 409, 415),
    )  # fmt: skip
    def put(self, task_id: str, body: dict[str, Any]) -> Response:
        return _updated(task_id, body)

    @operation("Delete a task", answers={200: Message}, errors=(403, 404, 409))
    def delete(self, task_id: str) -> Response:
        trashing.delete(world(), caller(), known_id(task_id))
        return answer({"message": "Task deleted"})


class Status(Resource):
    @operation(
        "Change the status or the deadline of a task", body=STATUS, answers={200: Updated},
        errors=(400, 403, 404, 409, 415),
    )  # fmt: skip
    def patch(self, task_id: str, body: dict[str, Any]) -> Response:
        return _updated(task_id, body)


def _added(body: dict[str, Any]) -> dict[str, Any]:
    made = making.create(world(), caller(), as_ours(body))
    return {"message": "Task added", "task_id": made.row["_id"]}


def _updated(task_id: str, body: dict[str, Any]) -> Response:
    task = known_id(task_id)
    if "assigned" in body and body["assigned"] == _shown_as_assigned(task):
        # a page sends back what it was shown; by that name somebody else may go as well
        body = {name: value for name, value in body.items() if name != "assigned"}
    changed = editing.change(world(), caller(), task, as_ours(body))
    return answer({"message": "Task updated", "task": shapes.task(changed)})


def _shown_as_assigned(task: str) -> Any:
    return shapes.task(reading.task(world(), caller(), task))["assigned"]
