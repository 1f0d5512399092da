"""Categories of Pomodoro FastAPI, which its README has schemas for and no routes."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.core.categories import NAME
from tracker.dialects.operations import Loose, operation
from tracker.dialects.paging import Paging, listed, page_of
from tracker.services import categorizing
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import name
from tracker.web.principal import caller


class Named(Loose):
    """How a category is called."""

    name = name(1, NAME, required=True)


class Category(Schema):
    """A category."""

    category_id = fields.Integer(required=True)
    name = fields.String(required=True)


class Categories(Resource):
    @operation(
        "List one's own categories by their numbers", query=Paging(), answers={200: [Category]},
        errors=(422,),
    )  # fmt: skip
    def get(self, query: dict[str, Any]) -> Response:
        found = categorizing.listing(world(), caller())
        return listed([_category(one) for one in page_of(found, **query)], len(found))

    @operation("Make a category", body=Named(), answers={201: Category}, errors=(409, 422))
    def post(self, body: dict[str, Any]) -> Response:
        return answer(_category(categorizing.create(world(), caller(), body["name"])), 201)


class OneCategory(Resource):
    @operation(
        "Rename a category", number="category_id", body=Named(), answers={200: Category},
        errors=(404, 409, 422),
    )  # fmt: skip
    def patch(self, category_id: int, body: dict[str, Any]) -> Response:
        return answer(_category(categorizing.rename(world(), caller(), category_id, body["name"])))

    @operation(
        "End a category; its tasks are in none then", number="category_id", answers={204: None},
        errors=(404, 422),
    )  # fmt: skip
    def delete(self, category_id: int) -> Response:
        categorizing.delete(world(), caller(), category_id)
        return answer(None, 204)


def _category(one: categorizing.Category) -> dict[str, Any]:
    return {"category_id": one.number, "name": one.name}
