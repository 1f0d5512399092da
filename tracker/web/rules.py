"""Rules of the URL map: they match, and are not compiled for building URLs before one is built.

No door builds any, and compiling for it would take most of the time that a start spends on rules.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def init_app(app: Flask) -> None:
    """Add such rules from now on."""
    app.url_rule_class = LateRule


def _late(append_unknown: bool) -> Builder:
    def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
        return Rule._compile_builder(rule, append_unknown)(rule, **values)

    return build


_LATE = {append_unknown: _late(append_unknown) for append_unknown in (False, True)}


class LateRule(Rule):
    """Werkzeug's rule, which is compiled for building anew each time that a URL is built by it."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        return _LATE[append_unknown]
