"""Rows of results: what was measured, beside what, and whether a promise was kept. Prints them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .timing import Sample


class Row(NamedTuple):
    """One deed's times, those of what stands beside it, and the most that was promised, in ms."""

    what: str
    sample: Sample
    beside: Sample | None = None
    promised: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.promised is None or self.sample.median <= self.promised


def show(title: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each printed below the title as it comes."""
    print(f"\n{title}", flush=True)
    for row in rows:
        print(_line(row), flush=True)
        yield row


def _line(row: Row) -> str:
    own = f"  {row.what:<42}{_times(row.sample):>22}{row.sample.busy:>8.1f}"
    return own + _beside(row) + _promise(row)


def _times(sample: Sample) -> str:
    return f"{sample.median:.1f} ({sample.low:.1f}–{sample.high:.1f})"


def _beside(row: Row) -> str:
    if row.beside is None:
        return " " * 30 if row.promised else ""
    ratio = row.sample.median / row.beside.median
    return f"{_times(row.beside):>22}{f'× {ratio:.2f}':>8}"


def _promise(row: Row) -> str:
    if row.promised is None:
        return ""
    return f"   ≤ {row.promised:.0f}: {'kept' if row.is_kept else 'BROKEN'}"
