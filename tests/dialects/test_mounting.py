"""What all dialects share: prefixes, the root, clashes at start, words of refusals, documents."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from config import Config
from tests.people import Client
from tracker import create_app, dialects
from tracker.dialects import clashes
from tracker.dialects.documents import VERBS
from tracker.dialects.operations import Declared
from tracker.errors import Unmountable
from tracker.services.world import World

KNOWN = [*dialects.dialects()]
LONG = b"x" * (1024 * 1024 + 1)
every_dialect = pytest.mark.parametrize("one", KNOWN, ids=lambda one: one.name)


def served(config: Config, world: World, roots: tuple[str, ...] | None) -> set[str]:
    """The blueprints of the dialects that are served at the root."""
    app = create_app(replace(config, root_dialects=roots), world)
    return {name for name in app.blueprints if name.endswith("_at_root")}


@every_dialect
def test_each_is_served_below_its_prefix(app: Flask, one: Any) -> None:
    assert one.blueprint in app.blueprints


def test_those_that_may_are_at_the_root_unless_others_are_named(
    config: Config, world: World
) -> None:
    usual = {one.root_blueprint for one in KNOWN if one.at_root}
    assert served(config, world, None) == usual
    assert served(config, world, ()) == set()
    assert served(config, world, (KNOWN[0].name,)) == {KNOWN[0].root_blueprint}


def test_an_unknown_name_stops_the_start(config: Config, world: World) -> None:
    with pytest.raises(Unmountable, match="ROOT_DIALECTS: knows no `unknown`"):
        served(config, world, ("unknown",))


def test_without_a_place_at_the_root_its_addresses_are_nobodys(
    config: Config, world: World
) -> None:
    client = Client(create_app(replace(config, root_dialects=()), world))
    for rule in {rule for one in KNOWN for rule, _ in one.root_routes or one.routes}:
        reply = client.get(re.sub("<.*?>", "1", rule))
        assert reply.headers["Content-Type"] == "application/problem+json", rule


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a", "/a"),
        ("/a/<x>", "/a/<y>"),
        ("/a/<x>", "/a/<digits:y>"),
        ("/a/<x>", "/a/<uuid:y>/"[:-1]),
    ],
)
def test_two_rules_for_one_request_stop_the_start(app: Flask, one: str, other: str) -> None:
    app = Flask("clash")
    app.url_map.converters["digits"] = app.url_map.converters["int"]
    app.add_url_rule(one, "one", lambda **_: "", methods=["GET", "POST"])
    app.add_url_rule(other, "other", lambda **_: "", methods=["GET"])
    with pytest.raises(Unmountable) as told:
        clashes.refuse(app)
    assert f"{one} of one" in told.value.detail
    assert f"{other} of other" in told.value.detail


@pytest.mark.parametrize(
    ("one", "other", "methods"),
    [
        ("/a", "/a/", ["GET"]),
        ("/a/<x>", "/a/b", ["GET"]),
        ("/a/<digits:x>", "/a/<uuid:y>", ["GET"]),
        ("/a", "/a", ["POST"]),
        ("/a/<x>", "/a/<x>/b", ["GET"]),
    ],
)
def test_what_can_be_told_apart_is_no_clash(one: str, other: str, methods: list[str]) -> None:
    app = Flask("no_clash")
    app.url_map.converters["digits"] = app.url_map.converters["int"]
    app.add_url_rule(one, "one", lambda **_: "", methods=["GET"])
    app.add_url_rule(other, "other", lambda **_: "", methods=methods)
    clashes.refuse(app)


def test_what_is_nobodys_is_refused_in_our_own_words(client: Client) -> None:
    for path in ("/nothing", "/api/nothing", "/api/tasks/x/nothing"):
        reply = client.get(path)
        assert reply.headers["Content-Type"] == "application/problem+json"


@every_dialect
def test_below_a_prefix_nothing_is_refused_in_our_own_words(client: Client, one: Any) -> None:
    for path in (one.prefix, f"{one.prefix}/", f"{one.prefix}/nothing/at/all"):
        reply = client.delete(path)
        assert reply.status in {404, 405}
        assert reply.headers["Content-Type"] == "application/json"
        assert "instance" not in reply.json


@every_dialect
def test_its_document_is_valid_and_equal_to_its_routes(
    client: Client, app: Flask, one: Any
) -> None:
    document = client.get(f"{one.prefix}/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"]["title"] == one.title
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), verb.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{one.blueprint}.")
        for verb in (rule.methods or set()) & {*VERBS}
    }
    assert routes == {(path, verb) for path, verbs in document["paths"].items() for verb in verbs}


@every_dialect
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("body", [LONG, b"{", b"[]", b"{}"], ids=["long", "cut", "list", "empty"])
def test_a_body_that_is_none_is_refused_as_its_document_says(
    client: Client, one: Any, kind: str, body: bytes
) -> None:
    ann = client.as_("ann")
    headers = {"Cookie": f"token={ann.token}"}
    for path, verbs in client.get(f"{one.prefix}/openapi.json").json["paths"].items():
        for verb, said in verbs.items():
            if "requestBody" in said:
                path = re.sub("{.*?}", "1", path)
                reply = ann.ask(verb, path, headers=headers, data=body, content_type=kind)
                assert 400 <= reply.status < 500, (path, reply.body)
                assert str(reply.status) in said["responses"], (path, reply.status)


@every_dialect
def test_every_method_is_declared(app: Flask, one: Any) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{one.blueprint}."):
            resource: Any = getattr(app.view_functions[rule.endpoint], "view_class")  # noqa: B009
            for verb in (rule.methods or set()) & {*VERBS}:
                assert isinstance(getattr(resource, verb.lower()).operation, Declared)


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_page_lists_every_document(client: Client, page: str) -> None:
    script = client.get(f"/{page}/init.js").body.decode()
    assert '"/openapi.json"' in script
    for one in KNOWN:
        assert f'"{one.prefix}/openapi.json"' in script
        assert one.title in script


def test_our_own_document_tells_of_no_dialect(client: Client) -> None:
    paths = client.get("/openapi.json").json["paths"]
    assert all(path.startswith("/api/") for path in paths)
