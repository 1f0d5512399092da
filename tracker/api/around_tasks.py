"""The blueprint `tasks`, around a task: the trash, who a tree is shared with, what happened to
it.
"""

from typing import Any

from flask import Response
from flask_restful import Resource

from tracker.core.terms import Terms
from tracker.services import histories, sharing, trashing
from tracker.web import etags, world
from tracker.web.answers import answer
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import around_shapes, examples, lists, tasks
from . import task_queries as queries
from . import task_schemas as schemas
from . import task_shapes as shapes

TRASH, HISTORY = queries.TrashQuery(), queries.HistoryQuery()
MEMBER, MEMBER_QUERY = schemas.MemberPut(), queries.MemberQuery()


class Trash(Resource):
    @operation(
        "List what was deleted, the topmost of each",
        query=TRASH,
        etag=True,
        answers={200: shapes.TaskList},
    )
    def get(self, query: dict[str, Any]) -> Response:
        listed = trashing.listing(world(), caller(), lists.of_trash(query, world().now()))
        return etags.tagged(shapes.page(listed, None), "list")


class Restore(Resource):
    @operation(
        "Bring a task back from the trash: under its parent, or to the root level",
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> Response:
        return tasks.shown(trashing.restore(world(), caller(), task_id, terms))


class Members(Resource):
    @operation(
        "List who a task's tree is shared with",
        answers={200: [around_shapes.Member]},
        errors=(404,),
    )
    def get(self, task_id: str) -> Response:
        return answer(around_shapes.members(sharing.listing(world(), caller(), task_id)))

    @operation(
        "Share a task's tree with a person, change a role, or hand the tree over",
        body=MEMBER,
        example=examples.MEMBER,
        writes=True,
        answers={200: [around_shapes.Member]},
        errors=(403, 404, 409, 412),
    )
    def put(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        shared = sharing.put(world(), caller(), task_id, body["user"], body["role"], terms)
        return answer(around_shapes.members(shared))

    @operation(
        "End a membership, one's own where no `user` is named",
        query=MEMBER_QUERY,
        writes=True,
        answers={200: [around_shapes.Member]},
        errors=(403, 404, 409, 412),
    )
    def delete(self, task_id: str, query: dict[str, Any], terms: Terms) -> Response:
        user = query.get("user", caller()["_id"])
        return answer(
            around_shapes.members(sharing.remove(world(), caller(), task_id, user, terms))
        )


class History(Resource):
    @operation(
        "Read what happened to a task and below it, newest first",
        query=HISTORY,
        answers={200: around_shapes.HistoryPage},
        errors=(400, 404),
    )
    def get(self, task_id: str, query: dict[str, Any]) -> Response:
        mark = lists.history_mark(query)
        found = histories.listing(world(), caller(), task_id, mark, query["page_size"])
        return answer(around_shapes.history(found, lists.history_cursor(found)))
