"""What a method of a dialect takes and answers: said once, to load requests and describe the API.

    @operation("Change a task", number="task_id", body=CHANGE, answers={200: Task}, errors=(404,))
    def put(self, task_id, body): ...

As `web.operations`, with what other systems do differently: keys that nobody knows are passed over,
an id in the path may be a whole number, and an operation says by which status and in which words it
refuses.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Request, request
from marshmallow import EXCLUDE, Schema

from tracker.errors import Fault, Invalid
from tracker.web import bodies
from tracker.web.operations import Shape

# past which no id can be: it fits into 64 bits
MOST_DIGITS = 19
NO_NUMBER = 0

# what is said of an error: words, or what finds them
Text = str | Callable[[Any], str]
Refuses = Mapping[type[Exception], tuple[int, Text]]


class Loose(Schema):
    """A schema as the other systems have it: what it does not know, it does not see."""

    class Meta:
        unknown = EXCLUDE


class Located(Invalid):
    """An Invalid that knows which part of the request its pointers are of."""

    def __init__(self, where: str, found: Invalid) -> None:
        super().__init__(*found.faults, detail=found.detail)
        self.where = where


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The declaration of a method, as `operation` takes it."""

    summary: str
    answers: Mapping[int, Shape]
    errors: tuple[int, ...]
    refuses: Refuses
    body: Schema | None
    bodiless: bool
    form: bool
    query: Schema | None
    asked: Schema | None
    number: str | None
    limit: int

    def taken(self) -> dict[str, Any]:
        """What this request brings of `query` and `body`, where declared."""
        taken: dict[str, Any] = {}
        if self.query:
            with located("query"):
                taken["query"] = bodies.query(self.query)
        if self.asked:
            taken["asked"] = _asked(self.asked)
        if self.body:
            with located("body"):
                taken["body"] = self._read(self.body)
        return taken

    def _read(self, schema: Schema) -> dict[str, Any]:
        if self.bodiless and not request.get_data():
            return dict(schema.load({}))
        return bodies.form(schema) if self.form else bodies.body(schema, limit=self.limit)

    def path(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of the path, the number among them read."""
        return {
            name: read_number(name, value) if name == self.number else str(value)
            for name, value in given.items()
        }


def operation(
    summary: str,
    *,
    answers: Mapping[int, Shape],
    errors: tuple[int, ...] = (),
    refuses: Refuses | None = None,
    body: Schema | None = None,
    bodiless: bool = False,
    form: bool = False,
    query: Schema | None = None,
    asked: Schema | None = None,
    number: str | None = None,
    limit: int = bodies.MB,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method of a resource.

    `answers` holds the good statuses, `errors` others; `refuses` is the status and the text of
    kinds of errors, where they are not the dialect's; `asked` comes as query parameters, or as a
    JSON body, which some clients send with a GET; `number` names the argument of the path that
    is a whole number; `bodiless` says that the body may be empty, `form` that it is a form;
    `limit` is its size, in bytes.
    """
    declared = Declared(
        summary=summary, answers=answers, errors=errors, refuses=refuses or {}, body=body,
        bodiless=bodiless, form=form, query=query, asked=asked, number=number, limit=limit,
    )  # fmt: skip

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def run(self: Any, **path: Any) -> Any:
            return method(self, **declared.path(path), **declared.taken())

        run.operation = declared  # type: ignore[attr-defined]
        return run

    return declare


def declared_of(app: Flask, request: Request) -> Declared | None:
    """What the method that answers this request has declared; None where none does."""
    view = app.view_functions.get(request.endpoint or "")
    resource = getattr(view, "view_class", None)
    verb = "get" if request.method == "HEAD" else request.method.lower()
    found = getattr(getattr(resource, verb, None), "operation", None)
    return found if isinstance(found, Declared) else None


def read_number(name: str, value: Any) -> int:
    """A whole number of a path; one that no id can be is `NO_NUMBER`. Raises Located."""
    text = str(value)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        wrong = Fault(f"/{name}", "Input should be a valid integer")
        raise Located("path", Invalid(wrong))
    return int(text) if len(digits) < MOST_DIGITS and int(text) > 0 else NO_NUMBER


def _asked(schema: Schema) -> dict[str, Any]:
    """From the query where it names any of the fields, else from the body, where there is one."""
    named = bodies.keys_of(schema) & request.args.keys()
    if not named and request.is_json and request.get_data():
        with located("body"):
            return bodies.body(schema)
    with located("query"):
        return bodies.query(schema)


@contextmanager
def located(where: str) -> Iterator[None]:
    """What is found Invalid inside is of this part of the request."""
    try:
        yield
    except Invalid as found:
        raise Located(where, found) from None
