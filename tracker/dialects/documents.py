"""The OpenAPI 3.1 document of a dialect, made from its routes, its operations and their schemas."""

import re
from functools import cache
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import Rule

from tracker.errors import Invalid, Malformed
from tracker.web import documents
from tracker.web.answers import answer, dump
from tracker.web.documents import Document
from tracker.web.marks import is_marked
from tracker.web.principal import is_public

from .dialect import Dialect
from .operations import Declared
from .refusals import Statuses, status_of

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# what may be wrong with a body, before anything is done with it
_UNREADABLE = (Malformed(), RequestEntityTooLarge(), UnsupportedMediaType())


def serve(app: Flask, dialect: Dialect, *, version: str) -> None:
    """Serve the document below the dialect's prefix, made when first asked for, and list it."""
    url = f"{dialect.prefix}/openapi.json"
    blueprints = (dialect.blueprint, dialect.root_blueprint)
    documents.add(app, Document(dialect.title, url, blueprints))

    @cache
    def document() -> bytes:
        return dump(build(app, dialect, version=version))

    app.add_url_rule(url, f"docs.{dialect.blueprint}", lambda: answer(document()))


def build(app: Flask, dialect: Dialect, *, version: str) -> dict[str, Any]:
    """The document of a dialect below its prefix, as plain data."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(dialect.title, version, openapi_version="3.1.0", plugins=[plugin])
    spec.components.schema("Refusal", dict(dialect.fault))
    spec.components.security_scheme("credential", dict(dialect.credential))
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] != dialect.blueprint:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {}).update(_verbs(app, rule, dialect.statuses))
    for path, verbs in sorted(paths.items()):
        spec.path(path=path, operations=verbs)
    document: dict[str, Any] = spec.to_dict()
    return document


def _name(schema: Any) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _verbs(app: Flask, rule: Rule, statuses: Statuses) -> dict[str, Any]:
    view: Any = app.view_functions[rule.endpoint]
    verbs = [verb for verb in VERBS if verb in (rule.methods or ())]
    return {verb.lower(): _operation(rule, verb, view, statuses) for verb in verbs}


def _operation(rule: Rule, verb: str, view: Any, statuses: Statuses) -> dict[str, Any]:
    declared: Declared = getattr(view.view_class, verb.lower()).operation
    public = is_public(view, verb)
    always = {429, 503} | (set() if public else {401})
    always |= set() if is_marked(view, verb, "page") else {406}
    named = re.sub(r"\W+", "_", rule.rule).strip("_")
    described: dict[str, Any] = {
        "summary": declared.summary,
        "operationId": f"{named}_{verb.lower()}",
        "parameters": _parameters(rule, declared),
        "responses": _responses(declared, always | _of_what_is_taken(declared, statuses)),
        "security": [] if public else [{"credential": []}],
    }
    if declared.body:
        media = "application/x-www-form-urlencoded" if declared.form else "application/json"
        content = {media: {"schema": declared.body}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(rule: Rule, declared: Declared) -> list[dict[str, Any]]:
    kinds = {name: "integer" if name == declared.number else "string" for name in rule.arguments}
    path = [
        {"in": "path", "name": name, "required": True, "schema": {"type": kind}}
        for name, kind in sorted(kinds.items())
    ]
    query = declared.query or declared.asked
    return path + ([{"in": "query", "schema": query}] if query else [])


def _of_what_is_taken(declared: Declared, statuses: Statuses) -> set[int]:
    """What a method refuses with where it cannot take what was sent."""
    takes = declared.body or declared.query or declared.asked or declared.number
    wrong = ((Invalid(),) if takes else ()) + (_UNREADABLE if declared.body else ())
    return {status_of(error, statuses) for error in wrong}


def _responses(declared: Declared, others: set[int]) -> dict[str, Any]:
    good = {str(status): _good(status, shape) for status, shape in declared.answers.items()}
    refused = {status for status, _ in declared.refuses.values()}
    bad = {*declared.errors} | refused | others
    return good | {str(status): _bad(status) for status in sorted(bad)}


def _good(status: int, shape: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if shape is not None:
        schema = {"type": "array", "items": shape[0]} if isinstance(shape, list) else shape
        described["content"] = {"application/json": {"schema": schema}}
    return described


def _bad(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Refusal"}
    content = {"application/json": {"schema": schema}}
    return {"description": HTTPStatus(status).phrase, "content": content}
