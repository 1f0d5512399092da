"""Counters: positive integers for clients that need them, handed out from blocks.

A block costs one round trip and may be lost with its process: numbers have gaps, and are never
given twice.
"""

import os
import threading
from typing import Any

from pymongo import ReturnDocument

BLOCK = 50


class Numbers:
    """The numbers of tasks, taken by a process in blocks."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._left = range(0)
        self._pid = 0

    def take(self, count: int) -> range:
        """`count` consecutive numbers that nobody else has."""
        with self._lock:
            if self._pid != os.getpid() or len(self._left) < count:
                self._left = reserve(self._db, "tasks", max(count, BLOCK))
                self._pid = os.getpid()  # a fork must not share its parent's block
            taken, self._left = self._left[:count], self._left[count:]
        return taken


def reserve(db: Any, counter: str, count: int) -> range:
    """The next `count` numbers of a counter, in one atomic step."""
    after = db.counters.find_one_and_update(
        {"_id": counter},
        {"$inc": {"last": count}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return range(after["last"] - count + 1, after["last"] + 1)
