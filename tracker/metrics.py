"""What is counted while the service runs, and how it is told to Prometheus. Knows no rule, and of
the database no more than it is handed.

Each application has its own registry. Where gunicorn has several workers, each of them counts in
files of a folder that they share (PROMETHEUS_MULTIPROC_DIR, set before this is imported), and a
scrape of any of them tells the sums of all. Labels are few and known: routes as they are declared,
never a path.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"


class Reading(NamedTuple):
    """A measure that is not counted here but read at the scrape: its values by what `label` says,
    or one value under an empty name.
    """

    name: str
    meaning: str
    kind: Literal["gauge", "counter"]
    values: Mapping[str, float]
    label: str | None = None


class Metrics:
    """The counters of one application; any number of threads may use it."""

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        asked = ("method", "route")
        self._requests = Counter(
            "tracker_requests", "Requests answered", (*asked, "status"), registry=own
        )
        self._seconds = Histogram(
            "tracker_request_seconds",
            "Seconds from a request to its answer",
            asked,
            buckets=SECONDS,
            registry=own,
        )
        self._commands = Counter(
            "tracker_database_commands", "Commands sent to the database", ("command",), registry=own
        )
        self._lost = Counter(
            "tracker_commit_retries", "Commits decided again after a lost race", registry=own
        )
        self._sockets = Gauge(
            "tracker_sockets",
            "Live connections, WebSockets and event streams",
            registry=own,
            multiprocess_mode="livesum",
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float | None) -> None:
        """Count a request; `route` as it is declared, None where none fits. Without seconds it is
        not timed.
        """
        asked = (method if method in METHODS else "other", route or NO_ROUTE)
        self._requests.labels(*asked, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(*asked).observe(seconds)

    def sent(self, command: str) -> None:
        """Count a round trip to the database."""
        self._commands.labels(command).inc()

    def lost_race(self) -> None:
        """Count a commit that found another one in its place."""
        self._lost.inc()

    def hold_sockets(self, number: int) -> None:
        """Say how many live connections this process holds now."""
        self._sockets.set(number)

    def scrape(self, readings: Iterable[Reading]) -> bytes:
        """Everything in Prometheus' text format 0.0.4, with what was read for this scrape."""
        told = CollectorRegistry()
        if values.ValueClass is values.MutexValue:
            told.register(self._registry)
        else:
            MultiProcessCollector(told)  # type: ignore[no-untyped-call]  # ships no hint here
        told.register(_Read(readings))
        return generate_latest(told)


class _Read(Collector):
    """Readings as a registry takes them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = list(readings)

    def collect(self) -> Iterable[Metric]:
        for reading in self._readings:
            metric = Metric(reading.name, reading.meaning, reading.kind)
            name = f"{reading.name}_total" if reading.kind == "counter" else reading.name
            for key, value in reading.values.items():
                metric.add_sample(name, {reading.label: key} if reading.label else {}, value)
            yield metric
