"""The blueprint `tags`: the tags of one's own trees, with their colours."""

from typing import Any

from flask import Response
from flask_restful import Resource
from marshmallow import Schema, fields, post_load, validate

from tracker.core import limits
from tracker.core.tags import COLOR
from tracker.core.tags import Tag as Found
from tracker.services import tagging
from tracker.web import world
from tracker.web.answers import answer
from tracker.web.fields import said, uuid
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import examples, label_shapes


class UsedTag(label_shapes.Tag):
    """A tag, and how many live tasks bear it."""

    task_count = fields.Integer(required=True)


def _color(**rest: Any) -> fields.String:
    """A colour as `#3B82F6`."""
    valid = validate.Regexp(r"#[0-9a-fA-F]{6}\Z", error="Takes a colour as #3B82F6.")
    return fields.String(validate=valid, metadata={"example": COLOR}, **rest)


class TagPatch(Schema):
    """JSON merge patch: another name, another colour; null is the usual one."""

    name = said(1, limits.TAG, metadata={"description": "Stripped and lower-cased"})
    color = _color(allow_none=True)

    @post_load
    def fold(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "name" in data:
            data["name"] = data["name"].strip().lower()
        if "color" in data:
            data["color"] = data["color"] or COLOR
        return data


class TagCreate(TagPatch):
    name = said(1, limits.TAG, required=True, metadata={"description": "Stripped and lower-cased"})


class TagMerge(Schema):
    into = uuid(required=True, metadata={"description": "The tag that all tasks get instead"})


CREATE, PATCH, MERGE = TagCreate(), TagPatch(), TagMerge()


class Tags(Resource):
    @operation("List the tags of one's own trees, by name", answers={200: [UsedTag]})
    def get(self) -> list[dict[str, Any]]:
        found = tagging.listing(world(), caller())
        return [{**used.tag._asdict(), "task_count": used.tasks} for used in found]

    @operation(
        "Make a tag before any task bears it",
        body=CREATE,
        example=examples.TAG,
        answers={201: label_shapes.Tag},
        errors=(409,),
    )
    def post(self, body: dict[str, Any]) -> Response:
        return _shown(tagging.create(world(), caller(), body["name"], body.get("color")), 201)


class Tag(Resource):
    @operation(
        "Rename or recolour a tag, on all tasks of one's own trees",
        body=PATCH,
        example=examples.TAG_PATCH,
        answers={200: label_shapes.Tag},
        errors=(404, 409),
    )
    def patch(self, tag_id: str, body: dict[str, Any]) -> Response:
        name, color = body.get("name"), body.get("color")
        return _shown(tagging.change(world(), caller(), tag_id, name=name, color=color))

    @operation("Take a tag off all tasks of one's own trees", answers={204: None}, errors=(404,))
    def delete(self, tag_id: str) -> Response:
        tagging.delete(world(), caller(), tag_id)
        return answer(None, 204)


class MergedTag(Resource):
    @operation(
        "Put another tag in the place of this one, on all tasks of one's own trees",
        body=MERGE,
        example=examples.TAG_MERGE,
        answers={200: label_shapes.Tag},
        errors=(404, 409),
    )
    def post(self, tag_id: str, body: dict[str, Any]) -> Response:
        return _shown(tagging.merge(world(), caller(), tag_id, body["into"]))


def _shown(tag: Found, status: int = 200) -> Response:
    return answer(tag._asdict(), status)
