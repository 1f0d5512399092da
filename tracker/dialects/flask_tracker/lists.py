"""Reading tasks and people: lists, one of them, and how tasks stand."""

from collections import Counter
from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.core import access
from tracker.core.select import Query
from tracker.dialects.operations import Loose, operation
from tracker.dialects.paging import MOST_LISTED, Paging
from tracker.errors import NotFound
from tracker.services import reading, roles
from tracker.services.reading import Listed
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import LONGEST_EMAIL, text
from tracker.web.principal import caller, require_session

from . import shapes
from .task_fields import known_id

NEWEST = 10


class WhichTask(Loose):
    """Which task."""

    _id = text(1, 100, required=True)


class WhichUser(Loose):
    """Whose account; without it one's own."""

    email = text(1, LONGEST_EMAIL, allow_none=True)


class TaskList(Schema):
    tasks = fields.List(fields.Nested(shapes.Task), required=True)


class FoundTask(Schema):
    task = fields.Nested(shapes.Task, required=True)


class UserList(Schema):
    users = fields.List(fields.Nested(shapes.User), required=True)


class FoundUser(Schema):
    user = fields.Nested(shapes.User, required=True, allow_none=True)


SUMMARY = {"type": "object", "additionalProperties": {"type": "integer"}}
PAGING, WHICH_TASK, WHICH_USER = Paging(), WhichTask(), WhichUser()


class AllTasks(Resource):
    @operation(
        "List the tasks that one may see, the newest first", query=PAGING,
        answers={200: TaskList}, errors=(400,),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> Response:
        return _shown(_listed(**query))


class MyTasks(Resource):
    @operation(
        "List the tasks that are given to oneself", query=PAGING, answers={200: TaskList},
        errors=(400, 404),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> Response:
        found = _listed(**query, assigned_to=caller()["_id"])
        if not found.total:
            raise NotFound(access.NO_TASK)
        return _shown(found)


class Recent(Resource):
    @operation("List the ten newest tasks", answers={200: TaskList})
    def get(self) -> Response:
        return _shown(_listed(page_size=NEWEST))


class Summary(Resource):
    @operation("How many tasks have which status", answers={200: SUMMARY})
    def get(self) -> Response:
        words = reading.each(world(), caller(), Query(now=world().now(), page_size=MOST_LISTED))
        counts = Counter(shapes.word(row).upper() for row in words)
        return answer({**dict.fromkeys(shapes.COUNTED, 0), **counts})


class ReadTask(Resource):
    @operation("Read a task", asked=WHICH_TASK, answers={200: FoundTask}, errors=(400, 404))
    def get(self, asked: dict[str, Any]) -> Response:
        found = reading.task(world(), caller(), known_id(asked["_id"]))
        return answer({"task": shapes.task(found)})


class Users(Resource):
    @operation("List people", query=PAGING, answers={200: UserList}, errors=(400, 403))
    def get(self, query: dict[str, Any]) -> Response:
        require_session()  # an API token is no admin
        page, size = query["page"], query["page_size"]
        found = roles.listing(world(), caller(), search=None, role=None, page=page, size=size)
        counts = roles.workloads(world(), caller(), found.users)
        shown = [_listed_user(user, counts[user["_id"]]) for user in found.users]
        return _page("users", shown, found.total)


class OneUser(Resource):
    @operation("Read an account", asked=WHICH_USER, answers={200: FoundUser}, errors=(400, 403))
    def get(self, asked: dict[str, Any]) -> Response:
        require_session()
        found = roles.find(world(), caller(), asked.get("email"))
        return answer({"user": found and shapes.user(found)})


def _listed(**asked: Any) -> Listed:
    return reading.listing(world(), caller(), Query(now=world().now(), **asked))


def _shown(found: Listed) -> Response:
    shown = [shapes.task(found.answer, row) for row in found.answer.rows]
    return _page("tasks", shown, found.total)


def _page(name: str, shown: list[Any], total: int) -> Response:
    """Rows under a name, and of how many they are a page."""
    return answer({name: shown}, 200, {"X-Total-Count": str(total)})


def _listed_user(stored: dict[str, Any], count: int) -> dict[str, Any]:
    own = {"id": stored["_id"], "name": stored["full_name"], "task_count": count}
    return {**shapes.user(stored), **own}
