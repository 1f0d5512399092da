"""What a service may touch of the outside: the store, the clock, fresh ids, the post, the storage
of files, a way for hints. Handed in, so tests hand in theirs.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uuid_utils

from tracker.files import Blobs
from tracker.mail import Post
from tracker.metrics import Metrics
from tracker.store import Store


@dataclass(frozen=True)
class World:
    """`clock` answers aware UTC times; `new_id` time-ordered UUIDs (RFC 9562, version 7) as
    text. `post` sends letters, None where there is no post. `due` is set when a job was queued: a
    hint to whoever does jobs in this process, and no more. `hint` is one to those who watch, in
    whatever process: it raises nothing and waits for nobody. `metrics` counts. `blobs` holds the
    bytes of files, None where nobody keeps any.
    """

    store: Store
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    post: Post | None = None
    due: threading.Event = field(default_factory=threading.Event, compare=False)
    metrics: Metrics = field(default_factory=Metrics, compare=False)
    hint: Callable[[str], None] = field(default=lambda hint: None, compare=False)
    blobs: Blobs | None = None

    @property
    def open_workspace(self) -> bool:
        return self.store.open_workspace

    def now(self) -> datetime:
        """The time, cut to the milliseconds that are stored: what is decided on is what is kept."""
        moment = self.clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def real(
    store: Store,
    post: Post | None = None,
    hint: Callable[[str], None] = lambda hint: None,
    metrics: Metrics | None = None,
    blobs: Blobs | None = None,
) -> World:
    """The world of a running service."""
    return World(
        store,
        clock=lambda: datetime.now(UTC),
        new_id=lambda: str(uuid_utils.uuid7()),
        post=post,
        metrics=metrics or Metrics(),
        hint=hint,
        blobs=blobs,
    )
