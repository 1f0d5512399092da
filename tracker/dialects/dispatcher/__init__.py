"""API диспетчера задач: a small list of tasks behind user names, with free text for a status.

People have no e-mail address here, and keep the refresh token of their log-in.
"""

from tracker.dialects import details
from tracker.dialects.dialect import Dialect
from tracker.errors import Unauthenticated
from tracker.web.principal import by_bearer

from . import people, tasks

AUTH = (
    ("/auth/register", people.Register),
    ("/auth/login", people.Login),
    ("/auth/refresh", people.Refresh),
    ("/auth/logout", people.Logout),
)

DIALECT = Dialect(
    name="dispatcher",
    title="API диспетчера задач",
    prefix="/dispatcher",
    routes=(*AUTH, ("/tasks", tasks.Tasks), ("/tasks/<task_id>", tasks.OneTask)),
    # beside the tasks of another dialect, whose list has no slash and whose ids are no numbers
    root_routes=(*AUTH, ("/tasks/", tasks.Tasks), ("/tasks/<digits:task_id>", tasks.OneTask)),
    identify=lambda: by_bearer("tasks"),
    words=details.words,
    statuses=details.DETAIL_STATUSES,
    texts={Unauthenticated: "Not authenticated"},
    credential={"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    fault=details.FAULT,
)
