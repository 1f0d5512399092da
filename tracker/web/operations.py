"""What a method of a resource takes and answers: said once, to load requests and describe the API.

    @operation("Change a task", body=CHANGE, writes=True, answers={200: Task}, errors=(403, 404))
    def patch(self, task_id, body, terms): ...

What is declared arrives as a keyword argument, what ends in `_id` in the path as a checked UUID,
what ends in `_number` as a whole number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import request
from marshmallow import Schema

from tracker.core.terms import Terms
from tracker.errors import Fault, Invalid

from . import bodies, etags, fields, keys
from .answers import JSON
from .principal import caller

# A schema class, a list of one of it, a plain JSON schema, or None for no body
Shape = type[Schema] | list[type[Schema]] | dict[str, Any] | None

_NO_QUERY = Schema.from_dict({}, name="NoQuery")()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """The declaration of a method, as `operation` takes it."""

    summary: str
    answers: Mapping[int, Shape]
    errors: tuple[int, ...]
    body: Schema | None
    bodiless: bool
    example: Mapping[str, Any] | None
    query: Schema | None
    limit: int
    writes: bool
    etag: bool
    media: str
    uploads: bool

    def taken(self) -> dict[str, Any]:
        """What this request brings of `query`, `body` and `terms`, where declared."""
        taken: dict[str, Any] = {}
        if self.query:
            taken["query"] = bodies.query(self.query)
        elif request.args:
            bodies.query(_NO_QUERY)
        if self.body:
            limit, optional = self.limit, self.bodiless
            taken["body"] = bodies.body(self.body, limit=limit, optional=optional)
        if self.writes:
            key = keys.key(caller()["_id"], with_body=not self.uploads)
            taken["terms"] = Terms(etags.if_match(), key)
        return taken


def operation(
    summary: str,
    *,
    answers: Mapping[int, Shape],
    errors: tuple[int, ...] = (),
    body: Schema | None = None,
    bodiless: bool = False,
    example: Mapping[str, Any] | None = None,
    query: Schema | None = None,
    limit: int = bodies.MB,
    writes: bool = False,
    etag: bool = False,
    media: str = JSON,
    uploads: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method of a resource.

    `answers` holds the good statuses, `errors` those beyond what every method may answer;
    `bodiless` says that the body may be left out; `example` is one for the documentation; `limit`
    is the body's, in bytes; `etag` says that the answer has one, `media` what a good one is;
    `uploads` that the body is files, which the method itself receives (`web.uploads`).
    """
    declared = Operation(
        summary=summary, answers=answers, errors=errors, body=body, bodiless=bodiless,
        example=example, query=query, limit=limit, writes=writes, etag=etag, media=media,
        uploads=uploads,
    )  # fmt: skip

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def run(self: Any, **path: str) -> Any:
            return method(self, **_checked(path), **declared.taken())

        run.operation = declared  # type: ignore[attr-defined]
        return run

    return declare


def _checked(path: dict[str, str]) -> dict[str, str | int]:
    return {name: _argument(name, value) for name, value in path.items()}


def _argument(name: str, value: str) -> str | int:
    for ending, (read, kind) in _READ.items():
        if name.endswith(ending):
            found = read(value)
            if found is None:
                raise Invalid(Fault("", f"{name} in the path is not a {kind}"))
            return found
    return value


_READ: dict[str, tuple[Callable[[str], str | int | None], str]] = {
    "_id": (fields.read_uuid, "UUID"),
    "_number": (fields.read_whole, "whole number"),
}
