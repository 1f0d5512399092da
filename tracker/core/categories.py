"""Categories: a person's own list, by numbers that count for each person. A task has at most one.

On a task stands `<owner of the tree>:<number>`, so that a task that goes to somebody else's tree
does not fall into a category of theirs by chance: there it has none.
"""

from collections.abc import Collection

FIRST, FIRST_NAME = 1, "General"
MOST = 200
NAME = 50
NUMBERS = 2**31 - 1


def id_of(owner: str, number: int) -> str | None:
    """What stands on a task for a category; None for 0, which is none."""
    return f"{owner}:{number}" if number else None


def number_of(category: str | None, owner: str, gone: Collection[int] = ()) -> int | None:
    """The number of a task's category in a tree of this owner; None where it has none there."""
    whose, _, number = (category or "").rpartition(":")
    found = int(number) if whose == owner and number else None
    return None if found in gone else found


def fold(name: str) -> str:
    """Equal for names that people take for the same."""
    return name.strip().casefold()
