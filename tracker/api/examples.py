"""Bodies as the documentation shows them, one for each route about tasks that takes one. No schema
here.
"""

from typing import Any

_TASK = "0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b10"
_SIBLING = "0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b11"
_PERSON = "0198a5cf-90aa-7c04-8d13-6e2b7f415a90"

CREATE: dict[str, Any] = {
    "title": "Release 2.0",
    "priority": "high",
    "due_date": "2027-03-31T17:00:00Z",
    "tags": ["release"],
    "subtasks": [
        {"title": "Write the notes"},
        {"title": "Publish", "subtasks": [{"title": "Tag the commit"}]},
    ],
}
CREATE_BELOW: dict[str, Any] = {"title": "Tell the users", "assigned_to": _PERSON}
UPDATE: dict[str, Any] = {"title": "Release 2.1", "status": "in_progress", "due_date": None}
PATCH: dict[str, Any] = {"description": "Postponed by a week", "due_date": None}
MOVE: dict[str, Any] = {"parent_id": _TASK, "position": {"after": _SIBLING}}
BULK: dict[str, Any] = {"tasks": [{"title": "Buy paint"}, {"title": "Dry", "parent_id": _TASK}]}
COMMENT: dict[str, Any] = {"content": "Done **but for** the notes; @ann, please look"}
MEMBER: dict[str, Any] = {"user": "ann@example.com", "role": "editor"}
REMINDER: dict[str, Any] = {"minutes": 30, "of": "due_date"}
REMINDER_CHANGE: dict[str, Any] = {"at": "2027-03-31T09:00:00Z"}
SNOOZE: dict[str, Any] = {"minutes": 10}
TAG: dict[str, Any] = {"name": "release", "color": "#16A34A"}
TAG_PATCH: dict[str, Any] = {"name": "launch", "color": "#DC2626"}
TAG_MERGE: dict[str, Any] = {"into": "0198a5d0-5c1e-7b32-9a41-3f6d2c8e7b12"}
CATEGORY: dict[str, Any] = {"name": "Work"}
POMODORO: dict[str, Any] = {"minutes": 25}
