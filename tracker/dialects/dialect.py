"""What a dialect is: a value that says all that differs from one system to another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tracker.web.rest import Route

from .refusals import STATUSES, Refusal, Statuses, Texts

Routes = tuple[Route, ...]


def _nothing(app: Flask, config: Any) -> None:
    """Most dialects have no settings of their own."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The API of another system.

    `routes` stand below `prefix`, and `root_routes`, where those are others, at the root; `at_root`
    says whether they do unless a setting names others. `identify` takes who asks from a request,
    by what `web.principal` offers, or raises Unauthenticated. `words` makes the body of a refusal.
    `statuses` and `texts` are what kinds of errors are answered as, where it is not as ours are;
    an operation may say otherwise. `credential` is its OpenAPI security scheme, and `fault` the
    schema of its refusals.
    """

    name: str
    title: str
    prefix: str
    routes: Routes
    identify: Callable[[], None]
    words: Callable[[Refusal], Mapping[str, Any]]
    credential: Mapping[str, Any]
    fault: Mapping[str, Any]
    root_routes: Routes | None = None
    at_root: bool = True
    statuses: Statuses = field(default_factory=lambda: STATUSES)
    texts: Texts = field(default_factory=dict)
    set_up: Callable[[Flask, Any], None] = _nothing

    @property
    def blueprint(self) -> str:
        return f"as_{self.name}"

    @property
    def root_blueprint(self) -> str:
        return f"as_{self.name}_at_root"
