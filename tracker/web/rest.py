"""flask-restful with its cures, for every door that has resources. No route here."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_restful import Api, Resource
from werkzeug.exceptions import NotAcceptable

from .answers import JSON, answer
from .marks import Method, is_marked, marked
from .principal import private
from .world import world

Route = tuple[str, type[Resource]]


class RestApi(Api):
    """Leaves errors to Flask's handlers: flask-restful's own turns each into a 500.

    And leaves nothing of itself on resources, through which an application would outlive its use.
    """

    def error_router(self, original_handler: Callable[[Exception], Any], e: Exception) -> Any:
        return original_handler(e)

    def mediatypes_method(self) -> None:
        return None


def mount(
    app: Flask,
    name: str,
    prefix: str,
    routes: Iterable[Route],
    *,
    area: str | None = None,
    media: str = JSON,
    identify: Callable[[], None] | None = None,
    refuse: Callable[[Exception], Response] | None = None,
) -> None:
    """Serve resources under a prefix: private, each request under one deadline.

    `area` says which scopes of API tokens open them (`core.scopes`); None is closed to API tokens.
    `media` is what they answer, errors aside. `identify` is as for `private`.
    `refuse` words every error of theirs, where the application's own words are not theirs.
    """
    blueprint = Blueprint(name, __name__, url_prefix=prefix)
    known = partial(private, area=area, identify=identify)
    api = RestApi(blueprint, decorators=[partial(_acceptable, media=media), known, _under_deadline])
    api.representation(JSON)(answer)
    rules: dict[type[Resource], list[str]] = {}
    for rule, resource in routes:
        rules.setdefault(resource, []).append(rule)
    for resource, all_its_rules in rules.items():
        api.add_resource(resource, *all_its_rules)
    if refuse:
        blueprint.register_error_handler(Exception, refuse)
    app.register_blueprint(blueprint)


def streaming(method: Method) -> Method:
    """Mark a method that takes or gives bytes at the pace of its client: under no deadline but what
    its services set themselves, and of any type.
    """
    return marked(method, "streaming")


def _acceptable(view: Callable[..., Any], *, media: str) -> Callable[..., Any]:
    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        is_any = any(is_marked(view, request.method, mark) for mark in ("streaming", "page"))
        if request.accept_mimetypes and not (is_any or request.accept_mimetypes[media]):
            raise NotAcceptable(f"Answers {media}")
        return view(*args, **kwargs)

    return checked


def _under_deadline(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if is_marked(view, request.method, "streaming"):
            return view(*args, **kwargs)
        with world().store.deadline():
            return view(*args, **kwargs)

    return bounded
