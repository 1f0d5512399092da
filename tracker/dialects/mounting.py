"""Putting dialects under their addresses, and their words on all that is refused there."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import BaseConverter

from tracker.web.answers import answer
from tracker.web.rest import mount

from . import refusals
from .dialect import Dialect


class Digits(BaseConverter):
    """A text of digits, read later: what is too long for a number is an id that nobody has."""

    regex = "[0-9]+"


def init_app(app: Flask, known: list[Dialect], rooted: list[Dialect]) -> None:
    """Mount all below their prefixes and some at the root as well."""
    app.url_map.converters["digits"] = Digits
    for one in known:
        _mount(app, one.blueprint, one.prefix, one.routes, one)
    for one in rooted:
        _mount(app, one.root_blueprint, "", one.root_routes or one.routes, one)
    app.before_request(partial(_refuse_unknown, _speakers(known, rooted)))


def refuse(speakers: list[Dialect], error: Exception) -> Response:
    """The answer to an error, in the words of a dialect, or in those of several at once."""
    body: dict[str, Any] = {}
    for one in speakers:
        refusal = refusals.of(error, one.statuses, one.texts)
        body |= one.words(refusal)
    response = answer(body, refusal.status, refusal.headers)
    if refusal.status == 401 and one.credential["type"] != "apiKey":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _mount(app: Flask, name: str, prefix: str, routes: Any, one: Dialect) -> None:
    wording = partial(refuse, [one])
    mount(app, name, prefix, routes, identify=one.identify, refuse=wording)


def _refuse_unknown(speakers: Callable[[str], list[Dialect]]) -> Response | None:
    """What no rule answers is refused in the words of whose address it is."""
    fault = request.routing_exception
    theirs = speakers(request.path) if fault else []
    return refuse(theirs, fault) if fault and theirs else None


def _speakers(known: list[Dialect], rooted: list[Dialect]) -> Callable[[str], list[Dialect]]:
    """Whose addresses begin like a path: below a prefix one dialect's, at the root maybe more."""
    stems: dict[str, list[Dialect]] = {}
    for one in rooted:
        for stem in {_stem(rule) for rule, _ in one.root_routes or one.routes}:
            stems.setdefault(stem, []).append(one)
    prefixes = {one.prefix: [one] for one in known}

    def speakers(path: str) -> list[Dialect]:
        first = "/" + path.split("/")[1]
        return prefixes.get(first) or stems.get(_stem(path), [])

    return speakers


def _stem(path: str) -> str:
    """The first step of a path; below `/api`, which is ours, the first two."""
    steps = path.split("/")[1:]
    return "/" + "/".join(steps[:2] if steps[0] == "api" else steps[:1])
