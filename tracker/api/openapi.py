"""The OpenAPI 3.1 document, made from the URL table, the operations and their schemas."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from tracker.web import documents
from tracker.web.marks import is_marked
from tracker.web.operations import Operation
from tracker.web.principal import is_public

from .errors import PROBLEM

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_FAULT = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "RFC 6901"},
        "detail": {"type": "string"},
    },
    "required": ["pointer", "detail"],
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": _FAULT},
        "open": {"type": "array", "description": "Of a 409: the tasks that are open below it"},
        "current": {"type": "object", "description": "Of a 412: the task as it stands"},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}
_ETAG = {
    "description": "Version and hash, for If-None-Match and If-Match",
    "schema": {"type": "string"},
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "`*` or tags of a task or its tree; 412 when it moved on",
    "schema": {"type": "string"},
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The first answer again for 24 hours, for the same request under the same key",
    "schema": {"type": "string", "maxLength": 255},
}
_BYTES = {"type": "string", "format": "binary"}
_FILES = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": _BYTES}},
    "required": ["files"],
}
_IF_NONE_MATCH = {"in": "header", "name": "If-None-Match", "schema": {"type": "string"}}
_LIVE = """Live events also come by WebSocket, one JSON text a message: `{"type", "data", "id"}`,
as `GET /api/events` tells them. `/ws/{token}` takes an access token in its path, `/ws?ticket=` a
ticket of `POST /api/auth/ticket`, and plain `/ws` an Authorization header or the cookies of a page
of ours. What a client sends there is ignored. A handshake that shows nobody is refused with 403,
one too many with 429 or 503. Close codes: 4001 the session has ended, 1012 the service restarts,
1013 the client reads too slowly."""


def build(app: Flask, *, title: str, version: str) -> dict[str, Any]:
    """The document of all resources of an application, as plain data."""
    spec = _blank(title, version)
    paths: dict[str, dict[str, Any]] = {}
    for rule, verb, method in operations(app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[verb.lower()] = _operation(rule, verb, method, app)
    for path, verbs in sorted(paths.items()):
        spec.path(path=path, operations=verbs)
    document: dict[str, Any] = spec.to_dict()
    return document


def operations(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    """Every rule of a resource with each verb that it answers and the method behind it; not those
    of doors that have a document of their own.
    """
    theirs = {name for other in documents.others(app) for name in other.blueprints}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in theirs:
            continue
        resource = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for verb in VERBS:
            if resource and verb in (rule.methods or ()):
                yield rule, verb, getattr(resource, verb.lower())


def _blank(title: str, version: str) -> APISpec:
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    about = {"description": _LIVE}
    spec = APISpec(title, version, openapi_version="3.1.0", info=about, plugins=[plugin])
    spec.components.schema("Problem", _PROBLEM)
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    spec.components.security_scheme("token", bearer)
    return spec


def _name(schema: Any) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _operation(rule: Rule, verb: str, method: Any, app: Flask) -> dict[str, Any]:
    declared: Operation = method.operation
    view = app.view_functions[rule.endpoint]
    described: dict[str, Any] = {
        "summary": declared.summary,
        "operationId": f"{rule.endpoint.rpartition('.')[2]}_{verb.lower()}",
        "tags": [rule.endpoint.partition(".")[0]],
        "parameters": _parameters(rule, verb, declared),
        "responses": _responses(verb, declared, _always(view, verb)),
        "security": [] if is_public(view, verb) else [{"token": []}],
    }
    if declared.body or declared.uploads:
        required = not declared.bodiless
        described["requestBody"] = {"required": required, "content": _content(declared)}
    return described


def _content(declared: Operation) -> dict[str, Any]:
    if declared.uploads:
        return {"multipart/form-data": {"schema": _FILES}}
    shown = {"example": declared.example} if declared.example else {}
    return {"application/json": {"schema": declared.body, **shown}}


def _parameters(rule: Rule, verb: str, declared: Operation) -> list[dict[str, Any]]:
    path = [
        {"in": "path", "name": name, "required": True, "schema": _argument(name)}
        for name in sorted(rule.arguments)
    ]
    query = [{"in": "query", "schema": declared.query}] if declared.query else []
    terms = [_IF_MATCH, _KEY] if declared.writes else []
    if_none_match = [_IF_NONE_MATCH] if declared.etag and verb == "GET" else []
    return path + query + terms + if_none_match


def _argument(name: str) -> dict[str, str]:
    if name.endswith("_number"):
        return {"type": "integer"}
    return {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}


def _responses(verb: str, declared: Operation, always: set[int]) -> dict[str, Any]:
    good = {str(status): _good(status, declared) for status in declared.answers}
    if declared.etag and verb == "GET":
        good["304"] = {"description": "Not Modified"}
    return good | {str(status): _bad(status) for status in sorted(_errors(declared) | always)}


def _always(view: Any, verb: str) -> set[int]:
    """What a method may refuse with, whatever it takes."""
    private, counted = not is_public(view, verb), not is_marked(view, verb, "free")
    return {406, 422, 503} | ({401} if private else set()) | ({429} if counted else set())


def _errors(declared: Operation) -> set[int]:
    takes_body = declared.body or declared.uploads
    expected = {*declared.errors} | ({400, 413, 415} if takes_body else set())
    return expected | ({400, 409, 412, 428} if declared.writes else set())


def _good(status: int, declared: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    shape = declared.answers[status]
    if shape is not None:
        described["content"] = {declared.media: {"schema": _schema(shape)}}
    if declared.etag:
        described["headers"] = {"ETag": _ETAG}
    return described


def _schema(shape: Any) -> Any:
    return {"type": "array", "items": shape[0]} if isinstance(shape, list) else shape


def _bad(status: int) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}
