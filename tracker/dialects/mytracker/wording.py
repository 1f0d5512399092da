"""What MyTracker answers to errors. Its bot reads some of these word for word:

`Task does not exist`, `Unable to find user with email` with the address as the last word, `Cannot
finish task` with the number as the fourth word, and `User not active`.
"""

from typing import Any

from flask import g, request

from tracker import errors
from tracker.core import demands
from tracker.dialects.details import DETAIL_STATUSES
from tracker.dialects.refusals import Statuses, Texts
from tracker.errors import OpenBelow, Taken, Unmet

NO_TASK = "Task does not exist"
WRONG_LINK = "Wrong url or expired"

# whatever a service refuses is 400 here, but for what says otherwise
STATUSES: Statuses = {
    **DETAIL_STATUSES,
    errors.Conflict: 400,
    errors.Cycle: 400,
    errors.Stale: 400,
    errors.TooLarge: 400,
    errors.Unconditional: 400,
    errors.WrongPassword: 400,
}
_DEMANDS = {
    demands.AFTER_START: "Cannot set deadline with value less or equal creation_date",
    demands.AHEAD: "Cannot set deadline in the past",
}


def taken(error: Taken) -> str:
    """Whose name somebody has already, as it was sent."""
    name = "tg_name" if "tg_name" in error.names else "email"
    return f"User with {name} {_sent(name)} already exists"


def no_email(error: Exception) -> str:
    return f"Unable to find user with email {_sent('email')}"


def no_tg_name(error: Exception) -> str:
    return f"User with tg name {_sent('tg_name')} does not exist"


def not_yours(error: Exception) -> str:
    return f"Task {_task()} does not belong to user with id {g.caller['number']}"


def open_below(error: OpenBelow) -> str:
    numbers = ", ".join(map(str, error.numbers))
    return f"Cannot finish task {_task()} while not finished subtasks with next ids: {numbers}"


def unmet(error: Unmet) -> str:
    return _DEMANDS[error.demand]


def _sent(name: str) -> Any:
    return request.get_json()[name]


def _task() -> int:
    return int((request.view_args or {})["task_id"])


TEXTS: Texts = {
    errors.Inactive: "User is not active",
    errors.Confirmed: "Your account is already activated",
    errors.BadLink: WRONG_LINK,
    errors.WrongPassword: "Wrong password",
    errors.Cycle: "Task cannot be moved into its own subtask",
    errors.AlreadyDone: "Task is already done",
    OpenBelow: open_below,
    Unmet: unmet,
}
