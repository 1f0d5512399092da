"""One change in a large tree: fields, a new task, completing and reopening, each one commit."""

import itertools
from collections.abc import Callable, Iterator

from . import forests
from .services import Service
from .tables import Row
from .timing import Bounds, Deed, in_turns

PROMISED_MS = 100


def plant(service: Service, tasks: int) -> str:
    """A tree of so many tasks; returns the id of the leaf that is changed."""
    return forests.open_leaf(service, forests.plant(service, tasks, "edited"))


def run(services: list[Service], leaf: str, bounds: Bounds) -> Iterator[Row]:
    """Rows for each kind of change."""
    for what, kind in KINDS.items():
        own, *others = in_turns([kind(service, leaf) for service in services], bounds)
        yield Row(what, own, others[0] if others else None, PROMISED_MS)


def _retitle(service: Service, leaf: str) -> Deed:
    number = itertools.count()
    return lambda: service.ask("PATCH", f"/api/tasks/{leaf}", {"title": f"draft {next(number)}"})


def _complete_or_reopen(service: Service, leaf: str) -> Deed:
    deed = itertools.cycle(("complete", "reopen"))
    return lambda: service.ask("POST", f"/api/tasks/{leaf}/{next(deed)}")


def _add(service: Service, leaf: str) -> Deed:
    return lambda: service.ask("POST", f"/api/tasks/{leaf}/subtasks", {"title": "one more"})


KINDS: dict[str, Callable[[Service, str], Deed]] = {
    "a new title": _retitle,
    "completing or reopening a leaf": _complete_or_reopen,
    "a new task below a leaf": _add,
}
