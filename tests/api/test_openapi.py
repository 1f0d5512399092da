"""The document: valid OpenAPI 3.1, equal to the routes. The page: from here alone."""

import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.people import Client
from tracker import realtime
from tracker.api.openapi import VERBS


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


def test_it_tells_of_what_openapi_has_no_word_for(document: dict[str, Any]) -> None:
    for rule in realtime.SOCKETS.values():
        assert f"`{rule.replace('<', '{').replace('>', '}')}" in document["info"]["description"]
    stream = document["paths"]["/api/events"]["get"]["responses"]["200"]["content"]
    assert list(stream) == ["text/event-stream"]


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_document_and_routes_are_equal(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), verb.lower())
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("docs.", "metrics.", "pages.", "sockets.", "as_"))
        for verb in (rule.methods or set()) & {*VERBS}
    }
    assert routes == {(path, verb) for path, verbs in document["paths"].items() for verb in verbs}


def test_every_method_is_declared(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        resource = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for verb in (rule.methods or set()) & {*VERBS} if resource else ():
            assert getattr(resource, verb.lower()).operation.summary


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [o["operationId"] for verbs in document["paths"].values() for o in verbs.values()]
    assert len(ids) == len(set(ids))


def test_what_is_open_to_everybody_is_a_short_list(document: dict[str, Any]) -> None:
    """A method marked public by mistake shows up here."""
    opened = {
        path
        for path, verbs in document["paths"].items()
        if [] in [o["security"] for o in verbs.values()]
    }
    health = {"/api/health", "/api/health/live", "/api/health/ready"}
    names = ("register", "login", "refresh", "password/forgot", "password/reset")
    mailed = ("email/confirm", "email/resend")
    assert opened == {*(f"/api/auth/{name}" for name in (*names, *mailed)), *health}


def test_nobody_gets_past_a_private_method(client: Client, document: dict[str, Any]) -> None:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            if operation["security"]:
                assert client.ask(verb.upper(), re.sub(r"{\w+}", "x", path)).status == 401


def test_every_answer_of_a_private_method_may_be_401(document: dict[str, Any]) -> None:
    me = document["paths"]["/api/auth/me"]["put"]
    assert {"200", "400", "401", "406", "413", "415", "422", "429", "503"} == set(me["responses"])


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_page_loads_nothing_from_elsewhere(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status == 200
    for source in re.findall(r'(?:src|href)="([^"]+)"', page.body.decode()):
        assert source.startswith("/")
        assert client.get(source).status == 200
    assert b"<script>" not in page.body
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("folder", ["docs", "redoc"])
@pytest.mark.parametrize(
    "name", ["index.html", "../__init__.py", "..%2f__init__.py", "LICENSE", "x"]
)
def test_only_the_files_of_the_page_are_served(client: Client, folder: str, name: str) -> None:
    assert client.get(f"/{folder}/{name}").status == 404
