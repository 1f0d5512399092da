"""The blueprint `tasks`, the files that are attached to one. Each view reads, calls a service and
writes.
"""

from typing import Any, cast

from flask import Flask, Response, current_app
from flask_restful import Resource
from marshmallow import Schema

from tracker.core.files import Rules
from tracker.core.terms import Terms
from tracker.services import filing
from tracker.web import downloads, etags, fields, uploads, world
from tracker.web.answers import answer
from tracker.web.downloads import Download
from tracker.web.operations import operation
from tracker.web.principal import caller
from tracker.web.rest import streaming

from . import file_shapes as shapes

LINK_SECONDS = 300
ANY_TYPE, BYTES = "*/*", {"type": "string", "format": "binary"}


class DownloadQuery(Schema):
    """How the bytes of a file are to come."""

    redirect = fields.flag_text(
        load_default=False,
        metadata={"description": "By a redirect to the storage, where it has an address for it"},
    )


QUERY = DownloadQuery()


def init_app(app: Flask, config: Any) -> None:
    """Take files by these settings."""
    app.extensions["file_rules"] = Rules(
        config.max_file_size, config.allowed_file_types, config.file_quota
    )


class Files(Resource):
    @operation(
        "List the files of a task, newest first",
        etag=True,
        answers={200: [shapes.File]},
        errors=(404,),
    )
    def get(self, task_id: str) -> Response:
        found = filing.listing(world(), caller(), task_id)
        return etags.tagged([shapes.file(one) for one in found], "list")

    @streaming
    @operation(
        "Attach files to a task, all of them or none; types are judged by their content",
        uploads=True,
        writes=True,
        answers={201: [shapes.File]},
        errors=(403, 404, 409, 412),
    )
    def post(self, task_id: str, terms: Terms) -> Response:
        filing.admit(world(), caller(), task_id, terms)
        rules = cast(Rules, current_app.extensions["file_rules"])
        with uploads.received(rules.most_bytes) as sent:
            keyed = terms._replace(key=terms.key and terms.key.of_content(sent.digest))
            made = filing.add(world(), caller(), task_id, sent.files, rules, keyed)
        return answer([shapes.file(one) for one in made], 201)


class File(Resource):
    @streaming
    @operation(
        "Read a file, whole or one range of it",
        query=QUERY,
        media=ANY_TYPE,
        etag=True,
        answers={200: BYTES, 206: BYTES, 302: None},
        errors=(404, 416),
    )
    def get(self, task_id: str, file_id: str, query: dict[str, Any]) -> Response:
        file = filing.find(world(), caller(), task_id, file_id)
        found = Download(file["name"], file["type"], file["size"], file["hash"][:32])
        if query["redirect"] and (address := _address(file, found)):
            return downloads.redirect(address)
        return downloads.answer(
            found, lambda start, length: filing.read(world(), file, start, length)
        )

    @operation(
        "Remove a file that you attached, or as an editor of the tree anybody's",
        writes=True,
        answers={204: None},
        errors=(403, 404, 409, 412),
    )
    def delete(self, task_id: str, file_id: str, terms: Terms) -> Response:
        filing.remove(world(), caller(), task_id, file_id, terms)
        return answer(None, 204)


def _address(file: dict[str, Any], found: Download) -> str | None:
    return filing.link(world(), file, found.headers, LINK_SECONDS)
