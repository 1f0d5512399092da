"""What one write has changed so far, and what stood there before. No file and no lock here."""

from collections.abc import Callable, Iterator

from .codec import Entry
from .shelves import Shelf

Row = tuple[str, bytes, bytes | None]  # collection, id, body; no body where the document is gone


class Changes:
    """The way to write to shelves: every entry is remembered as it was when first touched."""

    def __init__(self) -> None:
        self._before: dict[Shelf, dict[bytes, Entry | None]] = {}

    def add(self, shelf: Shelf, entry: Entry) -> None:
        """Raises DuplicateKeyError."""
        self._remember(shelf, entry.key)
        shelf.add(entry)

    def put(self, shelf: Shelf, entry: Entry) -> None:
        """Raises DuplicateKeyError."""
        self._remember(shelf, entry.key)
        shelf.put(entry)

    def remove(self, shelf: Shelf, key: bytes) -> None:
        self._remember(shelf, key)
        shelf.remove(key)

    def rows(self) -> list[Row]:
        """What must go into the file."""
        return [(shelf.name, key, after and after.blob) for shelf, key, after in self._touched()]

    def undo(self, stored: Callable[[str, bytes, Entry | None], Entry | None]) -> None:
        """Put back what `stored(collection, key, entry before)` names for all that was touched."""
        back: dict[Shelf, dict[bytes, Entry | None]] = {}
        for shelf, key, _ in self._touched():
            back.setdefault(shelf, {})[key] = stored(shelf.name, key, self._before[shelf][key])
        for shelf, entries in back.items():
            shelf.restore(entries)

    def _remember(self, shelf: Shelf, key: bytes) -> None:
        self._before.setdefault(shelf, {}).setdefault(key, shelf.entries.get(key))

    def _touched(self) -> Iterator[tuple[Shelf, bytes, Entry | None]]:
        for shelf, entries in self._before.items():
            for key, before in entries.items():
                after = shelf.entries.get(key)
                if after is not before:
                    yield shelf, key, after
