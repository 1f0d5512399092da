"""Pomodoro FastAPI: tasks with a number of planned pomodoros, in categories.

accounts    registering, logging in by a form, the refresh cookie
tasks       one's own tasks
categories  one's own categories
"""

from tracker.dialects import details
from tracker.dialects.dialect import Dialect
from tracker.errors import Unauthenticated, Unavailable, Unmet
from tracker.web.principal import by_bearer

from . import accounts, categories, tasks

AUTH = (
    ("/register", accounts.Register),
    ("/login", accounts.Login),
    ("/refresh", accounts.Refresh),
    ("/logout", accounts.Logout),
)
TASKS = (
    ("/tasks", tasks.Tasks),
    ("/tasks/<task_id>", tasks.OneTask),
    ("/categories", categories.Categories),
    ("/categories/<category_id>", categories.OneCategory),
)

DIALECT = Dialect(
    name="pomodoro",
    title="Pomodoro FastAPI",
    prefix=accounts.PREFIX,
    # as its README shows them, and as its program mounts them
    routes=tuple(
        (mounted + rule, resource)
        for routes, prefixes in ((AUTH, ("", "/auth")), (TASKS, ("", "/api")))
        for mounted in prefixes
        for rule, resource in routes
    ),
    at_root=False,
    identify=lambda: by_bearer("tasks"),
    words=details.words,
    statuses={**details.DETAIL_STATUSES, Unmet: 400},
    texts={
        Unauthenticated: "Invalid token",
        Unavailable: "Database error",
        Unmet: "Invalid pomodoro count",
    },
    # so that the dialog of Swagger UI logs in as the original's does
    credential={
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": f"{accounts.PREFIX}/auth/login", "scopes": {}}},
    },
    fault=details.FAULT,
    set_up=accounts.set_up,
)
