"""What files do to their task as they come and go, and how many there may be. Makes Edits.

A file is `{_id, task, user, key, name, type, size, hash, created_at}`; its bytes lie under `key`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.errors import Fault, TooLarge

from . import attached
from .attached import FILES
from .edits import Edit
from .trees import Place

MOST = 200
MOST_OF_USER = 10_000

File = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """The bytes that a file may have, the types that are taken, and the bytes that all files of
    one person may have; 0 is no limit.
    """

    most_bytes: int
    types: tuple[str, ...]
    quota: int


def check_quota(rules: Rules, *, count: int, size: int) -> None:
    """Raises TooLarge where so many files, of so many bytes, are too much for one person."""
    if count > MOST_OF_USER:
        raise TooLarge(Fault("/files", f"You may keep at most {MOST_OF_USER} files"))
    if rules.quota and size > rules.quota:
        detail = f"Your files may take {rules.quota} bytes; with these they would take {size}"
        raise TooLarge(Fault("/files", detail))


def add(place: Place, files: Collection[File]) -> Edit:
    """The task with these files more. Raises TooLarge where it takes no more."""
    if attached.tally(place.node, FILES)["count"] + len(files) > MOST:
        raise TooLarge(Fault("/files", f"A task takes at most {MOST} files"))
    ids = [file["_id"] for file in files]
    event = {"type": "file_added", "task": place.node["id"], "changes": {}, "files": ids}
    return attached.put(place, FILES, attached.add(place.node, FILES, ids), event)


def delete(place: Place, file: str, left: Iterable[str]) -> Edit:
    """The task with one file less; `left` are the newest others, where one may move up."""
    event = {"type": "file_deleted", "task": place.node["id"], "changes": {}, "file": file}
    return attached.put(place, FILES, attached.remove(place.node, FILES, file, left), event)
