"""The id of a request, its JSON line in the log, and its place among the metrics: neither shows its
path, query, headers or body.
"""

import re
import sys
import time
import traceback
from typing import Any, BinaryIO

import orjson
import structlog
from flask import Flask, Response, g, request
from uuid_utils import uuid7

from . import proxies
from .world import world

ID_HEADER = "X-Request-Id"

_SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def init_app(app: Flask, *, level: str, log_to: BinaryIO | None = None) -> None:
    """Give each request an id and a log line; `log_to` is standard output unless given."""
    log = _logger(level, log_to or sys.stdout.buffer)
    app.extensions["log"] = log

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = _request_id()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[ID_HEADER] = g.request_id
        _count(response)
        _write_line(log, response)
        structlog.contextvars.clear_contextvars()
        return response


def remember_fault(fault: BaseException) -> None:
    """Keep an unexpected exception for the log line of this request."""
    g.fault = fault


def _request_id() -> str:
    given = request.headers.get(ID_HEADER, "")
    return given if _SAFE_ID.fullmatch(given) else str(uuid7())


def _count(response: Response) -> None:
    route = request.url_rule.rule if request.url_rule else None
    # what a socket has stood open is no time in which anybody waited for an answer
    is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    seconds = None if is_socket else time.perf_counter() - g.began
    world().metrics.answered(request.method, route, response.status_code, seconds)


def _write_line(log: Any, response: Response) -> None:
    line = {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "request_id": g.request_id,
        "user": g.caller["_id"] if "caller" in g else None,
        "address": proxies.address(),
    }
    if "fault" in g:
        log.error("fault", **line, exception="".join(traceback.format_exception(g.fault)))
    else:
        log.info("request", **line)


def _logger(level: str, log_to: BinaryIO) -> Any:
    """Set up structlog for the process, so that what services and store log looks the same."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(log_to),
    )
    return structlog.get_logger()


def _dumps(line: Any, **_: Any) -> bytes:
    return orjson.dumps(line, default=str)
