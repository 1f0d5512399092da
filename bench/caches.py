"""python -m bench.caches [--short]: does it pay to keep answers?

What is kept is good for one version of what somebody sees, and that version is asked of the
database each time (`tracker.services.seeing`). So a kept answer is not free: what it costs stands
beside what it would cost to make it anew, of each kind, on both stores, and with a Redis where
there is one. A list is not kept: its row shows what a kept one would cost at least, which is what a
kept overview costs.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from config import Config
from tests.processes import redis_server
from tracker import create_app
from tracker.web.caching import Cache

from . import forests, services
from .services import Service
from .tables import Row, show
from .timing import Bounds, Deed, in_turns

KINDS = {
    "overview": "/api/analytics/overview",
    "trends of 30 days": "/api/analytics/trends",
    "trends of 365 days": "/api/analytics/trends?days=365",
}
# not kept
LISTS = {
    "a page of 10": "/api/tasks?page_size=10&expand=none",
    "a page of 100": "/api/tasks?page_size=100&expand=none",
    "10 found by text": "/api/tasks?page_size=10&expand=none&search=measure",
}


class Nowhere:
    """Keeps nothing."""

    def get(self, name: str) -> bytes | None:
        return None

    def put(self, name: str, value: bytes) -> None: ...


def main() -> None:
    short = _arguments().short
    tasks, trees = (1_000, 20) if short else (10_000, 200)
    bounds = Bounds(5, 2.0) if short else Bounds(30, 10.0)
    with services.embedded() as ann:
        for number in range(trees):
            forests.plant(ann, tasks // trees, f"tree{number}")
        what = f"{tasks:,} tasks in {trees} trees"
        _print(f"{what}, embedded: made anew, kept in this process", [ann], bounds)
        with services.beside(ann) as copied, redis_server() as (url, _):
            for server in copied:
                _print(f"{what}, the tests' server: made anew, kept here", [server], bounds)
                kept = _with_redis(server, url)
                _print(f"{what}, the tests' server: made anew, in Redis", [kept], bounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.caches", description="Measure.")
    parser.add_argument("--short", action="store_true", help="a tenth of the tasks, a few seconds")
    return parser.parse_args()


def _print(title: str, found: list[Service], bounds: Bounds) -> None:
    for service in found:
        list(show(title, _rows(service, bounds)))


def _rows(service: Service, bounds: Bounds) -> Iterator[Row]:
    plain = _without(service)
    for what, path in KINDS.items():
        anew, kept = in_turns([_ask(plain, path), _ask(service, path)], bounds)
        yield Row(what, anew, kept)
    for what, path in LISTS.items():
        anew, kept = in_turns([_ask(service, path), _ask(service, KINDS["overview"])], bounds)
        yield Row(f"{what}, beside a kept overview", anew, kept)


def _ask(service: Service, path: str) -> Deed:
    return lambda: service.ask("GET", path)


def _without(service: Service) -> Service:
    """The same service, which keeps nothing."""
    app = _app(service)
    app.extensions["cache"] = Cache(Nowhere(), service.world.clock)
    return replace(service, app=app)


def _with_redis(service: Service, url: str) -> Service:
    return replace(service, app=_app(service, redis_url=url))


def _app(service: Service, **settings: Any) -> Any:
    config = Config(
        secret_key=services.SECRET, rate_limit_anonymous=0, rate_limit_user=0, **settings
    )
    return create_app(config, service.world, log_to=open("/dev/null", "wb"))  # noqa: SIM115


if __name__ == "__main__":
    main()
