"""Taking one's things along, and leaving: the export of all one owns, and the end of an account."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, current_app
from flask_restful import Resource
from marshmallow import Schema, fields, validate

from tracker.core.trees import Tree, ordered, walk
from tracker.services import api_tokens, exporting, focus, leaving, sessions
from tracker.services.world import World
from tracker.web import limits, world
from tracker.web.answers import JSON, dump
from tracker.web.operations import operation
from tracker.web.principal import caller, require_session

TOLD = (
    "The account is closed. The trees you own are removed with it, also for those they are shared "
    "with, unless you handed them over before"
)
FILE = 'attachment; filename="tracker-export.json"'

# never what one logs in with, nor what says which sessions stand
_SECRET = {"password", "email_key", "username_key", "tg_key", "epoch", "spared"}
_INSIDE = {"children", "hops", "closed", "told_overdue"}
_HOW_STORED = {"html", "hops", "rev"}
_HOW_KEPT = {"key", "user"}
_HOW_RUN = {"user", "running", "pending", "key", "ended_key"}


class Leaving(Schema):
    """One's own password, asked for again."""

    password = fields.String(required=True, validate=validate.Length(0, 128), load_only=True)


class Left(Schema):
    """What becomes of what one owned."""

    detail = fields.String(required=True)


class Exported(Schema):
    """All that one owns."""

    exported_at = fields.DateTime(required=True)
    profile = fields.Dict(required=True)
    sessions = fields.List(fields.Dict(), required=True)
    api_tokens = fields.List(fields.Dict(), required=True)
    memberships = fields.List(fields.Dict(), required=True)
    trees = fields.List(fields.Dict(), required=True)
    comments = fields.List(fields.Dict(), required=True)
    files = fields.List(fields.Dict(), required=True)
    categories = fields.List(fields.Dict(), required=True)
    pomodoros = fields.List(fields.Dict(), required=True)
    history = fields.List(fields.Dict(), required=True)


LEAVING = Leaving()


class Account(Resource):
    @operation(
        "Delete one's account and all one owns",
        body=LEAVING,
        answers={202: Left},
        errors=(403, 409),
    )
    def delete(self, body: dict[str, Any]) -> tuple[dict[str, str], int]:
        with limits.throttled("password", account=caller()["_id"]):
            leaving.leave(world(), current_app.extensions["passwords"], caller(), body["password"])
        return {"detail": TOLD}, 202


class Export(Resource):
    @operation("Everything one owns, as one file", answers={200: Exported}, errors=(403,))
    def get(self) -> Response:
        require_session()  # it holds what lies behind every scope
        with limits.throttled("export", account=caller()["_id"]):
            pieces = _written(world(), caller())
        return Response(pieces, mimetype=JSON, headers={"Content-Disposition": FILE})


def _written(world: World, user: dict[str, Any]) -> Iterator[bytes]:
    """`Exported`, piece by piece; a fault on the way leaves it without its end."""
    yield b'{"exported_at":' + dump(world.now())
    yield b',"profile":' + dump(_without(_SECRET, user))
    yield from _list(b"sessions", (_without(set(), one) for one in sessions.listing(world, user)))
    tokens = (_without({"hash"}, one) for one in api_tokens.listing(world, user))
    yield from _list(b"api_tokens", tokens)
    yield from _list(b"memberships", exporting.memberships(world, user))
    yield from _list(b"trees", (_tree(tree) for tree in exporting.own_trees(world, user)))
    said = (_without(_HOW_STORED, one) for one in exporting.comments(world, user))
    yield from _list(b"comments", said)
    yield from _list(b"files", (_without(_HOW_KEPT, one) for one in exporting.files(world, user)))
    yield from _list(b"categories", exporting.categories(world, user))
    worked = (_without(_HOW_RUN, one) for one in focus.everything(world, user))
    yield from _list(b"pomodoros", worked)
    yield from _list(b"history", (_row(row) for row in exporting.history(world, user)))
    yield b"}"


def _list(name: bytes, items: Iterable[Any]) -> Iterator[bytes]:
    yield b',"' + name + b'":['
    for number, item in enumerate(items):
        yield (b"," if number else b"") + dump(item)
    yield b"]"


def _tree(tree: Tree) -> dict[str, Any]:
    return {"id": tree["_id"], "members": tree["members"], "root": _nested(tree)}


def _nested(tree: Tree) -> dict[str, Any]:
    """A tree as nested tasks, in order; children before their parents, so not by recursion. Of the
    reminders only the owner's: those of others are nobody's but theirs.
    """
    made: dict[str, dict[str, Any]] = {}
    for node, _ in reversed(list(walk(tree["root"]))):
        below = [made.pop(child["id"]) for child in ordered(node["children"])]
        own = [one for one in node.get("reminders") or () if one["user"] == tree["owner"]]
        made[node["id"]] = {**_without(_INSIDE, node), "reminders": own, "subtasks": below}
    return made[tree["_id"]]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return _without({"_id", "tasks", "hidden", "events", "titles"}, row)


def _without(names: set[str], stored: dict[str, Any]) -> dict[str, Any]:
    """What is stored but for some names; `_id` is called `id` outside."""
    named = {"id": stored["_id"]} if "_id" in stored and "_id" not in names else {}
    return named | {k: v for k, v in stored.items() if k not in names and k != "_id"}
