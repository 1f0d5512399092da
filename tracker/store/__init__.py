"""The only place that knows MongoDB's operators, and which store there is.

A Store is a database and what one process keeps beside it: the queues of the writers of each tree,
and blocks of task numbers. Nothing here decides anything.

    trees     the truth: load, insert, commit      drains    rows, history, ack
    paths     the parent-path index: look up, list mending   verify, rebuild
    analytics sums over rows, by spans of time     extracts  all rows, some at a time
    indexes   every index, in one table            numbers   counters
    queues    one writer of a tree at a time       embedded  the store without a server
    attached  comments and files of tasks          pomodoros one document each
    files     who has how many, which are to go
    tags      palettes, names on tasks             categories
    accounts, addresses, one_time_tokens           jobs      what is to be done later
    throttles counters of tries                    roles     users as admins see them
    leaving   how far somebody's going has come    live      what live events are made of
    notifications  what people were told           letters   jobs of what one person is mailed
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymongo
from pymongo import monitoring
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError

from tracker.errors import Unavailable

from . import embedded, indexes
from .numbers import Numbers
from .queues import Queues

DEADLINE_SECONDS = 5.0
PROBE_SECONDS = 2.0
OPEN_SPACE = "everyone"


@dataclass(frozen=True)
class Store:
    """A database with its process-local queues and number blocks; `db` is PyMongo's or its embedded
    twin. `patience` is how long a request waits for the database, in seconds.
    """

    db: Any
    queues: Queues
    numbers: Numbers
    open_workspace: bool = False
    patience: float = DEADLINE_SECONDS

    def space_of(self, owner: str) -> str:
        """The key under which lists find the rows of an owner's trees; never a right."""
        return OPEN_SPACE if self.open_workspace else owner

    @contextmanager
    def deadline(self, seconds: float | None = None) -> Iterator[None]:
        """All database calls inside share one deadline, `patience` unless it is given; one that
        does not answer raises Unavailable.
        """
        try:
            with pymongo.timeout(seconds or self.patience):
                yield
        except PyMongoError as fault:
            if _is_outage(fault):
                raise Unavailable from fault
            raise

    def ping(self) -> None:
        """Returns when the database answers; raises Unavailable when it does not within two
        seconds.
        """
        with self.deadline(PROBE_SECONDS):
            self.db.command("ping")

    def close(self) -> None:
        # every attribute of PyMongo's Database is a collection, so its kind is asked for
        (self.db.close if isinstance(self.db, embedded.Database) else self.db.client.close)()


def connect(config: Any, sent: Callable[[str], object] = lambda _: None) -> Store:
    """The store that the settings name: MongoDB, or the embedded one with its indexes made.

    `sent` is told the name of every command that goes to the database.
    """
    if config.embedded:
        return assemble(
            embedded.open_store(config.data, sent=sent),
            open_workspace=config.open_workspace,
            prepare=True,
        )
    client: Any = pymongo.MongoClient(
        config.mongodb_uri,
        tz_aware=True,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        timeoutMS=int(DEADLINE_SECONDS * 1000),
        maxPoolSize=config.mongodb_pool,
        appname=config.app_name,
        connect=False,
        event_listeners=[_Ear(sent)],
    )
    return assemble(
        client.get_default_database(config.mongodb_database), open_workspace=config.open_workspace
    )


def assemble(
    db: Any,
    *,
    open_workspace: bool = False,
    prepare: bool = False,
    patience: float = DEADLINE_SECONDS,
) -> Store:
    """A Store around a database; with `prepare` its indexes are made first."""
    if prepare:
        indexes.create(db)
    return Store(db, Queues(), Numbers(db), open_workspace, patience)


class _Ear(monitoring.CommandListener):
    """Hears what the driver sends, retries too."""

    def __init__(self, sent: Callable[[str], object]) -> None:
        self._sent = sent

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self._sent(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def _is_outage(fault: PyMongoError) -> bool:
    return fault.timeout or isinstance(fault, ConnectionFailure | ExecutionTimeout)
