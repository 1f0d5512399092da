"""python -m bench [--short] [--check]: measure and print; --check fails where a promise breaks."""

import argparse
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import edits, lists, logins, services, trees
from .tables import Row, show
from .timing import Bounds


@dataclass(frozen=True)
class Scale:
    """How many tasks are listed, stand in the edited tree, in the trees read; how long it takes."""

    listed: int
    edited: int
    read: tuple[int, ...]
    bounds: Bounds


FULL = Scale(10_000, 1_000, (1_000, 5_000), Bounds(30, 10.0))
SHORT = Scale(1_000, 200, (200, 1_000), Bounds(5, 1.0))


def main() -> None:
    asked = _arguments()
    rows = list(_measured(SHORT if asked.short else FULL))
    broken = sum(not row.is_kept for row in rows)
    print(f"\nPromises broken: {broken} of {sum(row.promised is not None for row in rows)}.")
    if asked.check and broken:
        raise SystemExit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description="Measure, and print ratios.")
    parser.add_argument("--short", action="store_true", help="a tenth of the tasks, a few seconds")
    parser.add_argument("--check", action="store_true", help="end with 1 where a promise is broken")
    return parser.parse_args()


def _measured(scale: Scale) -> Iterator[Row]:
    """All rows, printed as they come. What is listed belongs to one person, the rest to another."""
    with services.embedded() as ann:
        eve = services.with_person(ann.world, "eve")
        changed = lists.plant(ann, scale.listed)
        leaf, roots = edits.plant(eve, scale.edited), trees.plant(eve, scale.read)
        with services.beside(ann) as copied:
            print(_heading(bool(copied)))
            of_ann, bounds = [ann, *copied], scale.bounds
            of_eve = [replace(service, token=eve.token) for service in of_ann]
            listed = lists.run(of_ann, changed, scale.listed, bounds)
            yield from show(f"A page of 50 out of {scale.listed:,} tasks", listed)
            edited = edits.run(of_eve, leaf, bounds)
            yield from show(f"One change in a tree of {scale.edited:,}", edited)
            yield from show("A whole tree as JSON", trees.run(of_eve, roots, bounds))
            yield from show("Passwords, on the embedded store", logins.run(ann, bounds))


def _heading(is_beside: bool) -> str:
    beside = "the tests' server" if is_beside else "nothing, for there is no server of the tests"
    return (
        f"CPython {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the start. Whole requests, without a socket.\n"
        "Milliseconds on the embedded store: median (10th–90th percentile), CPU; beside it on\n"
        f"{beside}, which is not MongoDB; × is the ratio of both, ≤ a promise."
    )


if __name__ == "__main__":
    main()
