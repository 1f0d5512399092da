"""The blueprint `users`, on API tokens: for programs, in place of a log-in."""

from typing import Any

from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.core.scopes import SCOPES
from tracker.services import api_tokens
from tracker.web import world
from tracker.web.fields import name, one_of, when
from tracker.web.operations import operation
from tracker.web.principal import caller, require_session

from . import session_shapes as shapes


class ApiTokenPost(Schema):
    """What makes an API token; without `expires_at` it is good until it is taken back."""

    name = name(1, 100, required=True)
    scopes = fields.List(one_of(SCOPES), required=True, validate=validate.Length(1, len(SCOPES)))
    expires_at = when(allow_none=True, load_default=None)


NEW_TOKEN = ApiTokenPost()
EXAMPLE = {"name": "backup script", "scopes": ["tasks:read"], "expires_at": "2030-01-01"}


class ApiTokens(Resource):
    @operation("List one's API tokens", answers={200: shapes.ApiTokens})
    def get(self) -> dict[str, Any]:
        found = api_tokens.listing(world(), caller())
        return {"tokens": [shapes.api_token(one) for one in found]}

    @operation(
        "Make an API token, which is shown this once; API tokens make none",
        body=NEW_TOKEN, example=EXAMPLE, answers={201: shapes.NewApiToken}, errors=(403,),
    )  # fmt: skip
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        require_session()
        made = api_tokens.make(world(), caller(), **body)
        return {**shapes.api_token(made.kept), "token": made.text}, 201


class ApiToken(Resource):
    @operation("Take back an API token of one's own", answers={204: None}, errors=(404,))
    def delete(self, token_id: str) -> tuple[None, int]:
        api_tokens.take_back(world(), caller(), token_id)
        return None, 204
