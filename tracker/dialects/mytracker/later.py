"""MyTracker's later API, /api/v1: every URL on one page. Off unless the key of its bot is set.

The bot vouches for people; there are no passwords and no letters. What a rule refuses is 400.
"""

from typing import Any

from flask import Flask

from tracker import errors
from tracker.core import demands
from tracker.dialects import documents, mounting
from tracker.dialects.details import FAULT, words
from tracker.dialects.dialect import Dialect
from tracker.errors import Unmet

from . import asking, later_tasks, wording
from .later_asking import by_bot

PATH = "/api/v1"
ROUTES = (
    ("/auth/register", later_tasks.Registration),
    ("/auth/check", later_tasks.Check),
    ("/tasks", later_tasks.Tasks),
    ("/tasks/finished", later_tasks.FinishedTasks),
    ("/tasks/<task_id>", later_tasks.OneTask),
    ("/tasks/<task_id>/subtasks", later_tasks.Subtasks),
    ("/tasks/<task_id>/finish", later_tasks.Finish),
    ("/tasks/<task_id>/finish/force", later_tasks.ForcedFinish),
    ("/tasks/<task_id>/is_active", later_tasks.IsActive),
    ("/tasks/<task_id>/parent", later_tasks.Parent),
)
_DEMANDS = {
    demands.AHEAD: "Deadline cannot be less or equal than now",
    demands.WITHIN_PARENT: "Deadline cannot be later than the parent's",
    demands.AROUND_SUBTASKS: "Deadline cannot be earlier than a subtask's",
    demands.DEPTH: "Depth of task tree couldn't be more than 5",
    demands.OPEN_PARENT: "Parent task is finished",
}


def init_app(app: Flask, config: Any, older: Dialect) -> None:
    """Serve it beside the older API, where the key of its bot is set."""
    if not config.mytracker_bot_secret:
        return
    dialect = _dialect(older.prefix + PATH, config.mytracker_bot_secret)
    is_rooted = config.root_dialects is None or older.name in config.root_dialects
    mounting.init_app(app, [dialect], [dialect] if is_rooted else [])
    documents.serve(app, dialect, version=config.app_version)


def _unmet(error: Unmet) -> str:
    return _DEMANDS[error.demand]


def _dialect(prefix: str, secret: str) -> Dialect:
    return Dialect(
        name="mytracker_v1",
        title="MyTracker, /api/v1",
        prefix=prefix,
        routes=ROUTES,
        root_routes=tuple((PATH + rule, view) for rule, view in ROUTES),
        identify=by_bot(secret),
        words=words,
        credential={"type": "apiKey", "in": "cookie", "name": asking.COOKIE},
        fault=FAULT,
        statuses=wording.STATUSES,
        texts={
            errors.NotFound: "Unable to find task",
            errors.Forbidden: "User has no access the task",
            errors.AlreadyDone: "Task already finished",
            errors.OpenBelow: "Unable finish task while subtasks not fininshed",
            Unmet: _unmet,
        },
    )
