"""Headers of every answer, errors included: what browsers may do, and which origins may read."""

from flask import Flask, Response, request

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": API_CSP,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT = (
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-CSRF-Token, "
    "X-Request-Id, Range, If-Range, Last-Event-ID"
)
_SHOWN = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, Allow, X-Request-Id, "
    "Content-Disposition, Content-Range, X-Total-Count"
)
_PREFLIGHT_SECONDS = "600"


def init_app(app: Flask, *, cors_origins: tuple[str, ...], production: bool) -> None:
    """Add the headers to every answer; a view's own value of one of them stands."""
    always = _ALWAYS | ({"Strict-Transport-Security": _HSTS} if production else {})
    allowed = frozenset(cors_origins)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in always.items():
            response.headers.setdefault(name, value)
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin in allowed:
            _allow(response)
            response.headers["Access-Control-Allow-Credentials"] = "true"
        elif origin and "*" in allowed:  # of any page, and so never with its cookies
            _allow(response)
        return response


def _allow(response: Response) -> None:
    """CORS (Fetch standard, 3.2) for the origin that asks."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    headers["Access-Control-Expose-Headers"] = _SHOWN
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        headers["Access-Control-Allow-Methods"] = _METHODS
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
