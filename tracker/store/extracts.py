"""All rows that somebody may see, some at a time, at the pace of whoever reads them."""

from datetime import datetime
from itertools import islice
from typing import Any

from pymongo.errors import CursorNotFound, ExecutionTimeout

from tracker.core.rows import Row

from . import paths
from .paths import Scope


class Extract:
    """Live rows of a scope with their paths, newest first, from one cursor.

    A cursor that the server has given up, because nobody asked for long or all took long, is opened
    again behind the last row that was read.
    """

    def __init__(self, store: Any, scope: Scope, now: datetime, batch: int) -> None:
        self._store, self._scope, self._now, self._batch = store, scope, now, batch
        self._last: Row | None = None
        self._cursor = self._opened()

    def take(self) -> list[Row]:
        """The next rows, fewer than a batch where the end is near, none at the end."""
        try:
            found = list(islice(self._cursor, self._batch))
        except (CursorNotFound, ExecutionTimeout):
            self.close()
            self._cursor = self._opened()
            found = list(islice(self._cursor, self._batch))
        self._last = found[-1] if found else self._last
        return found

    def close(self) -> None:
        """Let the server forget the cursor."""
        self._cursor.close()

    def _opened(self) -> Any:
        mark = (self._last["created_at"], self._last["_id"]) if self._last else None
        return paths.newest(self._store, self._scope, self._now, mark, self._batch)
