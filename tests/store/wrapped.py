"""A database between the service and the real one: it may listen, meddle, or end all at any call.

`Wrapped(db, around)` is handed to `tracker.store.assemble`; `around` is given every call of a
collection and answers in its place, mostly by `call.run()`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tracker.store import Store, assemble, indexes

READS = {"find", "find_one", "count_documents", "estimated_document_count", "aggregate"}


@dataclass(frozen=True)
class Call:
    """One call of a collection's method, not yet made."""

    collection: str
    method: str
    args: tuple[Any, ...]
    options: dict[str, Any]
    real: Callable[..., Any]

    @property
    def name(self) -> str:
        return f"{self.collection}.{self.method}"

    @property
    def writes(self) -> bool:
        return self.method not in READS

    def run(self) -> Any:
        return self.real(*self.args, **self.options)

    def with_args(self, *args: Any) -> "Call":
        return replace(self, args=args)


Around = Callable[[Call], Any]


class Wrapped:
    """The database as services see it."""

    def __init__(self, db: Any, around: Around) -> None:
        self._db, self._around = db, around

    def __getattr__(self, name: str) -> Any:
        if name in indexes.TABLE:
            return _Collection(name, self._db[name], self._around)
        return getattr(self._db, name)

    def __getitem__(self, name: str) -> Any:
        return _Collection(name, self._db[name], self._around)


class _Collection:
    def __init__(self, name: str, real: Any, around: Around) -> None:
        self._name, self._real, self._around = name, real, around

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._real, method)

        def call(*args: Any, **options: Any) -> Any:
            return self._around(Call(self._name, method, args, options, real))

        return call


def wrap(store: Store, around: Around) -> Store:
    """A store on the same data whose every call goes through `around`."""
    return assemble(Wrapped(store.db, around), open_workspace=store.open_workspace)


def when(name: str, deed: Callable[[], object], *, times: int = 1) -> Around:
    """Do something else just before the first calls of this name."""
    left = [times]

    def around(call: Call) -> Any:
        if call.name == name and left[0]:
            left[0] -= 1
            deed()
        return call.run()

    return around
