"""/api/v1 of MyTracker: registering by a name, and tasks in pages under their numbers."""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.core.demands import Demands
from tracker.core.select import Query
from tracker.dialects.operations import Refuses, operation
from tracker.errors import NotFound, Taken
from tracker.services import accounts, finding, making, reading, registering, trashing, updating
from tracker.services.updating import Update
from tracker.web import limits, world
from tracker.web.answers import answer, dump
from tracker.web.hashing import passwords
from tracker.web.principal import caller, public

from . import later_schemas as schemas
from . import later_shapes as shapes

NEW_NAME, NAME, PAGING = schemas.NewName(), schemas.Name(), schemas.Paging()
CREATION, UPDATE = schemas.Creation(), schemas.Update()
ASKED = Demands(ahead=True, nested=True, levels=5, open_parent=True)
NULL, YES_OR_NO = {"type": "null"}, {"type": "boolean"}
NOTHING = dump(None)
TAKEN: Refuses = {Taken: (400, "User with this telegram name already exists")}
NO_PARENT: Refuses = {NotFound: (400, "Unable to bind to unexistent parent task")}
READS, WRITES = (404, 422), (400, 403, 404, 422)


class Registration(Resource):
    @public
    @operation("Register by a name at Telegram", body=NEW_NAME, answers={200: NULL}, refuses=TAKEN)
    def post(self, body: dict[str, Any]) -> Response:
        with limits.throttled("register", account=body["tg_name"]):
            registering.register_vouched(world(), passwords(), body["tg_name"])
        return answer(NOTHING)


class Check(Resource):
    @public
    @operation("Ask whether somebody has this name", query=NAME, answers={200: YES_OR_NO})
    def get(self, query: dict[str, Any]) -> Response:
        return answer(dump(accounts.is_known_at_telegram(world(), query["tg_name"])))


class Tasks(Resource):
    @operation(
        "List one's own trees, the newest first",
        query=PAGING, answers={200: schemas.Page}, errors=(422,),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        return _roots(query, query["status"])

    @operation(
        "Make a task", body=CREATION, answers={200: schemas.Task}, errors=WRITES, refuses=NO_PARENT
    )
    def post(self, body: dict[str, Any]) -> Response:
        parent = body.get("parent")
        above = None if parent is None else finding.numbered(world(), caller(), parent)
        made = making.create(world(), caller(), {**body, "parent_id": above}, asked=ASKED)
        return answer(shapes.task(made.row, parent))


class FinishedTasks(Resource):
    @operation(
        "List one's own finished trees", query=PAGING, answers={200: schemas.Page}, errors=(422,)
    )
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        return _roots(query, schemas.FINISHED)


class OneTask(Resource):
    @operation("Read a task", number="task_id", answers={200: schemas.Task}, errors=READS)
    def get(self, task_id: int) -> Response:
        return _shown(task_id)

    @operation(
        "Change a task; null and absence leave a field as it is",
        number="task_id", body=UPDATE, answers={200: schemas.Task}, errors=WRITES,
    )  # fmt: skip
    def patch(self, task_id: int, body: dict[str, Any]) -> Response:
        updating.update(world(), caller(), _id_of(task_id), Update(body), ASKED)
        return _shown(task_id)

    @operation(
        "Put a task and all below it into the trash",
        number="task_id", answers={200: schemas.Below}, errors=WRITES,
    )  # fmt: skip
    def delete(self, task_id: int) -> Response:
        below = trashing.delete_telling(world(), caller(), _id_of(task_id))
        return answer({"subtasks_ids": below})


class Subtasks(Resource):
    @operation(
        "List the direct children of a task",
        number="task_id", query=PAGING, answers={200: schemas.Page}, errors=READS,
    )  # fmt: skip
    def get(self, task_id: int, query: dict[str, Any]) -> dict[str, Any]:
        asked = _query(query, query["status"], sort_by="position", descending=False)
        return shapes.page(reading.children(world(), caller(), _id_of(task_id), asked), task_id)


class Finish(Resource):
    @operation(
        "Finish a task below which nothing is open",
        number="task_id", answers={200: NULL}, errors=WRITES,
    )  # fmt: skip
    def patch(self, task_id: int) -> Response:
        updating.finish(world(), caller(), _id_of(task_id))
        return answer(NOTHING)


class ForcedFinish(Resource):
    @operation(
        "Finish a task and all that is open below it",
        number="task_id", answers={200: schemas.Below}, errors=WRITES,
    )  # fmt: skip
    def patch(self, task_id: int) -> Response:
        below = updating.finish(world(), caller(), _id_of(task_id), force=True)
        return answer({"subtasks_ids": below})


class IsActive(Resource):
    @operation(
        "Ask whether a task is open", number="task_id", answers={200: YES_OR_NO}, errors=READS
    )
    def get(self, task_id: int) -> Response:
        found = reading.numbered(world(), caller(), task_id)
        return answer(dump(found.place.node["completed_at"] is None))


class Parent(Resource):
    @operation(
        "Ask which task stands above one",
        number="task_id", answers={200: {"type": ["integer", "null"]}}, errors=READS,
    )  # fmt: skip
    def get(self, task_id: int) -> Response:
        return answer(dump(shapes.parent(reading.numbered(world(), caller(), task_id))))


def _shown(number: int) -> Response:
    return answer(shapes.found(reading.numbered(world(), caller(), number)))


def _roots(asked: dict[str, Any], status: str) -> dict[str, Any]:
    query = _query(asked, status, owner=caller()["_id"], roots_only=True)
    return shapes.page(reading.listing(world(), caller(), query), None)


def _query(asked: dict[str, Any], status: str, **rest: Any) -> Query:
    finished, size = status == schemas.FINISHED, asked["size"]
    return Query(world().now(), page=asked["page"], page_size=size, completed=finished, **rest)


def _id_of(number: int) -> str:
    return finding.numbered(world(), caller(), number)
