"""A page of a list out of many tasks: newest, sorted, filtered, searched, far from the start."""

import itertools
from collections.abc import Iterator

from . import forests
from .services import Service
from .tables import Row
from .timing import Bounds, Deed, in_turns

PROMISED_MS = 150
TREE = 1_000
PAGE = 50

QUERIES = {
    "the newest": "",
    "by due date": "sort_by=due_date&sort_order=asc",
    "by status, which is derived": "sort_by=status",
    "completed, by title": "completed=true&sort_by=title",
    "with a tag": "tag=paint",
    "found by text": "search=MEASURE",
    "roots only": "level=roots",
}


def plant(service: Service, tasks: int) -> str:
    """So many tasks, in trees of `TREE`; returns the id of one that may change meanwhile."""
    for number in range(1, tasks // TREE):
        forests.plant(service, TREE, f"tree{number}")
    forests.plant(service, TREE - 1, "tree0")
    return forests.plant(service, 1, "apart")


def run(services: list[Service], changed: str, tasks: int, bounds: Bounds) -> Iterator[Row]:
    """Rows for each kind of page, and for the page in the middle, each asked after a write.

    The embedded store remembers what its last scans found until something is written.
    """
    middle = {"the page in the middle": f"page={tasks // PAGE // 2}"}
    writes = [_write(service, changed) for service in services]
    for what, query in {**QUERIES, **middle}.items():
        pages = [_page(service, query) for service in services]
        own, *others = in_turns(pages, bounds, first=writes)
        yield Row(what, own, others[0] if others else None, PROMISED_MS)
    own, *others = in_turns([_page(service, "") for service in services], bounds)
    yield Row("the newest, with no write before it", own, others[0] if others else None)


def _page(service: Service, query: str) -> Deed:
    return lambda: service.ask("GET", f"/api/tasks?page_size={PAGE}&{query}")


def _write(service: Service, task: str) -> Deed:
    number = itertools.count()
    return lambda: service.ask("PATCH", f"/api/tasks/{task}", {"title": f"apart {next(number)}"})
