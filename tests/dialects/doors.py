"""The five doors in their own words: making, reading, changing and deleting a task at each.

What is not in the table of dialects is left out.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import pytest

from tests.people import Client, Reply
from tracker import dialects

FLASK, POMODORO, DISPATCHER = "/flask-tracker/tasks", "/pomodoro/api/tasks", "/dispatcher/tasks/"
BOT = "/mytracker/api/bot"
DUE = "2026-03-05T00:00:00Z"
DUE_THEN = {"description": "d", "due_date": DUE}
PLANNED = {"description": "d", "pomodoro_count": 1, "category_id": 1}
Of = TypeVar("Of")


class Ids(NamedTuple):
    """How the doors know a task: by its id, or by its number."""

    id: str
    number: int


class Said(NamedTuple):
    """What every door says of a task."""

    title: str
    description: str


class Door(NamedTuple):
    """What one may do with a task through a door, in the words of that door."""

    make: Callable[[Client, str], Reply]
    read: Callable[[Client, Ids], Reply]
    rename: Callable[[Client, Ids, str], Reply]
    delete: Callable[[Client, Ids], Reply]
    said: Callable[[Any], Said]
    listed: Callable[[Client], list[Said]]


def served(table: dict[str, Of]) -> dict[str, Of]:
    """What of a table is of doors that there are."""
    return {name: of for name, of in table.items() if name in {"native", *dialects.TABLE}}


def needs(*names: str) -> pytest.MarkDecorator:
    """Leave out a test of dialects that are not all there."""
    gone = sorted({*names} - {*dialects.TABLE})
    return pytest.mark.skipif(bool(gone), reason=f"without {' and '.join(gone)}")


def by_cookie(client: Client, method: str, path: str, body: Any = None) -> Reply:
    """MyTracker's one way of saying who asks."""
    sent = {"Cookie": f"token={client.token}"}
    return client.with_token(None).ask(method, f"{BOT}/{path}", body, headers=sent)


def draft_of_the_bot(title: str) -> dict[str, Any]:
    dates = {"creation_date": "2026-03-04T00:00:00+00:00", "deadline": DUE}
    return {"title": title, "description": "d", "task_id": None, **dates}


def titled(body: Any) -> Said:
    return Said(body["title"], body["description"])


def summed_up(body: Any) -> Said:
    return Said(body["summary"], body["description"])


def named(body: Any) -> Said:
    return Said(body["name"], body["description"])


DOORS = served(
    {
        "native": Door(
            lambda c, title: c.post("/api/tasks", {"title": title, **DUE_THEN}),
            lambda c, ids: c.get(f"/api/tasks/{ids.id}"),
            lambda c, ids, title: c.patch(f"/api/tasks/{ids.id}", {"title": title}),
            lambda c, ids: c.delete(f"/api/tasks/{ids.id}"),
            titled,
            lambda c: [titled(one) for one in c.get("/api/tasks").json["tasks"]],
        ),
        "mytracker": Door(
            lambda c, title: by_cookie(c, "POST", "create_task", draft_of_the_bot(title)),
            lambda c, ids: by_cookie(c, "GET", f"my_tasks/{ids.number}"),
            lambda c, ids, title: by_cookie(
                c, "PATCH", f"update_task/{ids.number}", {"title": title}
            ),
            lambda c, ids: by_cookie(c, "DELETE", f"delete_task/{ids.number}"),
            titled,
            lambda c: [titled(one) for one in by_cookie(c, "GET", "my_tasks").json],
        ),
        "flask_tracker": Door(
            lambda c, title: c.post(FLASK, {"summary": title, **DUE_THEN}),
            lambda c, ids: c.get(f"{FLASK}/get_task?_id={ids.id}"),
            lambda c, ids, title: c.put(f"{FLASK}/{ids.id}", {"summary": title}),
            lambda c, ids: c.delete(f"{FLASK}/{ids.id}"),
            lambda body: summed_up(body["task"]),
            lambda c: [summed_up(one) for one in c.get(FLASK).json["tasks"]],
        ),
        "pomodoro": Door(
            lambda c, title: c.post(POMODORO, {"name": title, **PLANNED}),
            lambda c, ids: c.get(f"{POMODORO}/{ids.number}"),
            lambda c, ids, title: c.patch(f"{POMODORO}/{ids.number}", {"name": title}),
            lambda c, ids: c.delete(f"{POMODORO}/{ids.number}"),
            named,
            lambda c: [named(one) for one in c.get(POMODORO).json],
        ),
        "dispatcher": Door(
            lambda c, title: c.post(DISPATCHER, {"title": title, "description": "d"}),
            lambda c, ids: c.get(f"{DISPATCHER}{ids.number}"),
            lambda c, ids, title: c.put(f"{DISPATCHER}{ids.number}", {"title": title}),
            lambda c, ids: c.delete(f"{DISPATCHER}{ids.number}"),
            titled,
            lambda c: [titled(one) for one in c.get(DISPATCHER).json],
        ),
    }
)
