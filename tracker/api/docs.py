"""/openapi.json, with Swagger UI at /docs and ReDoc at /redoc: from this server alone, under a
strict CSP.

The pages show our own document first, and list those of the other doors beside it.
"""

from functools import cache, partial
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from tracker.web import documents
from tracker.web.answers import answer, dump

from . import openapi

# Both set styles from their scripts; nothing else may come from anywhere but here.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
SWAGGER = {
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui.css",
    "favicon-32x32.png",
}
REDOC = {"redoc.standalone.js"}

_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
# its package is here for this one file, and is never imported
_REDOC = distribution("flask-openapi3-redoc").locate_file("flask_openapi3_redoc/templates/redoc/js")
_DOCS = """<!doctype html>
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
_DOCS_INIT = """SwaggerUIBundle({{
  urls: {urls}, dom_id: "#ui", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout"
}});
"""
_READ = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<nav id="others" style="font: 14px sans-serif; padding: .6em 1em"></nav>
<div id="ui"></div>
<script src="/redoc/redoc.standalone.js"></script>
<script src="/redoc/init.js"></script>
</html>
"""
# its search would need a worker from a blob, which the policy forbids
_READ_INIT = """const urls = {urls};
const wanted = new URLSearchParams(location.search).get("document");
const shown = urls.find(one => one.url === wanted) || urls[0];
for (const one of urls) {{
  const link = document.createElement("a");
  link.href = "/redoc?document=" + encodeURIComponent(one.url);
  link.textContent = one.name;
  link.style.marginRight = "1.5em";
  document.getElementById("others").append(link);
}}
Redoc.init(shown.url, {{disableSearch: true}}, document.getElementById("ui"));
"""


def init_app(app: Flask, *, title: str, version: str) -> None:
    """Serve the document, made when first asked for, and its pages."""
    pages = Blueprint("docs", __name__)

    @cache
    def document() -> bytes:
        return dump(openapi.build(app, title=title, version=version))

    pages.add_url_rule("/openapi.json", "openapi", lambda: answer(document()))
    for name, page, init, assets in (
        ("docs", _DOCS, _DOCS_INIT, (_SWAGGER, SWAGGER)),
        ("redoc", _READ, _READ_INIT, (_REDOC, REDOC)),
    ):
        html = page.format(title=escape(title))
        pages.add_url_rule(f"/{name}", name, partial(_page, html, "text/html"))
        pages.add_url_rule(f"/{name}/init.js", f"{name}_init", partial(_init, app, title, init))
        pages.add_url_rule(f"/{name}/<name>", f"{name}_asset", partial(_asset, *assets))
    app.register_blueprint(pages)


def _init(app: Flask, title: str, script: str) -> Response:
    listed = [("/openapi.json", title), *((one.url, one.title) for one in documents.others(app))]
    urls = dump([{"url": url, "name": name} for url, name in listed]).decode()
    return _page(script.format(urls=urls), "text/javascript")


def _page(text: str, kind: str) -> Response:
    response = Response(text, mimetype=kind)
    response.headers["Content-Security-Policy"] = CSP
    return response


def _asset(folder: Any, known: set[str], name: str) -> Response:
    if name not in known:
        raise NotFound
    return send_from_directory(folder, name, max_age=3600)
