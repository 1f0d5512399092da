"""Flask Task Tracker: a task list of a team. Its README's table, its program's routes, and what its
web pages call.

Texts that a client sends for a status, a date and the like are shown again as they were sent, until
another door changes what they mean.
"""

from tracker import errors
from tracker.dialects.dialect import Dialect
from tracker.dialects.refusals import STATUSES

from . import asking, lists, people, scheduler, tasks, words

PEOPLE = (
    ("/", people.Welcome),
    ("/register", people.SignUp),
    ("/login", people.LogIn),
    ("/users/signup", people.SignUp),
    ("/users/login", people.LogIn),
    ("/users/change_password", people.ChangePassword),
    ("/users/forget_password", people.ForgetPassword),
    ("/users/get_users", lists.Users),
    ("/users/get_user", lists.OneUser),
)
TASKS = (
    ("/tasks", tasks.Tasks),
    ("/tasks/add_task", tasks.AddTask),
    ("/tasks/get_tasks", lists.AllTasks),
    ("/tasks/get_task", lists.ReadTask),
    ("/tasks/get_my_task", lists.MyTasks),
    ("/tasks/recent", lists.Recent),
    ("/tasks/status_summary", lists.Summary),
)
SCHEDULER = (
    ("/scheduler/scheduler_alert", scheduler.Alert),
    ("/scheduler/scheduler_jobs", scheduler.Jobs),
)


def _one(task: str) -> tuple[tuple[str, type], ...]:
    return ((f"/tasks/{task}", tasks.OneTask), (f"/tasks/{task}/status", tasks.Status))


DIALECT = Dialect(
    name="flask_tracker",
    title="Flask Task Tracker",
    prefix="/flask-tracker",
    routes=(*PEOPLE, *TASKS, *SCHEDULER, *_one("<task_id>")),
    # beside the tasks of another dialect, whose ids are numbers
    root_routes=(*PEOPLE, *TASKS, *SCHEDULER, *_one("<uuid:task_id>")),
    identify=asking.identify,
    words=words.words,
    statuses={**STATUSES, errors.Invalid: 400, errors.Taken: 400, errors.WrongPassword: 400},
    # the first two in every operation, also where it has its own words for a wrong password
    texts={
        asking.NoToken: asking.NoToken.detail,
        asking.InvalidToken: asking.InvalidToken.detail,
        errors.Forbidden: "Permission denied",
        errors.Taken: "user already Exists",
        errors.WrongPassword: words.OLD_PASSWORD,
    },
    credential={
        "type": "apiKey", "in": "header", "name": "Authorization",
        "description": "The token, with or without `Bearer` before it",
    },
    fault=words.FAULT,
    set_up=asking.init_app,
)  # fmt: skip
