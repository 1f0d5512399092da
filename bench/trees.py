"""A whole tree read as JSON, small and large."""

from collections.abc import Iterator, Mapping, Sequence

from . import forests
from .services import Service
from .tables import Row
from .timing import Bounds, Deed, in_turns


def plant(service: Service, sizes: Sequence[int]) -> dict[int, str]:
    """A tree of each size; returns the ids of their roots."""
    return {tasks: forests.plant(service, tasks, "read") for tasks in sizes}


def run(services: list[Service], roots: Mapping[int, str], bounds: Bounds) -> Iterator[Row]:
    """A row for each tree, with the size of its JSON."""
    for tasks, root in roots.items():
        reads = [_read(service, root) for service in services]
        heavy = len(services[0].ask("GET", f"/api/tasks/{root}/tree")) / 1_000_000
        own, *others = in_turns(reads, bounds)
        yield Row(f"{tasks:,} tasks, {heavy:.2f} MB", own, others[0] if others else None)


def _read(service: Service, root: str) -> Deed:
    return lambda: service.ask("GET", f"/api/tasks/{root}/tree")
