"""The blueprint `tasks`: task trees under /api/tasks. Each view reads, calls a service and
writes.
"""

from typing import Any

from flask import Flask, Response
from flask_restful import Resource

from tracker.core import versions
from tracker.core.terms import Terms
from tracker.errors import Stale, TrackerError
from tracker.services import editing, making, moves, reading, trashing
from tracker.services.people import Answer
from tracker.web import etags, world
from tracker.web.answers import answer
from tracker.web.bodies import MB
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import draft_schemas as drafts
from . import errors, examples, lists
from . import task_queries as queries
from . import task_schemas as schemas
from . import task_shapes as shapes

NESTED_LIMIT = 10 * MB

CREATE, CREATE_BELOW = drafts.TaskCreate(), drafts.SubtaskCreate()
UPDATE, PATCH = schemas.TaskUpdate(), schemas.TaskPatch()
LIST, CHILDREN = queries.ListQuery(), queries.ChildrenQuery()
TREE, COMPLETE = queries.TreeQuery(), queries.CompleteQuery()
BULK, MOVE, DELETE = drafts.Bulk(), schemas.Move(), queries.DeleteQuery()


def init_app(app: Flask) -> None:
    """Answer a write that came too late with the task as it stands."""
    app.register_error_handler(Stale, _stale)


class Tasks(Resource):
    @operation(
        "Make a task or, with `subtasks`, a whole tree: of its own, or below `parent_id`",
        body=CREATE,
        example=examples.CREATE,
        limit=NESTED_LIMIT,
        writes=True,
        etag=True,
        answers={201: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, body: dict[str, Any], terms: Terms) -> Response:
        return _made(making.create(world(), caller(), body, terms))

    @operation(
        "List the tasks that you may see",
        query=LIST,
        etag=True,
        answers={200: shapes.TaskList},
        errors=(400,),
    )
    def get(self, query: dict[str, Any]) -> Response:
        listed = reading.listing(world(), caller(), lists.question(query, world().now()))
        shown = shapes.page(listed, lists.next_cursor(listed))
        return etags.tagged(shown, "list", but="next_cursor")


class Task(Resource):
    @operation("Read a task", etag=True, answers={200: shapes.Task}, errors=(404,))
    def get(self, task_id: str) -> Response:
        return shown(reading.task(world(), caller(), task_id))

    @operation(
        "Change a task; absent and null leave a field as it is",
        body=UPDATE,
        example=examples.UPDATE,
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def put(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        return shown(editing.change(world(), caller(), task_id, body, terms))

    @operation(
        "Change a task by JSON merge patch; null clears a field",
        body=PATCH,
        example=examples.PATCH,
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def patch(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        if "parent_id" in body:
            return shown(moves.move(world(), caller(), task_id, body["parent_id"], terms=terms))
        return shown(editing.change(world(), caller(), task_id, body, terms))

    @operation(
        "Put a task and all below it into the trash, or remove it for good",
        query=DELETE,
        writes=True,
        answers={204: None},
        errors=(403, 404, 409, 412),
    )
    def delete(self, task_id: str, query: dict[str, Any], terms: Terms) -> Response:
        deed = trashing.purge if query["permanent"] else trashing.delete
        deed(world(), caller(), task_id, terms)
        return answer(None, 204)


class Bulk(Resource):
    @operation(
        "Make up to 100 tasks, in order; a retry under its key makes what a crash left out",
        body=BULK,
        example=examples.BULK,
        limit=NESTED_LIMIT,
        writes=True,
        answers={201: [shapes.Task]},
        errors=(403, 404, 409, 412),
    )
    def post(self, body: dict[str, Any], terms: Terms) -> Response:
        made = making.create_many(world(), caller(), body["tasks"], terms)
        return answer([shapes.task(found) for found in made], 201)


class Move(Resource):
    @operation(
        "Move a task with all below it: in its tree, to another, or to the root level",
        body=MOVE,
        example=examples.MOVE,
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        moved = moves.move(world(), caller(), task_id, body["parent_id"], body["position"], terms)
        return shown(moved)


class Tree(Resource):
    @operation(
        "Read a task with all below it",
        query=TREE,
        etag=True,
        answers={200: shapes.TreeNode},
        errors=(404,),
    )
    def get(self, task_id: str, query: dict[str, Any]) -> Response:
        found = reading.subtree(world(), caller(), task_id)
        version = versions.of_tree(found.tree["root"]["number"], found.tree["rev"])
        return etags.tagged(shapes.tree(found, query.get("depth")), version)


class Subtasks(Resource):
    @operation(
        "List the direct children of a task, in order",
        query=CHILDREN,
        etag=True,
        answers={200: shapes.TaskList},
        errors=(404,),
    )
    def get(self, task_id: str, query: dict[str, Any]) -> Response:
        listed = reading.children(
            world(), caller(), task_id, lists.of_children(query, world().now())
        )
        return etags.tagged(shapes.page(listed, None), "list")

    @operation(
        "Make a task below this one, as its last child",
        body=CREATE_BELOW,
        example=examples.CREATE_BELOW,
        limit=NESTED_LIMIT,
        writes=True,
        etag=True,
        answers={201: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        return _made(making.create(world(), caller(), {**body, "parent_id": task_id}, terms))


class Ancestors(Resource):
    @operation(
        "List the tasks above one, the root first",
        etag=True,
        answers={200: [shapes.Task]},
        errors=(404,),
    )
    def get(self, task_id: str) -> Response:
        above = reading.ancestors(world(), caller(), task_id)
        return etags.tagged([shapes.task(above, row) for row in above.rows], "list")


class Complete(Resource):
    @operation(
        "Complete a task; 409 names what is open below it",
        query=COMPLETE,
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, query: dict[str, Any], terms: Terms) -> Response:
        return shown(editing.complete(world(), caller(), task_id, terms, cascade=query["cascade"]))


class Reopen(Resource):
    @operation(
        "Reopen a completed task and what its completion closed",
        writes=True,
        etag=True,
        answers={200: shapes.Task},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> Response:
        return shown(editing.reopen(world(), caller(), task_id, terms))


def shown(found: Answer, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A task with all that hangs on it, and its ETag."""
    found = reading.surrounded(world(), caller(), found)
    version = versions.of_task(found.row, rev=found.row["task_rev"])
    return etags.tagged(shapes.task(found), version, status=status, headers=headers)


def _made(found: Answer) -> Response:
    return shown(found, 201, {"Location": f"/api/tasks/{found.row['_id']}"})


def _stale(error: Stale) -> Response:
    """412 with the task as it stands and its ETag: what the next try will be compared with."""
    if "task" not in error.extra:
        return errors.expected(error)
    try:
        with world().store.deadline():
            found = reading.any_task(world(), caller(), error.extra["task"])
    except TrackerError as gone:
        return errors.expected(gone)
    response = errors.problem(412, error.detail, {"current": shapes.task(found)})
    response.headers["ETag"] = shown(found).headers["ETag"]
    return response
