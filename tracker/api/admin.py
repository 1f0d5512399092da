"""The blueprint `admin`: accounts as admins administer them, under /api/admin. For admins alone."""

from typing import Any

from flask_restful import Resource
from marshmallow import Schema, fields

from tracker.services import roles
from tracker.web import world
from tracker.web.fields import name, one_of, whole_text
from tracker.web.operations import operation
from tracker.web.principal import caller

from . import shapes
from .shapes import User

ROLES = (roles.USER, roles.ADMIN)


class Listing(Schema):
    """Which accounts to list."""

    page = whole_text(1, 1_000_000, load_default=1)
    page_size = whole_text(1, 100, load_default=50)
    search = name(1, 254, metadata={"description": "How an address or a user name begins"})
    role = one_of(ROLES)


class NewRole(Schema):
    """What somebody is from now on."""

    role = one_of(ROLES, required=True)


class Account(User):
    """A person as admins see them."""

    role = fields.String(required=True, metadata={"enum": list(ROLES)})
    state = fields.String(
        required=True, metadata={"enum": ["active", "unconfirmed", "disabled", "deleting"]}
    )


class Accounts(Schema):
    """One page of accounts, by their numbers."""

    users = fields.List(fields.Nested(Account), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)


LISTING, NEW_ROLE = Listing(), NewRole()


class Users(Resource):
    @operation("List accounts", query=LISTING, answers={200: Accounts}, errors=(403,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        page, size = query["page"], query["page_size"]
        wanted = {"search": query.get("search"), "role": query.get("role")}
        found = roles.listing(world(), caller(), page=page, size=size, **wanted)
        shown = [account(user) for user in found.users]
        return {"users": shown, "total": found.total, "page": page, "page_size": size}


class Disable(Resource):
    @operation(
        "Shut an account; its tokens end at once", answers={200: Account}, errors=(403, 404, 409)
    )
    def post(self, user_id: str) -> dict[str, Any]:
        return account(roles.disable(world(), caller(), user_id))


class Enable(Resource):
    @operation("Open a disabled account again", answers={200: Account}, errors=(403, 404, 409))
    def post(self, user_id: str) -> dict[str, Any]:
        return account(roles.enable(world(), caller(), user_id))


class Role(Resource):
    @operation(
        "Make somebody an admin, or no longer one",
        body=NEW_ROLE,
        answers={200: Account},
        errors=(403, 404, 409),
    )
    def put(self, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
        return account(roles.put(world(), caller(), user_id, body["role"]))


def account(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored user as `Account`."""
    return {**shapes.user(stored), "role": stored["role"], "state": stored["state"]}
