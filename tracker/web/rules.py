"""Rules of the URL map: each matches at once, and learns to build a URL when one is asked for.

No door builds URLs by rules, and compiling the code that would takes most of the time of a start.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


def init_app(app: Flask) -> None:
    """Add such rules from now on."""
    app.url_rule_class = LateRule


class LateRule(Rule):
    """Werkzeug's rule, whose two builders are compiled when they are first called."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now, compiled = super()._compile_builder, None

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            compiled = compiled or compile_now(append_unknown)
            return compiled(rule, **values)

        return build
