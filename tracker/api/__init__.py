"""Our own REST API: every URL on one page. Resources translate: read, call a service, write.

What a method takes and answers stands in its `@operation`; it is private unless marked `@public`.
"""

from typing import Any

from flask import Flask

from tracker.web.rest import mount

from . import around_tasks, docs, errors, health, lists, tasks, users

USERS = (
    ("/register", users.Register),
    ("/login", users.Login),
    ("/me", users.Me),
)

TASKS = (
    ("", tasks.Tasks),
    ("/bulk", tasks.Bulk),
    ("/<task_id>", tasks.Task),
    ("/<task_id>/tree", tasks.Tree),
    ("/<task_id>/subtasks", tasks.Subtasks),
    ("/<task_id>/ancestors", tasks.Ancestors),
    ("/<task_id>/complete", tasks.Complete),
    ("/<task_id>/reopen", tasks.Reopen),
    ("/<task_id>/move", tasks.Move),
    ("/<task_id>/restore", around_tasks.Restore),
    ("/<task_id>/members", around_tasks.Members),
    ("/<task_id>/history", around_tasks.History),
)

TRASH = (("", around_tasks.Trash),)

HEALTH = (
    ("", health.Health),
    ("/live", health.Live),
    ("/ready", health.Ready),
)

# blueprint: (prefix, routes)
TABLE = {
    "users": ("/api/auth", USERS),
    "tasks": ("/api/tasks", TASKS),
    "trash": ("/api/trash", TRASH),
    "health": ("/api/health", HEALTH),
}


def init_app(app: Flask, config: Any) -> None:
    """Serve the API, its documentation and its problems."""
    errors.init_app(app)
    users.init_app(app, password_cost=config.password_cost)
    lists.init_app(app, secret=config.secret_key)
    tasks.init_app(app)
    health.init_app(app, name=config.app_name, version=config.app_version)
    for name, (prefix, routes) in TABLE.items():
        mount(app, name, prefix, routes)
    docs.init_app(app, title=config.app_name, version=config.app_version)
