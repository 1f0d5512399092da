"""Very many tasks whose deadlines have passed, and what is measured of a sweep that tells them."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from tracker.core import drafts, rows
from tracker.core.drafts import Birth
from tracker.core.trees import Tree
from tracker.services.world import World

TREE = 100
THINK_SECONDS = 0.01
MOST_SLOWER, MOST_LATER, MOST_GROWN = 1.5, 2.0, 0.10
PAGE = os.sysconf("SC_PAGE_SIZE")


class Step(NamedTuple):
    """A commit of a sweep: when it was done, and the memory that its process had then."""

    at: float
    memory: int


class Figures(NamedTuple):
    """Tasks told a second, by tenths; by what share the sweeping process grew after the first, and
    how many times as long a read took beside it.
    """

    rates: list[float]
    grown: float
    slower: float

    @property
    def is_steady(self) -> bool:
        return self.rates[0] <= MOST_LATER * self.rates[-1]


def plant(world: World, owner: str, tasks: int) -> None:
    """Straight into the store, as their drains left them: requests would take many times as long
    as what is measured.
    """
    for _ in range(tasks // TREE):
        tree = _tree(world, owner)
        world.store.db.trees.insert_one(tree)
        world.store.db.task_paths.insert_many([*rows.project(tree, owner).values()])


def step() -> Step:
    """Where this process stands now."""
    with open("/proc/self/statm") as told:
        return Step(time.perf_counter(), int(told.read().split()[1]) * PAGE)


def reads(read: Callable[[], object], goes_on: Callable[[], bool]) -> list[float]:
    """The times of reads, in milliseconds, with a breath between them."""
    times = []
    while goes_on():
        began = time.perf_counter()
        read()
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(THINK_SECONDS)
    return times


def lasting(seconds: float) -> Callable[[], bool]:
    """Goes on for so long."""
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() < until


def show(portions: Sequence[Sequence[Step]], quiet: list[float], beside: list[float]) -> Figures:
    """Print what came of telling one portion after the other, and return it."""
    took = [
        later.at - step.at for one in portions for step, later in zip(one, one[1:], strict=False)
    ]
    memory = [later.memory for one in portions for later in one[1:]]
    tenths = [took[len(took) * part // 10 : len(took) * (part + 1) // 10] for part in range(10)]
    rates = [TREE * len(tenth) / sum(tenth) for tenth in tenths]
    first, last = memory[len(memory) // 10], memory[-1]
    before, after = statistics.median(quiet), statistics.median(beside)
    print(f"  {TREE * len(took):,} tasks told in {sum(took):.1f} s")
    print(f"  a second, by tenths: {' '.join(f'{rate:.0f}' for rate in rates)}")
    print(f"  the process: {first / 2**20:.0f} MB after a tenth, {last / 2**20:.0f} in the end")
    print(
        f"  reads: median {before:.2f} ms of {len(quiet)}, beside it {after:.2f} of {len(beside)}"
    )
    figures = Figures(rates, last / first - 1, after / before)
    print(f"\nA read beside the sweep: × {figures.slower:.2f} of its quiet median.")
    return figures


def _tree(world: World, owner: str) -> Tree:
    """Its tasks were due one minute after the other."""
    now, ids = world.now(), (world.new_id() for _ in range(TREE))
    tasks = [
        {"title": f"task {count}", "due_date": now - timedelta(minutes=count + 1)}
        for count in range(TREE)
    ]
    draft, numbers = {**tasks[0], "subtasks": tasks[1:]}, world.store.numbers.take(TREE)
    root = drafts.grow(draft, ids, iter(numbers), Birth(now, owner, 1), 1.0)
    return {**drafts.plant(root, owner=owner), "rev": 1}
