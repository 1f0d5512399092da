"""PyMongo's Database over one file. What it does lies in `transactions` and `collections`."""

from typing import Any, Self

from pymongo.errors import OperationFailure

from .codec import Document
from .collections import Collection
from .transactions import Transactions


class Database:
    """Collections by name; any number of threads may use it and them."""

    name = "tracker"

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._collections: dict[str, Collection] = {}

    def get_collection(self, name: str) -> Collection:
        """The collection of that name, whether anybody has used it or not."""
        return self._collections.setdefault(name, Collection(self, name, self._transactions))

    __getitem__ = get_collection

    def __getattr__(self, name: str) -> Collection:
        if name.startswith("_"):
            raise AttributeError(f"use database[{name!r}] for a collection of that name")
        return self.get_collection(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def list_collection_names(self) -> list[str]:
        return self._transactions.names()

    def command(self, command: Any) -> Document:
        """Answers `ping` while the store is open; knows nothing else."""
        if command not in ("ping", {"ping": 1}):
            raise OperationFailure(f"no such command: {command}", 59)
        with self._transactions.reading():
            return {"ok": 1.0}

    def close(self) -> None:
        """Close the file; whoever uses the database after that gets InvalidOperation."""
        self._transactions.close()
