"""How large a tree may grow. Checked on the tree as it would stand after an Edit, before anything
is written.

Only what grows is checked: deleting, shrinking and moving out always pass.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tracker.errors import Fault, TooLarge

from .attached import KINDS
from .trees import Node, Tree

LEVELS = 40
TASKS = 5_000
TREE_BYTES = 8 * 1024 * 1024
ENTRY_BYTES = 4 * 1024 * 1024
TITLE = 255
DESCRIPTION = 10_000
TAGS = 50
TAG = 50
CHILDREN_A_PAGE = 500

REMINDERS, REMINDERS_EACH = 100, 10  # of a task, and of one person at a task

# what a task takes at most without texts, tags and reminders; a tag and a reminder, in characters
TASK_ROOM = 1_500
TAG_ROOM = TAG + 10
REMINDER_ROOM = 110
LONGEST_CHARACTER = 4
_TALLY_ROOM = 150  # of what a task says of its comments, or files, with the ids of the newest ten

_INT32 = 2**31


def check_growth(before: Tree | None, after: Tree) -> None:
    """Raises TooLarge naming the limit that a grown tree passes."""
    tasks, levels, at_most = _measure(after["root"])
    check_count(tasks)
    if levels > LEVELS:
        raise TooLarge(
            Fault(
                "/subtasks",
                f"A tree is at most {LEVELS} levels deep; this one would have {levels}",
            )
        )
    if at_most <= TREE_BYTES:
        return
    heavy = bson_size(after["root"])
    if heavy > TREE_BYTES and (before is None or heavy > bson_size(before["root"])):
        raise TooLarge(
            Fault(
                "", f"A tree takes at most {TREE_BYTES} bytes (8 MB); this one would take {heavy}"
            )
        )


def check_bulk(tasks: int) -> None:
    """Raises TooLarge where one request would make more tasks than a tree may have."""
    if tasks > TASKS:
        raise TooLarge(
            Fault("/tasks", f"A bulk makes at most {TASKS} tasks; this one would make {tasks}")
        )


def _measure(root: Node | None) -> tuple[int, int, int]:
    """Tasks, levels, and bytes that are enough for them: the exact count costs ten times more."""
    tasks = levels = text = 0
    stack = [(root, 1)] if root else []
    while stack:
        node, level = stack.pop()
        tasks += 1
        levels = max(levels, level)
        text += len(node["title"]) + len(node["description"] or "") + TAG_ROOM * len(node["tags"])
        text += REMINDER_ROOM * len(node.get("reminders") or ())
        text += sum(_TALLY_ROOM for kind in KINDS if kind in node)
        stack.extend([(child, level + 1) for child in node["children"].values()])
    return tasks, levels, TASK_ROOM * tasks + LONGEST_CHARACTER * text


def check_count(tasks: int) -> None:
    """Raises TooLarge for more tasks than a tree holds."""
    if tasks > TASKS:
        raise TooLarge(
            Fault("/subtasks", f"A tree holds at most {TASKS} tasks; this one would have {tasks}")
        )


def check_reminders(there: Sequence[Mapping[str, Any]], user: str) -> None:
    """Raises TooLarge where a task takes no further reminder of a person."""
    if sum(one["user"] == user for one in there) >= REMINDERS_EACH:
        raise TooLarge(Fault("", f"A task takes at most {REMINDERS_EACH} reminders of one person"))
    if len(there) >= REMINDERS:
        raise TooLarge(Fault("", f"A task takes at most {REMINDERS} reminders"))


def check_entry(entry: dict[str, Any]) -> None:
    """Raises TooLarge for a commit that tells too much at once."""
    if bson_size(entry) > ENTRY_BYTES:
        raise TooLarge(
            Fault("", f"One change may record at most {ENTRY_BYTES} bytes (4 MB); make it in parts")
        )


def bson_size(value: Any) -> int:
    """The bytes that a plain value takes as a BSON document (bsonspec.org, 1.1), without its field
    name.
    """
    total, stack = 0, [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            total += 5 + _utf8(item)
        elif isinstance(item, dict):
            total += 5 + sum(2 + _utf8(key) for key in item)
            stack.extend(item.values())
        elif item is None:
            continue
        elif isinstance(item, bool):
            total += 1
        elif isinstance(item, int):
            total += 4 if -_INT32 <= item < _INT32 else 8
        elif isinstance(item, list | tuple):
            total += 5 + sum(2 + len(str(index)) for index in range(len(item)))
            stack.extend(item)
        elif isinstance(item, float | datetime):
            total += 8
        else:
            raise TypeError(f"no stored value is a {type(item).__name__}")
    return total


def _utf8(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
