"""Times of deeds: taken in turns, bounded in number and in seconds. Prints nothing."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

FEWEST = 3

Deed = Callable[[], object]


class Bounds(NamedTuple):
    """How often a deed is timed at most, and for how many seconds the deeds of a row together."""

    times: int
    seconds: float


class Sample(NamedTuple):
    """What a deed took, in milliseconds: the median, and the 10th and 90th percentile.

    `busy` is the median of this process's own CPU time, which other programs hardly disturb.
    """

    median: float
    low: float
    high: float
    busy: float

    @classmethod
    def of(cls, times: Sequence[tuple[float, float]]) -> "Sample":
        taken, busy = zip(*times, strict=True)
        tenths = statistics.quantiles(taken, n=10, method="inclusive")
        return cls(statistics.median(taken), tenths[0], tenths[-1], statistics.median(busy))


def in_turns(deeds: Sequence[Deed], bounds: Bounds, *, first: Sequence[Deed] = ()) -> list[Sample]:
    """Time the deeds one after the other, again and again, so that a busy moment hits them alike.

    Each is done once untimed, then `FEWEST` times at least and to the bounds at most; before each
    time its partner in `first` is done untimed.
    """
    first = first or [_nothing] * len(deeds)
    for deed in deeds:
        deed()
    taken: list[list[tuple[float, float]]] = [[] for _ in deeds]
    end = time.perf_counter() + bounds.seconds
    for turn in range(bounds.times):
        if turn >= FEWEST and time.perf_counter() > end:
            break
        for before, deed, times in zip(first, deeds, taken, strict=True):
            before()
            times.append(_milliseconds(deed))
    return [Sample.of(times) for times in taken]


def _nothing() -> None: ...


def _milliseconds(deed: Deed) -> tuple[float, float]:
    began, busy = time.perf_counter(), time.process_time()
    deed()
    return (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000
