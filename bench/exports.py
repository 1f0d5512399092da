"""python -m bench.exports [--short] [--check]: does an export take more memory the more it tells?

All tasks of one person as each kind of file, read as it comes and thrown away, of many tasks and of
five times as many. Prints when the first bytes came, how long it took, and by how much the process
grew meanwhile; --check ends with 1 where the larger one made it grow by more than `MOST_MB` beyond
the smaller. On the tests' server where there is one, for the embedded store holds everything in
memory anyway; there the time is what counts.
"""

import argparse
import gc
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from tracker.core import drafts, rows
from tracker.core.drafts import Birth

from . import forests, services
from .services import Service

FULL, SHORT = (10_000, 50_000), (1_000, 5_000)
MOST_MB = 10.0
FORMATS = ("xlsx", "csv", "json")
TREE = 500
PAGE_BYTES = 4096


class Told(NamedTuple):
    """One export: seconds to the first bytes and to the last, its size and the growth in MB."""

    first: float
    whole: float
    size: float
    grown: float


def main() -> None:
    asked = _arguments()
    sizes = SHORT if asked.short else FULL
    with services.embedded() as ann, services.beside(ann) as copied:
        for name, service in [("embedded", ann), *(("the tests' server", one) for one in copied)]:
            print(f"\nExports, {name}: first bytes, all, size, growth of the process", flush=True)
            grown = _measured(service, sizes)
    worst = max(larger - smaller for smaller, larger in grown)
    print(f"\nFive times as many tasks took {worst:+.1f} MB more at most.")
    if asked.check and worst > MOST_MB:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.exports", description="Measure.")
    parser.add_argument("--short", action="store_true", help="a tenth of the tasks")
    parser.add_argument("--check", action="store_true", help=f"end with 1 beyond {MOST_MB:.0f} MB")
    return parser.parse_args()


def _measured(service: Service, sizes: tuple[int, int]) -> list[tuple[float, float]]:
    grown: dict[str, list[float]] = {form: [] for form in FORMATS}
    planted = 0
    for tasks in sizes:
        _plant(service, planted, tasks)
        planted = tasks
        for form in FORMATS:
            _export(service, form)  # what is loaded once is no growth
            told = _export(service, form)
            grown[form].append(told.grown)
            print(
                f"  {tasks:6,} tasks as {form:<6}{told.first * 1000:8.0f} ms{told.whole:8.1f} s"
                f"{told.size:8.1f} MB{told.grown:+8.1f} MB",
                flush=True,
            )
    return [(few, many) for few, many in grown.values()]


def _export(service: Service, form: str) -> Told:
    gc.collect()
    before, peak, size, first = _resident(), 0.0, 0, 0.0
    headers = {"Authorization": f"Bearer {service.token}"}
    began = time.perf_counter()
    path = f"/api/analytics/export?format={form}"
    with service.app.test_client(use_cookies=False).get(path, headers=headers) as response:
        for chunk in response.response:
            first = first or time.perf_counter() - began
            size += len(chunk)
            peak = max(peak, _resident())
    whole = time.perf_counter() - began
    return Told(first, whole, size / 1e6, peak - before)


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE_BYTES / 1e6


def _plant(service: Service, there: int, tasks: int) -> None:
    """Rows alone, for an export reads no more: trees by requests would take minutes."""
    ann = service.world.store.db.users.find_one({"username": "ann"})
    for number in range(there // TREE, tasks // TREE):
        made = list(_rows(service, ann["_id"], number))
        service.world.store.db.task_paths.insert_many(made)


def _rows(service: Service, owner: str, number: int) -> Iterator[dict[str, Any]]:
    world = service.world
    at = world.now() - timedelta(minutes=number)
    ids = (world.new_id() for _ in range(TREE))
    numbers = iter(range(number * TREE, (number + 1) * TREE))
    draft = forests.draft(TREE, f"tree{number}")
    root = drafts.grow(draft, ids, numbers, Birth(at, owner, 1), 1.0)
    tree = drafts.plant(root, owner=owner)
    for row in rows.project(tree, world.store.space_of(owner)).values():
        yield {**row, "due_date": at}  # a draft's is a text as yet


if __name__ == "__main__":
    main()
