"""Every index, in one table. A query without one here fails a test.

Unique on an optional field means sparse: an absent value is absent, never null.
"""

from typing import Any

from pymongo import ASCENDING, IndexModel

SORTED = ("created_at", "updated_at", "due_date", "title_key", "priority")


def _by(*names: str, **options: Any) -> IndexModel:
    return IndexModel([(name, ASCENDING) for name in names], **options)


TABLE: dict[str, list[IndexModel]] = {
    "trees": [
        _by("owner", "_id", "rev", "dirty"),
        _by("owner", "members.user"),
        _by("members.user"),
        _by("dirty", sparse=True),
        _by("moving.id", sparse=True),
        _by("moves.id", sparse=True),
        _by("ended_at", sparse=True),
    ],
    "task_paths": [
        *(_by("space", key, "_id") for key in SORTED),
        *(_by("root", key, "_id") for key in SORTED),
        _by("number"),
        _by("assigned_to", "status"),
        _by("parent", "position", "_id"),
        _by("path"),
        _by("space", "tags"),
        _by("space", "completed_at"),
        _by("root", "completed_at"),
        _by("category", sparse=True),
        _by("trashed_at", sparse=True),
        _by("next_fire_at", sparse=True),
        _by("purge_at", expireAfterSeconds=0),
    ],
    "history": [
        _by("tree", "seq"),
        _by("tasks", "at", "seq", "_id"),
        _by("hidden", "at", "_id"),
    ],
    "comments": [
        _by("task", "_id"),
        _by("user", "_id"),
        _by("pending", sparse=True),
        _by("expires_at", expireAfterSeconds=0),
    ],
    "files": [
        _by("task", "_id"),
        _by("user", "_id"),
        _by("key", unique=True, sparse=True),
        _by("pending", sparse=True),
        _by("deleted_at", sparse=True),
    ],
    # those of GridFS, for the bytes of files where no bucket is named
    "blobs.files": [_by("filename", "uploadDate")],
    "blobs.chunks": [_by("files_id", "n", unique=True)],
    "pomodoros": [
        _by("running", unique=True, sparse=True),
        _by("user", "started_at", "_id"),
        _by("task", "started_at", "_id"),
        _by("pending", sparse=True),
    ],
    "categories": [_by("user", "number"), _by("key", unique=True, sparse=True)],
    "idem": [_by("expires_at", expireAfterSeconds=0)],
    "users": [
        _by("email_key", unique=True, sparse=True),
        _by("username_key", unique=True, sparse=True),
        _by("tg_key", unique=True, sparse=True),
        _by("number", unique=True),
        _by("role", "number"),
        _by("confirm_by", sparse=True),
        _by("leaving.at", sparse=True),
        _by("tidy_at", sparse=True),
    ],
    "sessions": [_by("user", "_id"), _by("expires_at", expireAfterSeconds=0)],
    "api_tokens": [
        _by("hash", unique=True),
        _by("user", "_id"),
        _by("expires_at", expireAfterSeconds=0),
    ],
    "one_time_tokens": [_by("user"), _by("expires_at", expireAfterSeconds=0)],
    "jobs": [
        _by("state", "run_at", "_id"),
        _by("user", "state"),
        _by("expires_at", expireAfterSeconds=0),
    ],
    "notifications": [
        _by("user", "created_at", "_id"),
        _by("user", "is_read", "created_at", "_id"),
        _by("gone", "created_at", "_id"),
        _by("tree"),
        _by("expires_at", expireAfterSeconds=0),
    ],
    "dead_events": [
        _by("state", "_id"),
        _by("tree", sparse=True),
        _by("expires_at", expireAfterSeconds=0),
    ],
    "throttles": [_by("expires_at", expireAfterSeconds=0)],
    "counters": [],
}


def create(db: Any) -> int:
    """Make every index that is missing; safe to run again, also while the service runs. Returns
    their number.
    """
    for collection, models in TABLE.items():
        if models:
            db[collection].create_indexes(models)
    return sum(len(models) for models in TABLE.values())
