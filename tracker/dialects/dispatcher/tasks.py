"""One's own tasks, by their numbers."""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.core.select import Query
from tracker.dialects.operations import operation
from tracker.dialects.paging import listed
from tracker.services import editing, finding, making, reading, trashing
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.principal import caller

from .schemas import Asked, Changes, Draft, Task, task


class Tasks(Resource):
    @operation("List one's own tasks, the newest first", query=Asked(), answers={200: [Task]})
    def get(self, query: dict[str, Any]) -> Response:
        wanted = Query(now=world().now(), owner=caller()["_id"], **query)
        found = reading.listing(world(), caller(), wanted)
        return listed([task(found.answer, row) for row in found.answer.rows], found.total)

    @operation("Make a task", body=Draft(), answers={201: Task}, errors=(422,))
    def post(self, body: dict[str, Any]) -> Response:
        return answer(task(making.create(world(), caller(), body)), 201)


class OneTask(Resource):
    @operation("Read a task", number="task_id", answers={200: Task}, errors=(404, 422))
    def get(self, task_id: int) -> Response:
        return answer(task(reading.task(world(), caller(), _id(task_id))))

    @operation(
        "Change a task; absent and null leave a field as it is", number="task_id", body=Changes(),
        answers={200: Task}, errors=(403, 404, 409, 422),
    )  # fmt: skip
    def put(self, task_id: int, body: dict[str, Any]) -> Response:
        return answer(task(editing.change(world(), caller(), _id(task_id), body)))

    @operation("Delete a task", number="task_id", answers={204: None}, errors=(403, 404, 409))
    def delete(self, task_id: int) -> Response:
        trashing.delete(world(), caller(), _id(task_id))
        return answer(None, 204)


def _id(number: int) -> str:
    return finding.numbered(world(), caller(), number)
