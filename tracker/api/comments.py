"""The blueprint `tasks`, what people say about a task. Each view reads, calls a service and
writes.
"""

from typing import Any

from flask import Response, request
from flask_restful import Resource
from marshmallow import Schema

from tracker.core import comments
from tracker.core.terms import Terms
from tracker.services import commenting
from tracker.web import etags, world
from tracker.web.answers import answer
from tracker.web.fields import said
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import comment_shapes as shapes
from . import examples, lists
from . import task_queries as queries


class CommentPut(Schema):
    """What somebody says, in Markdown."""

    content = said(1, comments.CONTENT, required=True)


PUT, QUERY = CommentPut(), queries.CommentsQuery()


class Comments(Resource):
    @operation(
        "List the comments on a task, oldest first; all of them unless `limit` is given",
        query=QUERY,
        etag=True,
        answers={200: [shapes.Comment]},
        errors=(400, 404),
    )
    def get(self, task_id: str, query: dict[str, Any]) -> Response:
        span = lists.comments_span(query)
        found = commenting.listing(world(), caller(), task_id, **span)
        return etags.tagged(_shown(found), "list", headers=_leading_on(found, span["limit"]))

    @operation(
        "Comment on a task; `@username` tells people who may see it",
        body=PUT,
        example=examples.COMMENT,
        writes=True,
        answers={201: shapes.Comment},
        errors=(404, 409, 412),
    )
    def post(self, task_id: str, body: dict[str, Any], terms: Terms) -> Response:
        made = commenting.add(world(), caller(), task_id, body["content"], terms)
        return answer(_shown(made)[0], 201)


class Comment(Resource):
    @operation(
        "Change a comment of your own",
        body=PUT,
        example=examples.COMMENT,
        writes=True,
        answers={200: shapes.Comment},
        errors=(403, 404, 409, 412),
    )
    def put(self, task_id: str, comment_id: str, body: dict[str, Any], terms: Terms) -> Response:
        return _changed(task_id, comment_id, body, terms)

    @operation(
        "Change a comment of your own",
        body=PUT,
        example=examples.COMMENT,
        writes=True,
        answers={200: shapes.Comment},
        errors=(403, 404, 409, 412),
    )
    def patch(self, task_id: str, comment_id: str, body: dict[str, Any], terms: Terms) -> Response:
        return _changed(task_id, comment_id, body, terms)

    @operation(
        "Delete a comment of your own, or as the owner of the tree anybody's",
        writes=True,
        answers={204: None},
        errors=(403, 404, 409, 412),
    )
    def delete(self, task_id: str, comment_id: str, terms: Terms) -> Response:
        commenting.delete(world(), caller(), task_id, comment_id, terms)
        return answer(None, 204)


def _changed(task: str, comment: str, body: dict[str, Any], terms: Terms) -> Response:
    changed = commenting.change(world(), caller(), task, comment, body["content"], terms)
    return answer(_shown(changed)[0])


def _shown(found: commenting.Comments) -> list[dict[str, Any]]:
    return [shapes.comment(row, found.people) for row in found.rows]


def _leading_on(found: commenting.Comments, limit: int) -> dict[str, str]:
    """Where the next page is, in a header (RFC 8288): the list itself is bare."""
    cursor = lists.comments_cursor(found)
    next_page = f'<{request.path}?limit={limit}&cursor={cursor}>; rel="next"'
    return {"Link": next_page} if cursor else {}
