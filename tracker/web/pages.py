"""Plain pages, for what links in letters open: HTML under a strict CSP, and no script."""

import hashlib
from base64 import b64encode
from typing import Any

from flask import Response, current_app, render_template
from markupsafe import Markup

STYLE = Markup(
    "body{font:1.1em/1.5 sans-serif;color:#222;max-width:28em;margin:3em auto;padding:0 1em}"
    "label{display:block;margin:1em 0 0}input,button{font:inherit;padding:.4em;margin:.3em 0}"
    "input{width:100%;box-sizing:border-box}[role=alert]{color:#a00}"
)
_STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CSP = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def told(title: str, text: str, status: int = 200) -> Response:
    """A page that says one thing."""
    return page("told", status, title=title, text=text)


def page(name: str, status: int, **values: Any) -> Response:
    """The page of a template."""
    service = current_app.extensions["about"]["app"]
    html = render_template(f"pages/{name}.html", style=STYLE, service=service, **values)
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CSP
    return response
