"""A drain that fails on one of its entries: tried again a few times, then done without what fails,
so that no entry blocks its tree for ever.

What fails because the database does not answer is never counted: the database is at fault then, and
no entry. Given up is only what fails by itself, beside all others that do not; it stands in
`dead_events` before the ack forgets it, and a command drives it again.
"""

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from pymongo.errors import BulkWriteError, PyMongoError, WriteError

from tracker.core.commits import Entry
from tracker.core.trees import Tree
from tracker.errors import Unavailable

from . import dead_events

ATTEMPTS = 5
# what fails is looked for by halves, but not without end where everything does
MOST_FOUND = 20
log = structlog.get_logger()

Step = Callable[[Any, Tree], None]


def go_round(store: Any, snapshot: Tree, step: Step, fault: Exception) -> None:
    """Write of a failed step all that can be written, and bury the rest; raises the fault again
    where that is not to be done, or not yet.
    """
    if is_outage(fault) or not snapshot["outbox"]:
        raise fault
    attempts = dead_events.count_attempt(store, snapshot["_id"], snapshot["outbox"][0])
    if attempts < ATTEMPTS:
        why = "".join(traceback.format_exception(fault))
        log.warning("drain_failed", tree=snapshot["_id"], attempts=attempts, exception=why)
        raise fault
    found: list[Exception] = []
    for entry in snapshot["outbox"]:
        known = len(found)
        _write(store, snapshot, step, entry, found)
        if len(found) > known:
            _bury(store, snapshot["_id"], entry, step, found[-1])


def is_outage(fault: Exception) -> bool:
    """True where it may go well the next time without anybody's doing."""
    if isinstance(fault, Unavailable):
        return True
    if isinstance(fault, BulkWriteError):
        return bool(fault.timeout or (fault.details or {}).get("writeConcernErrors"))
    if isinstance(fault, WriteError):
        return fault.timeout
    return isinstance(fault, PyMongoError)


def _write(store: Any, snapshot: Tree, step: Step, entry: Entry, found: list[Exception]) -> None:
    try:
        step(store, {**snapshot, "outbox": [entry]})
    except Exception as fault:
        if is_outage(fault):
            raise
        halves = list(_halves(entry)) if len(found) < MOST_FOUND else []
        if not halves:
            found.append(fault)
        for half in halves:
            _write(store, snapshot, step, half, found)


def _halves(entry: Entry) -> Iterator[Entry]:
    """The entry as two that name half of its rows each; none where it names one."""
    named = [("rows", task) for task in entry["rows"]] + [("gone", task) for task in entry["gone"]]
    middle = len(named) // 2
    for half in (named[:middle], named[middle:]) if middle else ():
        rows = [task for kind, task in half if kind == "rows"]
        gone = {task: entry["gone"][task] for kind, task in half if kind == "gone"}
        yield {**entry, "rows": rows, "gone": gone}


def _bury(store: Any, tree: str, entry: Entry, step: Step, fault: Exception) -> None:
    name = step.__name__.strip("_")
    why = "".join(traceback.format_exception(fault))
    log.error("event_dead", tree=tree, seq=entry["seq"], step=name, exception=why)
    dead_events.bury(store, tree, entry, step=name, fault=type(fault).__name__)
