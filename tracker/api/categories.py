"""The blueprint `categories`: one's own, by numbers that count for each person."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.core.categories import NAME
from tracker.services import categorizing
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import name
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import examples


class Category(Schema):
    number = fields.Integer(required=True)
    name = fields.String(required=True)


class CategoryCreate(Schema):
    name = name(1, NAME, required=True)


class CategoryPatch(Schema):
    name = name(1, NAME)


CREATE, PATCH = CategoryCreate(), CategoryPatch()


class Categories(Resource):
    @operation("List one's own categories by their numbers", answers={200: [Category]})
    def get(self) -> list[dict[str, Any]]:
        return [one._asdict() for one in categorizing.listing(world(), caller())]

    @operation(
        "Make a category",
        body=CREATE,
        example=examples.CATEGORY,
        answers={201: Category},
        errors=(409,),
    )
    def post(self, body: dict[str, Any]) -> Response:
        return answer(categorizing.create(world(), caller(), body["name"])._asdict(), 201)


class OneCategory(Resource):
    @operation("Read a category", answers={200: Category}, errors=(404,))
    def get(self, category_number: int) -> dict[str, Any]:
        return categorizing.one(world(), caller(), category_number)._asdict()

    @operation(
        "Rename a category",
        body=PATCH,
        example=examples.CATEGORY,
        answers={200: Category},
        errors=(404, 409),
    )
    def patch(self, category_number: int, body: dict[str, Any]) -> dict[str, Any]:
        deed = categorizing.rename if body else categorizing.one
        return deed(world(), caller(), category_number, **body)._asdict()

    @operation("End a category; its tasks are in none then", answers={204: None}, errors=(404,))
    def delete(self, category_number: int) -> Response:
        categorizing.delete(world(), caller(), category_number)
        return answer(None, 204)
