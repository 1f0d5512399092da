"""Files on a task: taking them in, listing, reading and removing them. Who may edit a task may
attach files to it; a file is removed by who brought it, or by who may delete tasks of the tree.

The bytes come first, then the document, pending, then the commit on the tree by which the file is
there. What a crash leaves of that is nobody's, and swept (`file_sweeps`).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, NamedTuple

from tracker.core import access, attached, file_types, files, limits
from tracker.core.attached import FILES, NEWEST
from tracker.core.edits import Edit
from tracker.core.file_types import Look
from tracker.core.files import Rules
from tracker.core.terms import ANY, Terms
from tracker.core.trees import Place, Tree
from tracker.errors import BadFile, Forbidden, NotFound, TrackerError, Unavailable
from tracker.files import Blobs
from tracker.files.blobs import DOWN, NO_FILE, Stream
from tracker.store import attached as stored
from tracker.store import files as documents
from tracker.store import idem, paths
from tracker.store.files import Document

from . import finding, inspecting, writing
from .people import User
from .world import World
from .writing import Command


class Upload(NamedTuple):
    """A file as it came in: what the client calls it, and what was seen of it on its way."""

    name: str
    declared: str
    file: BinaryIO
    look: Look
    hash: str


def admit(world: World, caller: User, task: str, terms: Terms = ANY) -> None:
    """Passes where the caller may attach files to a task, before any of them is received. So does
    a retry under its key, whatever became of the task. Raises NotFound, Forbidden.
    """
    with world.store.deadline():
        try:
            _require_right(world, caller, task)
        except (NotFound, Forbidden):
            known = idem.get(world.store, terms.key.id, world.now()) if terms.key else None
            if known is None or "result" not in known:
                raise


def add(
    world: World,
    caller: User,
    task: str,
    uploads: Sequence[Upload],
    rules: Rules,
    terms: Terms = ANY,
) -> list[Document]:
    """Attach all files of a request to a task, or none. Raises NotFound, Forbidden, Stale, BadFile,
    TooLarge, and Unavailable where the storage does not answer.
    """
    types = [_type_of(upload, rules) for upload in uploads]
    with world.store.deadline():
        _check_quota(world, caller, rules, uploads)
        made = _new(world, caller, task, uploads, types)
    _keep_bytes(world, made, uploads)
    with world.store.deadline():
        documents.insert(world.store, made)
    try:
        with world.store.deadline():
            _check_quota(world, caller, rules, ())
            kept = _commit(world, Command(caller, "attach", task, terms), made)
    except Unavailable:
        raise  # whether that was committed nobody knows yet
    except TrackerError:
        _take_back(world, made)
        raise
    if kept[0]["_id"] != made[0]["_id"]:
        _take_back(world, made)  # an earlier try had come through
    return kept


def listing(world: World, caller: User, task: str) -> list[Document]:
    """The files of a live task, newest first."""
    finding.live(world, caller, task)
    return stored.of_task(world.store, FILES, task)[::-1]


def find(world: World, caller: User, task: str, file: str) -> Document:
    """One file of a live task; raises NotFound."""
    with world.store.deadline():
        finding.live(world, caller, task)
        return _standing(world, task, file)


def read(world: World, file: Document, start: int, length: int) -> Stream:
    """Bytes of a file. Raises NotFound, Unavailable."""
    return _blobs(world).read(file["key"], start, length)


def link(world: World, file: Document, headers: dict[str, str], seconds: int) -> str | None:
    """Where anybody may read a file for a while; None where its storage has no such address."""
    return _blobs(world).link(file["key"], headers, seconds)


def remove(world: World, caller: User, task: str, file: str, terms: Terms = ANY) -> None:
    """Take a file off a task; its bytes are removed by the next sweep. Raises NotFound, Forbidden,
    Stale.
    """

    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        found = _standing(world, task, file)
        if found["user"] != caller["_id"]:
            access.require(tree, caller["_id"], "delete", open_workspace=world.open_workspace)
        left: list[str] = []
        if attached.moves_up(place.node, FILES, file):
            left = stored.newest_ids(world.store, FILES, task, NEWEST + 1)
        return files.delete(place, file, left)

    command = Command(caller, "detach", task, terms, clean=True)
    writing.write(world, command, decide, lambda _: None)


def _require_right(world: World, caller: User, task: str) -> None:
    found = finding.live(world, caller, task)
    is_viewer = (
        access.rank(found.head, caller["_id"], open_workspace=world.open_workspace)
        < access.ASSIGNEE
    )
    above = paths.get_many(world.store, found.row["path"]) if is_viewer else []
    access.require(
        found.head,
        caller["_id"],
        "attach",
        [*above, found.row],
        open_workspace=world.open_workspace,
    )


def _type_of(upload: Upload, rules: Rules) -> str:
    if not upload.look.size:
        raise BadFile(f"File {upload.name} is empty")
    found = file_types.judged(
        upload.look, name=upload.name, declared=upload.declared, allowed=rules.types
    )
    inspecting.check(upload.name, found, upload.file, upload.look.head)
    return found


def _check_quota(world: World, caller: User, rules: Rules, coming: Sequence[Upload]) -> None:
    """Asked twice: before anything is kept, to refuse at once; and when the documents are there,
    so that of two that come in at the same time neither is overlooked.
    """
    count, size = documents.used(world.store, caller["_id"])
    new = sum(upload.look.size for upload in coming)
    files.check_quota(rules, count=count + len(coming), size=size + new)


def _new(
    world: World, caller: User, task: str, uploads: Sequence[Upload], types: list[str]
) -> list[Document]:
    now, keys = world.now(), documents.new_keys(world.store, len(uploads))
    return [
        {
            "_id": world.new_id(),
            "task": task,
            "user": caller["_id"],
            "key": key,
            "name": upload.name,
            "type": media,
            "size": upload.look.size,
            "hash": upload.hash,
            "created_at": now,
            "pending": now,
        }
        for upload, media, key in zip(uploads, types, keys, strict=True)
    ]


def _keep_bytes(world: World, made: list[Document], uploads: Sequence[Upload]) -> None:
    blobs = _blobs(world)
    try:
        for file, upload in zip(made, uploads, strict=True):
            upload.file.seek(0)
            blobs.put(file["key"], upload.file, file["size"])
    except TrackerError:
        _remove_bytes(world, made)
        raise


def _commit(world: World, command: Command, made: list[Document]) -> list[Document]:
    def decide(tree: Tree, place: Place, now: datetime) -> Edit:
        edit = files.add(place, made)
        limits.check_growth(tree, edit.apply(tree))
        return edit

    kept = [{name: file[name] for name in file if name != "pending"} for file in made]
    found: list[Document] = writing.write(world, command, decide, lambda _: kept)
    return found


def _take_back(world: World, made: list[Document]) -> None:
    with suppress(TrackerError), world.store.deadline():
        documents.take_back(world.store, [file["_id"] for file in made])
        _remove_bytes(world, made)


def _remove_bytes(world: World, made: list[Document]) -> None:
    for file in made:
        with suppress(TrackerError):
            _blobs(world).remove(file["key"])


def _standing(world: World, task: str, file: str) -> Document:
    found = stored.get(world.store, FILES, file)
    if found is None or found["task"] != task:
        raise NotFound(NO_FILE)
    return found


def _blobs(world: World) -> Blobs:
    if world.blobs is None:
        raise Unavailable(DOWN)
    return world.blobs
