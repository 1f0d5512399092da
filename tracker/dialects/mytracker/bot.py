"""/api/bot: task trees as MyTracker's bot has them, nested, under their numbers."""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.core.demands import Demands
from tracker.dialects.operations import Refuses, operation
from tracker.dialects.paging import Paging, listed
from tracker.errors import Forbidden, Inactive, NoAccount, NotFound
from tracker.services import accounts, finding, making, reading, trashing, updating
from tracker.services.updating import Update
from tracker.web import limits, world
from tracker.web.answers import answer, dump
from tracker.web.principal import caller, public

from . import asking, schemas, shapes, wording
from .schemas import Task

CREATION, UPDATE, PAGING = schemas.Creation(), schemas.Update(), Paging()
TG_NAME = schemas.TgName()
ASKED = Demands(ahead=True)
NULL = dump(None)
MISSING: Refuses = {NotFound: (404, wording.NO_TASK)}
REFUSES: Refuses = {**MISSING, Forbidden: (403, wording.not_yours)}


class Activity(Resource):
    @public
    @operation(
        "Ask whether somebody's account is active",
        body=TG_NAME, answers={200: {"type": "null"}}, errors=(422,),
        refuses={NoAccount: (400, wording.no_tg_name), Inactive: (400, "User not active")},
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        with limits.throttled("name", account=body["tg_name"]):
            accounts.named_at_telegram(world(), body["tg_name"])
        return answer(NULL)


class MyTasks(Resource):
    method_decorators = [asking.active]

    @operation(
        "Read one's own trees, the newest first",
        query=PAGING,
        answers={200: [Task]},
        errors=(403, 422),
    )
    def get(self, query: dict[str, Any]) -> Response:
        found = reading.owned(world(), caller(), **query)
        return listed([shapes.tree(one) for one in found.trees], found.total)


class MyTask(Resource):
    method_decorators = [asking.active]

    @operation(
        "Read a task with all below it",
        number="task_id", answers={200: Task}, errors=(403, 422), refuses=MISSING,
    )  # fmt: skip
    def get(self, task_id: int) -> Response:
        return _tree(task_id)


class Creation(Resource):
    method_decorators = [asking.active]

    @operation(
        "Make a task, below another one where `task_id` names it",
        body=CREATION, answers={200: Task}, errors=(400, 403, 422), refuses=MISSING,
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> Response:
        draft = {**body, "parent_id": _id_of(body.get("parent"))}
        made = making.create(world(), caller(), draft, asked=ASKED)
        return answer(shapes.leaf(made.row, body.get("parent")))


class Updating(Resource):
    method_decorators = [asking.active]

    @operation(
        "Change a task; null and absence leave a field as it is",
        number="task_id", body=UPDATE, bodiless=True,
        answers={200: Task}, errors=(400, 422), refuses=REFUSES,
    )  # fmt: skip
    def patch(self, task_id: int, body: dict[str, Any]) -> Response:
        parent = _id_of(body.pop("parent", None))
        finishes = body.pop("completed_at", None) is not None
        task = finding.numbered(world(), caller(), task_id)
        updating.update(world(), caller(), task, Update(body, parent, finishes), ASKED)
        return _tree(task_id)


class Finishing(Resource):
    method_decorators = [asking.active]

    @operation(
        "Finish a task below which nothing is open",
        number="task_id", answers={204: None}, errors=(400, 422), refuses=REFUSES,
    )  # fmt: skip
    def patch(self, task_id: int) -> Response:
        updating.finish(world(), caller(), finding.numbered(world(), caller(), task_id))
        return answer(None, 204)


class Deletion(Resource):
    method_decorators = [asking.active]

    @operation(
        "Put a task and all below it into the trash",
        number="task_id", answers={204: None}, errors=(400,), refuses=REFUSES,
    )  # fmt: skip
    def delete(self, task_id: int) -> Response:
        trashing.delete(world(), caller(), finding.numbered(world(), caller(), task_id))
        return answer(None, 204)


def _tree(number: int) -> Response:
    return answer(shapes.tree(reading.numbered(world(), caller(), number)))


def _id_of(number: int | None) -> str | None:
    return None if number is None else finding.numbered(world(), caller(), number)
