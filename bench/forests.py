"""Trees to ask about: drafts as a person may send them, the same in every run."""

from typing import Any

import orjson

from .services import Service

BRANCHES = 4
WORDS = ("plan", "draft", "review", "order", "paint", "measure", "deliver", "write", "call", "mend")
PRIORITIES = ("low", "medium", "high", "urgent")
DESCRIPTION = "What is meant, who wants it, and how we know that it is done. " * 3

Draft = dict[str, Any]


def plant(service: Service, tasks: int, name: str) -> str:
    """Build a tree of so many tasks in one request; returns its root's id."""
    task: str = orjson.loads(service.ask("POST", "/api/tasks", draft(tasks, name)))["id"]
    return task


def draft(tasks: int, name: str) -> Draft:
    """A tree, each task with `BRANCHES` below it; a third of its leaves are completed."""
    made = [_task(number, name) for number in range(tasks)]
    for number, task in enumerate(made[1:], 1):
        made[(number - 1) // BRANCHES].setdefault("subtasks", []).append(task)
    for number, task in enumerate(made):
        if "subtasks" not in task and number % 3 == 0:
            task["status"] = "completed"
    return made[0]


def open_leaf(service: Service, root: str) -> str:
    """The id of an open task of a tree with nothing below it."""
    task = orjson.loads(service.ask("GET", f"/api/tasks/{root}/tree"))
    while task["subtasks"]:
        task = next(below for below in task["subtasks"] if below["status"] != "completed")
    return str(task["id"])


def _task(number: int, name: str) -> Draft:
    return {
        "title": f"{WORDS[number % len(WORDS)]} {name} {number}",
        "description": DESCRIPTION,
        "priority": PRIORITIES[number % len(PRIORITIES)],
        "due_date": f"2099-{number % 12 + 1:02}-{number % 28 + 1:02}T12:00:00Z",
        "tags": [WORDS[number % 7]],
    }
