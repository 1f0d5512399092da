"""What one client was told, in the order of its writes: what must stand, and what may.

A task is known by its title, which nobody else has. An answer of success puts a write among what
must stand; a connection that ended puts it among what may, whole or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

Shape = dict[str, tuple[str | None, str]]  # title -> description, status


@dataclass
class Ledger:
    """The tasks of one tree as a client knows them."""

    stands: Shape = field(default_factory=dict)
    maybe: Shape | None = None
    acknowledged: int = 0

    def intend(self, after: Shape) -> None:
        """A write goes out that would leave this."""
        self.maybe = after

    def succeed(self) -> None:
        """It was acknowledged."""
        assert self.maybe is not None
        self.stands, self.maybe = self.maybe, None
        self.acknowledged += 1

    def refuse(self) -> None:
        """It was refused, and has changed nothing."""
        self.maybe = None

    def check(self, seen: Shape) -> None:
        """Raises AssertionError where what is seen is neither with nor without the last write."""
        assert seen in (self.stands, self.maybe), self.difference(seen)

    def difference(self, seen: Shape) -> str:
        wrong = {
            title: (self.stands.get(title), seen.get(title))
            for title in {*self.stands, *seen}
            if self.stands.get(title) != seen.get(title)
        }
        return f"acknowledged and seen: {wrong}; unknown: {self.maybe is not None}"


def shape(nodes: list[dict[str, Any]]) -> Shape:
    """Tasks of an answer by their titles."""
    return {node["title"]: (node["description"], node["status"]) for node in nodes}


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    """All tasks of an answered tree."""
    found, stack = [], [node]
    while stack:
        found.append(stack.pop())
        stack.extend(found[-1]["subtasks"])
    return found
