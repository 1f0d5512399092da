"""/openapi.json, and Swagger UI at /docs: from this server alone, under a strict CSP.

The page shows our own document first, and lists those of the other doors beside it.
"""

from functools import cache
from html import escape
from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from tracker.web import documents
from tracker.web.answers import answer, dump

from . import openapi

# Swagger UI sets styles from its script; nothing else may come from anywhere but here.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
ASSETS = {
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui.css",
    "favicon-32x32.png",
}

_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-ui-standalone-preset.js"></script>
<script src="/docs/init.js"></script>
</html>
"""
_INIT = """SwaggerUIBundle({{
  urls: {urls}, dom_id: "#ui", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout"
}});
"""


def init_app(app: Flask, *, title: str, version: str) -> None:
    """Serve the document, made when first asked for, and its page."""
    pages = Blueprint("docs", __name__)

    page = _PAGE.format(title=escape(title))

    @cache
    def document() -> bytes:
        return dump(openapi.build(app, title=title, version=version))

    pages.add_url_rule("/openapi.json", "openapi", lambda: answer(document()))
    pages.add_url_rule("/docs", "page", lambda: _page(page, "text/html"))
    pages.add_url_rule("/docs/init.js", "init", lambda: _init(app, title))
    pages.add_url_rule("/docs/<name>", "asset", _asset)
    app.register_blueprint(pages)


def _init(app: Flask, title: str) -> Response:
    listed = [("/openapi.json", title), *((one.url, one.title) for one in documents.others(app))]
    urls = dump([{"url": url, "name": name} for url, name in listed]).decode()
    return _page(_INIT.format(urls=urls), "text/javascript")


def _page(text: str, kind: str) -> Response:
    response = Response(text, mimetype=kind)
    response.headers["Content-Security-Policy"] = CSP
    return response


def _asset(name: str) -> Response:
    if name not in ASSETS:
        raise NotFound
    return send_from_directory(_FOLDER, name, max_age=3600)
